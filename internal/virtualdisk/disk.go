// Package virtualdisk has the disk of a node in a simulation or an exploration: it is what survives of the node at a kill. Whoever simulates
// decides when a write ends, and what a kill leaves of one that has not ended.
package virtualdisk

import (
	"fmt"
	"slices"
	"sync"

	"glomers/node"
)

// A Disk is the file of one node, over all its lives. Its methods may be called concurrently.
type Disk struct {
	mu      sync.Mutex
	file    []byte // what has been written and synced; nobody else has this slice
	full    bool
	pending *write // nil if nothing is being written
	life    *life
}

// A write is one that has begun.
type write struct {
	offset  int64
	p       []byte
	replace bool
	done    func(error)
}

// A life is the node.Disk of one life of the node. After a kill, what it writes goes nowhere.
type life struct {
	disk  *Disk
	begun func()
}

// Begin returns the disk of a new life. begun is called, by a goroutine of the node, whenever a write begins; End ends it.
func (d *Disk) Begin(begun func()) node.Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.life = &life{d, begun}
	return d.life
}

// Load implements node.Disk, as do Write and Replace.
func (l *life) Load() ([]byte, error) {
	l.disk.mu.Lock()
	defer l.disk.mu.Unlock()
	return slices.Clone(l.disk.file), nil
}

func (l *life) Write(offset int64, p []byte, done func(error)) {
	l.begin(&write{offset, slices.Clone(p), false, done})
}

func (l *life) Replace(p []byte, done func(error)) {
	l.begin(&write{0, slices.Clone(p), true, done})
}

func (l *life) begin(w *write) {
	l.disk.mu.Lock()
	alive := l.disk.life == l
	if alive {
		if l.disk.pending != nil || w.offset > int64(len(l.disk.file)) {
			l.disk.mu.Unlock()
			panic(fmt.Sprintf("virtualdisk: a write at %d of %d bytes begins during another write, or beyond the end", w.offset, len(l.disk.file)))
		}
		l.disk.pending = w
	}
	l.disk.mu.Unlock()
	if alive {
		l.begun()
	}
}

// End ends the write that has begun, and tells the node. On a full disk, it leaves nothing. Without a write, End does nothing.
func (d *Disk) End() {
	d.mu.Lock()
	w, err := d.pending, error(nil)
	d.pending = nil
	switch {
	case w == nil:
		d.mu.Unlock()
		return
	case d.full:
		err = fmt.Errorf("%w: no space left on the virtual disk", node.ErrDiskFull)
		d.file = d.file[:min(int64(len(d.file)), w.kept())]
	default:
		d.file = w.leave(d.file, len(w.p))
	}
	d.mu.Unlock()
	w.done(err)
}

// EndSoon ends a write in another goroutine. Given to Begin, it ends every write when it begins.
func (d *Disk) EndSoon() { go d.End() }

// kept returns how many bytes of the old file a write that fails leaves.
func (w *write) kept() int64 {
	if w.replace {
		return int64(^uint64(0) >> 1)
	}
	return w.offset
}

// leave returns the file after n bytes of the write have reached the disk. It writes in place:
// with a copy for each write, the work for a log would be quadratic in its length.
func (w *write) leave(file []byte, n int) []byte {
	switch {
	case !w.replace:
		return append(file[:w.offset], w.p[:n]...)
	case n == len(w.p):
		return w.p
	}
	return file
}

// Writing returns how many bytes the write has that has begun, and whether it replaces the file; 0 without one.
func (d *Disk) Writing() (bytes int, replace bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pending == nil {
		return 0, false
	}
	return len(d.pending.p), d.pending.replace
}

// Kill ends the life of the node. Of a write that has begun, the first bytes reach the disk: all of them, none, or a part, with which the
// block is torn. A file that was to be replaced is the new one if all bytes do, and otherwise the old one.
func (d *Disk) Kill(bytes int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.pending != nil {
		d.file = d.pending.leave(d.file, min(bytes, len(d.pending.p))) // which may be a later write than the caller has seen
	}
	d.pending, d.life = nil, nil
}

// SetFull says whether writes fail from now on, because there is no room.
func (d *Disk) SetFull(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

// Flip flips a bit of what is on the disk: bit b%8 of byte b/8, modulo the size. It returns that byte; ok is false if the disk is empty.
func (d *Disk) Flip(b int64) (at int64, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	size := 8 * int64(len(d.file))
	if size == 0 {
		return 0, false
	}
	at = b % size / 8
	d.file[at] ^= 1 << (b % 8)
	return at, true
}

// After returns a copy of what is on the disk once the write has ended that has begun. Without one, that is the same as File.
func (d *Disk) After() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	file := slices.Clone(d.file)
	if d.pending == nil {
		return file
	}
	return slices.Clone(d.pending.leave(file, len(d.pending.p)))
}

// File returns a copy of what is on the disk.
func (d *Disk) File() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.file)
}
