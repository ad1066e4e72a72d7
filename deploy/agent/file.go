package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"glomers/deploy/wire"
)

// chunk is the size of the pieces in which programs travel.
const chunk = 512 << 10

// HashFile returns the SHA-256 of a file, in hexadecimal.
func HashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// ServeFile gives the file at path, which has the hash, to the agents of a cluster that ask for the hash, until stop is called.
func ServeFile(conn *nats.Conn, cluster, path, hash string) (stop func(), err error) {
	s, err := conn.Subscribe(wire.Subject(cluster, "file", hash), func(m *nats.Msg) {
		offset, err := strconv.ParseInt(string(m.Data), 10, 64)
		if err != nil {
			return
		}
		f, err := os.Open(path)
		if err != nil {
			return // the agent will miss the answer
		}
		defer f.Close()
		piece := make([]byte, chunk)
		n, err := f.ReadAt(piece, offset)
		if err == nil || errors.Is(err, io.EOF) {
			_ = m.Respond(piece[:n])
		}
	})
	if err == nil {
		err = conn.FlushTimeout(5 * time.Second)
	}
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	return func() { _ = s.Unsubscribe() }, nil
}

// program returns the path of the file with the hash: path itself, or a copy that it fetches.
func (a *Agent) program(ctx context.Context, path, hash string) (string, error) {
	if got, err := HashFile(path); err == nil && got == hash {
		return path, nil
	}
	if b, err := hex.DecodeString(hash); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("%q is not the hash of a program", hash)
	}
	dir := filepath.Join(a.dir, "programs")
	kept := filepath.Join(dir, hash)
	if got, err := HashFile(kept); err == nil && got == hash {
		return kept, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) // it is not there any more if all went well
	err = a.fetch(ctx, f, hash)
	if err == nil {
		err = f.Chmod(0o755)
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		var got string
		if got, err = HashFile(f.Name()); err == nil && got != hash {
			err = fmt.Errorf("what came has the hash %s", got)
		}
	}
	if err == nil {
		err = os.Rename(f.Name(), kept)
	}
	if err != nil {
		return "", fmt.Errorf("the program %s of the hash %s cannot be fetched: %w", filepath.Base(path), hash, err)
	}
	return kept, nil
}

// maxProgram is the size of the largest program that an agent fetches.
const maxProgram = 1 << 30

func (a *Agent) fetch(ctx context.Context, to io.Writer, hash string) error {
	for offset := 0; offset < maxProgram; {
		m, err := a.piece(ctx, hash, offset)
		if err != nil {
			return err
		}
		if len(m.Data) == 0 {
			return nil
		}
		if _, err := to.Write(m.Data); err != nil {
			return err
		}
		offset += len(m.Data)
	}
	return fmt.Errorf("it has more than %d bytes", maxProgram)
}

// piece asks for what the file with the hash has at offset.
func (a *Agent) piece(ctx context.Context, hash string, offset int) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, pieceTimeout, fmt.Errorf("nobody sends the next piece of it within %v", pieceTimeout))
	defer cancel()
	m, err := a.conn.RequestWithContext(ctx, wire.Subject(a.cluster, "file", hash), []byte(strconv.Itoa(offset)))
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return m, err
}

const pieceTimeout = 5 * time.Second
