package explore

import (
	"fmt"

	"glomers/internal/control"
	"glomers/internal/virtualdisk"
	"glomers/internal/wording"
	"glomers/node"
)

// A disk is what survives of a node. A write that has begun is under way until the action Sync; before that, a kill leaves all of it or
// nothing. That a part of it may reach a disk is not explored: a store reads a torn block as none (package node tests that with every
// cut), so such a kill leads to a state that another one leads to.
//
//	n1 appends a record        kill n1, before its disk has written ──▶ the file as it was
//	           │               │
//	           ▼               │
//	      writing = true ──────┼─▶ Sync: the file with the record; who waits in Store.Sync goes on
//	                           │
//	                           kill n1, after its disk has written  ──▶ the file with the record, and nobody was told
type disk struct {
	virtual virtualdisk.Disk
	writing bool   // a write is under way
	turn    turnOf // of its end
	used    bool   // something was ever written
	hash    uint64 // of what key hashes, if it is known
	known   bool
}

// begin returns the disk of a new life of m.
func (d *disk) begin(m *member) node.Disk {
	return d.virtual.Begin(func() { // by a goroutine of the node, which the world waits for
		m.mu.Lock()
		defer m.mu.Unlock()
		d.writing, d.used, d.known = true, true, false
		d.turn = turnOf{m.world.round, m.index}
	})
}

// sync ends the write under way, and lets the node do what has waited for that. It may begin the next one.
func (m *member) sync() {
	m.roll(0)
	m.give(actionID(Sync))
	m.world.print.node = m.index
	m.disk.writing, m.disk.known = false, false
	m.stepper.(control.LocalStepper).Do(m.disk.virtual.End, m.now())
	m.atOnce()
}

// kill ends the life that uses the disk. kept says whether the write under way is on it.
func (d *disk) kill(kept bool) {
	bytes := 0
	if kept {
		bytes, _ = d.virtual.Writing()
	}
	d.virtual.Kill(bytes)
	d.writing, d.known = false, false
}

// key returns a hash of what is on the disk, and of what is on it after the write under way; 0 if the node has never written.
func (d *disk) key() uint64 {
	if !d.used {
		return 0
	}
	if !d.known {
		d.hash, d.known = mix(hashBytes(d.virtual.File()), boolBit(d.writing)), true
		if d.writing {
			d.hash = mix(d.hash, hashBytes(d.virtual.After()))
		}
	}
	return d.hash
}

// describe returns the state of the disk in words; "" if the node has never written.
func (d *disk) describe() string {
	if !d.used {
		return ""
	}
	text := wording.Plural(len(d.virtual.File()), "byte")
	if bytes, replace := d.virtual.Writing(); replace {
		text += fmt.Sprintf("; a file of %s is being written in place of it", wording.Plural(bytes, "byte"))
	} else if d.writing {
		text += fmt.Sprintf("; %s more are being written", wording.Plural(bytes, "byte"))
	}
	return text
}
