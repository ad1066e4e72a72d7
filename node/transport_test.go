package node_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// wire is a transport with its other end.
type wire = nodetest.Wire

func TestTransports(t *testing.T) {
	t.Run("stdio", func(t *testing.T) { nodetest.TestTransport(t, newStdioWire) })
	t.Run("mem", func(t *testing.T) { nodetest.TestTransport(t, newMemWire) })
}

func newMemWire(*testing.T) wire {
	lines := make(chan string, 1<<16)
	m := node.NewMem(func(line []byte) { lines <- string(line) })
	return wire{Transport: m, Deliver: func(line string) { m.Deliver([]byte(line)) }, CloseInput: m.CloseInput, Written: lines}
}

func newStdioWire(t *testing.T) wire {
	in, feed, err := os.Pipe()
	require.NoError(t, err)
	drain, out, err := os.Pipe()
	require.NoError(t, err)

	input := make(chan string, 1<<16)
	go func() {
		for line := range input {
			if _, err := io.WriteString(feed, line+"\n"); err != nil {
				return // the test has ended
			}
		}
		_ = feed.Close()
	}()
	lines := make(chan string, 1<<16)
	go func() {
		for r := bufio.NewReader(drain); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	closeInput := sync.OnceFunc(func() { close(input) })
	t.Cleanup(func() {
		closeInput()
		for _, f := range []*os.File{in, out, drain} {
			require.NoError(t, f.Close())
		}
	})
	return wire{Transport: node.NewStdio(in, out), Deliver: func(line string) { input <- line }, CloseInput: closeInput, Written: lines}
}

// requireLine waits for a line.
func requireLine(t *testing.T, w wire) string {
	t.Helper()
	select {
	case line := <-w.Written:
		return line
	case <-time.After(patience):
		require.FailNow(t, "nothing was written")
		return ""
	}
}

func TestMemLinesAreTheReceivers(t *testing.T) {
	var kept [][]byte
	m := node.NewMem(func(line []byte) { kept = append(kept, line) })
	buffer := []byte("first")
	require.NoError(t, m.WriteLine(buffer))
	copy(buffer, "other")
	require.NoError(t, m.WriteLine(buffer))
	require.Equal(t, [][]byte{[]byte("first"), []byte("other")}, kept)
}

// runOver runs an echo server over the transport and returns a function that waits for its end.
func runOver(t *testing.T, w wire) (wait func() error) {
	t.Helper()
	n := node.New(node.Options{Transport: w.Transport, Logger: slog.New(slog.DiscardHandler)})
	n.Init("n1", []string{"n1"})
	node.HandleRPC(n, "echo", func(_ context.Context, body map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		return body, nil
	})
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	return func() error {
		t.Helper()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			return errors.New("Run does not end")
		}
	}
}

func TestNodeHugeMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and the line is huge")
	}
	huge := strings.Repeat("x", 16<<20)
	w := newStdioWire(t)
	wait := runOver(t, w)
	w.Deliver(`{"src":"c1","body":{"type":"echo","msg_id":1,"echo":"` + huge + `"}}`)
	require.True(t, requireLine(t, w) == `{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":1,"echo":"`+huge+`","msg_id":1}}`)
	w.CloseInput()
	require.NoError(t, wait())
}

func TestStdioLastLineWithoutNewline(t *testing.T) {
	s := node.NewStdio(strings.NewReader("one\ntwo"), io.Discard)
	for _, want := range []string{"one", "two"} {
		line, err := s.ReadLine()
		require.NoError(t, err)
		require.Equal(t, want, string(line))
	}
	_, err := s.ReadLine()
	require.ErrorIs(t, err, io.EOF)
}

func TestStdioBrokenInput(t *testing.T) {
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader(`{"src":"c1","body":{"type":"echo","msg_id":1}}`+"\n"), readError{broken})
	var out strings.Builder
	wait := runOver(t, wire{Transport: node.NewStdio(in, &out)})
	require.ErrorIs(t, wait(), broken)
	require.Contains(t, out.String(), "echo_ok")
}

type readError struct{ error }

func (r readError) Read([]byte) (int, error) { return 0, r.error }

// writeFunc is an io.Writer.
type writeFunc func(p []byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }

func TestStdioBrokenOutput(t *testing.T) {
	broken := errors.New("broken")
	out := writeFunc(func([]byte) (int, error) { return 0, broken })

	s := node.NewStdio(strings.NewReader(""), out)
	require.NoError(t, s.WriteLine([]byte("x"))) // it waits in the buffer
	for range 2 {
		require.ErrorIs(t, s.Flush(), broken)
		require.ErrorIs(t, s.WriteLine([]byte("x")), broken)
	}

	// A node ends at once, although its input goes on.
	in, feed := io.Pipe()
	wait := runOver(t, wire{Transport: node.NewStdio(in, out)})
	_, err := io.WriteString(feed, `{"src":"c1","body":{"type":"echo","msg_id":1}}`+"\n")
	require.NoError(t, err)
	require.ErrorIs(t, wait(), broken)
}

// A reader that is slow must not make the node's memory grow without limit.
func TestStdioSlowReader(t *testing.T) {
	for name, verdict := range map[string]error{"goes on": nil, "breaks": errors.New("broken")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const lines, size = 1000, 64 << 10
				release := make(chan struct{})
				written := 0
				s := node.NewStdio(strings.NewReader(""), writeFunc(func(p []byte) (int, error) {
					<-release
					written += len(p)
					return len(p), verdict
				}))
				var accepted, failed int
				var all sync.WaitGroup
				line := make([]byte, size-1)
				all.Go(func() { _ = s.WriteLine(line) }) // is stuck in the write
				synctest.Wait()
				all.Go(func() {
					for range lines {
						if err := s.WriteLine(line); err != nil {
							failed++
							return
						}
						accepted++
					}
				})
				synctest.Wait()
				require.InDelta(t, 4<<20, accepted*size, 2*size, "bytes that wait")
				close(release)
				all.Wait()
				if verdict == nil {
					require.NoError(t, s.Flush())
					require.Equal(t, (lines+1)*size, written)
				} else {
					require.Equal(t, 1, failed)
				}
			})
		})
	}
}
