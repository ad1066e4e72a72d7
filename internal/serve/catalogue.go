package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxDirectories is how many directories of a store are looked at.
const maxDirectories = 100_000

// nameLayout is how the harness names the directory of a run: by its beginning, in local time.
const nameLayout = "20060102T150405.000"

// A catalogue knows the runs of a store. What is in a store is looked at for every request, so that new runs and deleted ones show
// at once; the files of a run are read when something is to be shown of it, and again only when they have changed. Whether its
// directory has changed is looked at for each run; whether the files have, in place, for those that a page shows.
type catalogue struct {
	dir string // of the store

	mu      sync.Mutex
	next    *look // the one that requests wait for which come now; nil if there is none
	looking bool  // a goroutine looks, until there is no next

	latest map[id]*known // of the last look; only the goroutine that looks uses these
	looks  int
}

// A look is at all of the store.
type look struct {
	done   chan struct{} // closed when the others are set
	number int           // of looks so far
	runs   []*known      // those in progress first, then the newest first; nobody changes them
	notes  []string      // what was not looked at
	err    error
}

// A known directory was in the store at the last look.
type known struct {
	id
	stamp   stamp // of the directory, in which files come, go, and take the place of others
	isRun   bool
	began   time.Time // as its name says
	running bool

	reading sync.Mutex // whoever reads the files
	read    atomic.Pointer[reading]
}

// A stamp changes when a file or a directory does. The zero value is that of one that is missing.
type stamp struct {
	modified int64 // Unix time, ns
	size     int64 // bytes
}

// look returns what is in the store, not before now. Requests that wait at the same time share one look: no request takes one that
// has already begun, as that may miss what has happened since.
func (c *catalogue) look(ctx context.Context) (*look, error) {
	c.mu.Lock()
	l := c.next
	if l == nil {
		l = &look{done: make(chan struct{})}
		c.next = l
		if !c.looking {
			c.looking = true
			go c.keepLooking()
		}
	}
	c.mu.Unlock()
	select {
	case <-l.done:
		return l, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// keepLooking looks until nobody waits.
func (c *catalogue) keepLooking() {
	for {
		c.mu.Lock()
		l := c.next
		c.next = nil
		c.looking = l != nil
		c.mu.Unlock()
		if l == nil {
			return
		}
		c.looks++
		l.number = c.looks
		l.err = l.read(c)
		close(l.done)
	}
}

// read fills the look in.
func (l *look) read(c *catalogue) error {
	store, err := os.OpenRoot(c.dir)
	if err != nil {
		return err
	}
	defer store.Close()
	workloads, left, err := directories(store, maxDirectories)
	if err != nil {
		return err
	}
	latest := make(map[id]*known, len(c.latest))
	room, unread := maxDirectories, 0
	for _, workload := range workloads {
		w, err := store.OpenRoot(workload)
		if err != nil {
			unread++ // or deleted meanwhile
			continue
		}
		names, more, err := directories(w, room)
		if err != nil {
			unread++
		}
		for _, name := range names {
			k := c.lookAt(w, id{workload, name})
			if k == nil {
				continue
			}
			latest[k.id] = k
			if k.isRun {
				l.runs = append(l.runs, k)
			}
		}
		_ = w.Close() // nothing was written
		room -= len(names)
		left += more
	}
	slices.SortFunc(l.runs, newerFirst)
	c.latest = latest
	if left > 0 {
		l.notes = append(l.notes, fmt.Sprintf("There are too many directories in this store: %d are not looked at. Move some of them elsewhere.", left))
	}
	if unread > 0 {
		l.notes = append(l.notes, fmt.Sprintf("%d directories in this store cannot be read.", unread))
	}
	return nil
}

// directories returns the names of the directories in a root, without those that are links, and how many there are beyond the most.
func directories(root *os.Root, most int) (names []string, left int, err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, 0, err
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(1000)
		for _, e := range entries {
			switch {
			case !e.IsDir() || !isPlain(e.Name()):
			case len(names) < most:
				names = append(names, e.Name())
			default:
				left++
			}
		}
		if errors.Is(err, io.EOF) {
			return names, left, nil
		}
		if err != nil {
			return names, left, err
		}
	}
}

// lookAt returns what is known about a directory of a workload; nil if it has gone. If nothing has changed, it is what was known before.
func (c *catalogue) lookAt(workload *os.Root, which id) *known {
	info, err := workload.Lstat(which.Name)
	if err != nil || !info.IsDir() {
		return nil
	}
	k := &known{id: which, stamp: stamp{info.ModTime().UnixNano(), info.Size()}}
	if before := c.latest[which]; before != nil && before.stamp == k.stamp && !before.mayChange() {
		return before
	}
	var named bool
	k.began, named = beginning(which.Name)
	root, err := workload.OpenRoot(which.Name)
	if err != nil {
		k.isRun = !errors.Is(err, fs.ErrNotExist) // the list says that it cannot be read
		return k
	}
	f := &folder{which, root}
	defer f.close()
	test := f.stamp("test.json")
	if k.isRun = test != (stamp{}); !k.isRun {
		return k
	}
	if !named {
		k.began = time.Unix(0, test.modified) // it is written then
	}
	k.running = !f.has("results.json") && f.running()
	return k
}

// stamp returns the stamp of a regular file.
func (f *folder) stamp(name string) stamp {
	info, err := f.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}
	}
	return stamp{info.ModTime().UnixNano(), info.Size()}
}

// mayChange reports whether a run may become another one while its directory stays as it is: if it goes on.
func (k *known) mayChange() bool {
	r := k.read.Load()
	return k.running || r != nil && r.line.State == running
}

// beginning returns when a run began that the harness named.
func beginning(name string) (time.Time, bool) {
	if len(name) < len(nameLayout) {
		return time.Time{}, false
	}
	t, err := time.ParseInLocation(nameLayout, name[:len(nameLayout)], time.Local)
	return t, err == nil
}

// newerFirst orders runs: those in progress, and then by their beginning.
func newerFirst(a, b *known) int {
	if a.running != b.running {
		if a.running {
			return -1
		}
		return 1
	}
	return cmp.Or(b.began.Compare(a.began), strings.Compare(b.Name, a.Name), strings.Compare(b.Workload, a.Workload))
}
