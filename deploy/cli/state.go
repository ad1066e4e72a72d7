package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"glomers/internal/flock"
)

// A state says how the commands on this machine reach the embedded server. Its file is readable by its owner alone.
type state struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

const stateFile = "server.json"

func readState(dir string) (state, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, fmt.Errorf("no cluster is up in %s: start one with glomers-deploy up, or name its --dir, or a server with --nats", dir)
	}
	var s state
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return state{}, fmt.Errorf("how to reach the embedded server: %w", err)
	}
	return s, nil
}

// A workplace is the directory of an `up` or of an agent, which nobody else uses at the same time.
type workplace struct {
	dir  string
	lock *os.File
}

func openWorkplace(dir string) (*workplace, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--dir: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--dir: %w", err)
	}
	if err := flock.TryLock(f); err != nil {
		_ = f.Close() // nothing was written
		return nil, fmt.Errorf("another glomers-deploy uses the directory %s: end it (glomers-deploy down --dir %s), or use another --dir", dir, dir)
	}
	return &workplace{dir, f}, nil
}

// publish lets the commands on this machine know how to reach the embedded server.
func (w *workplace) publish(s state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(w.dir, stateFile)
	_ = os.Remove(path) // its permissions may be others
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

func (w *workplace) close() {
	_ = os.Remove(filepath.Join(w.dir, stateFile)) // it need not be there
	_ = w.lock.Close()                             // unlocks it
}

// A serverURL is the value of a flag. It shows itself without what is secret, also in the command that repeats a test.
type serverURL string

func (u *serverURL) String() string { return safeURL(string(*u)) }
func (u *serverURL) Type() string   { return "URL" }

func (u *serverURL) Set(text string) error {
	*u = serverURL(text)
	return nil
}

// safeURL returns a list of URLs without what is secret in them: a token stands where others have the name of a user.
func safeURL(text string) string {
	var all []string
	for part := range strings.SplitSeq(text, ",") {
		u, err := url.Parse(strings.TrimSpace(part))
		if err != nil {
			return "(not a URL)"
		}
		u.User = nil
		all = append(all, u.String())
	}
	return strings.Join(all, ",")
}
