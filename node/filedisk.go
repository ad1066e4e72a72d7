package node

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"glomers/internal/flock"
)

// openDisk returns the disk of the node: one that a harness has put in, a file in dir or in the directory that the environment names, or
// nil, for a node that forgets.
func (n *Node) openDisk(dir string) (Disk, error) {
	if n.disk != nil {
		return n.disk, nil
	}
	if dir == "" && n.stdio {
		dir = os.Getenv(dataEnv)
	}
	if dir == "" {
		return nil, nil
	}
	f, err := openFile(filepath.Join(dir, url.PathEscape(n.ID())), &n.clock.loose)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.file = f
	return f, nil
}

// closeDisk closes the file of the node, if it has one. Nothing is written any more.
func (n *Node) closeDisk() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file != nil {
		n.file.close()
	}
}

// dataEnv is the environment variable that names the directory of a node's store.
const dataEnv = "GLOMERS_DATA"

// A file is the Disk of a process: PATH.store, beside a file that is locked as long as the process lives. PATH.new is a state that is
// being written.
type file struct {
	path  string
	f     *os.File
	size  int64 // of f
	lock  *os.File
	loose *inflight
}

// lockWait is how long a process waits for the one before it, which was killed, to be gone.
const lockWait = 2 * time.Second

func openFile(path string, loose *inflight) (*file, error) {
	d := &file{path: path, loose: loose}
	var err error
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.lock, err = os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return nil, fmt.Errorf("node: the directory of the store: %w", err)
	}
	for end := time.Now().Add(lockWait); ; time.Sleep(10 * time.Millisecond) {
		if err = flock.TryLock(d.lock); err == nil {
			break
		}
		if !errors.Is(err, flock.ErrHeld) || time.Now().After(end) {
			err = fmt.Errorf("node: the store %s.store belongs to another node that runs: %w", path, err)
			return nil, err
		}
	}
	if d.f, err = os.OpenFile(path+".store", os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return nil, fmt.Errorf("node: the store: %w", err)
	}
	if err = syncDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("node: the directory of the store: %w", err)
	}
	return d, nil
}

// close ends the use of the file. What is being written may end, or not.
func (d *file) close() {
	_ = d.f.Close() // nil is an error that does no harm; everything that counts was synced
	_ = d.lock.Close()
}

func (d *file) Load() ([]byte, error) {
	b, err := os.ReadFile(d.path + ".store")
	d.size = int64(len(b))
	return b, err
}

func (d *file) Write(offset int64, p []byte, done func(error)) {
	d.do(done, func() error {
		if offset != d.size { // the file has a torn tail
			if err := d.f.Truncate(offset); err != nil {
				return err
			}
		}
		d.size = offset + int64(len(p))
		if _, err := d.f.WriteAt(p, offset); err != nil {
			d.size = offset
			if cut := d.f.Truncate(offset); cut != nil {
				return cut
			}
			return full(err)
		}
		return d.f.Sync()
	})
}

func (d *file) Replace(p []byte, done func(error)) {
	d.do(done, func() error {
		f, err := os.Create(d.path + ".new")
		if err != nil {
			return full(err)
		}
		if _, err = f.Write(p); err == nil {
			err = f.Sync()
		}
		if err == nil {
			err = d.rename(f)
		}
		if err != nil {
			_ = f.Close() // nothing of it is used
			_ = os.Remove(d.path + ".new")
			return full(err)
		}
		d.size = int64(len(p))
		return nil
	})
}

// rename puts f, which is written and synced, in the place of the file.
func (d *file) rename(f *os.File) error {
	if runtime.GOOS == "windows" { // which renames no open files
		return d.reopen(f)
	}
	if err := os.Rename(f.Name(), d.path+".store"); err != nil {
		return err
	}
	_ = d.f.Close() // everything in it was synced, or is replaced
	d.f = f
	return syncDir(filepath.Dir(d.path))
}

func (d *file) reopen(f *os.File) error {
	if err := errors.Join(f.Close(), d.f.Close(), os.Rename(f.Name(), d.path+".store")); err != nil {
		return err
	}
	var err error
	d.f, err = os.OpenFile(d.path+".store", os.O_RDWR, 0)
	return err
}

// do calls act, and then done, in a goroutine of its own.
func (d *file) do(done func(error), act func() error) {
	d.loose.begin()
	go func() {
		defer d.loose.end()
		done(act())
	}()
}

// full returns ErrDiskFull in place of the system's errors that say so.
func full(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// syncDir makes new names in a directory survive a loss of power. Windows has no such call.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
