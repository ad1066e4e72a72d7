package puresim

import (
	"time"

	"glomers/node"
)

// A disk has the records that the lives of a node have written.
type disk[M any] struct {
	records [][]byte
	lives   int
	before  int // the number of records from earlier lives
	synced  int // the number of records that are sure to survive

	syncing bool
	held    []held[M] // messages that wait for a sync, in the order in which they were sent
}

// A held message waits for the first so many records.
type held[M any] struct {
	records int
	node.Envelope[M]
}

// end ends the life of the disk's node.
func (d *disk[M]) end(kept func(unsynced int) int) {
	n := d.synced
	if unsynced := len(d.records) - n; unsynced > 0 {
		n += kept(unsynced)
	}
	*d = disk[M]{records: d.records[:n:n], lives: d.lives + 1, before: n, synced: n}
}

// Records returns what the disk of node i has, for the machine of its next life.
func (c *Cluster[M, R]) Records(i int) [][]byte { return c.Members[i].disk.records }

// save writes what an event has changed, and returns the messages that need not wait for that.
func (c *Cluster[M, R]) save(i int, machine node.Durable[M], out []node.Envelope[M]) (free []node.Envelope[M]) {
	d := &c.Members[i].disk
	d.records = append(d.records, machine.Unsaved()...)
	for _, e := range out {
		if e.Early || d.synced == len(d.records) {
			free = append(free, e)
		} else {
			d.held = append(d.held, held[M]{len(d.records), e})
		}
	}
	if d.synced == len(d.records) || d.syncing {
		return free
	}
	n := len(d.records)
	if c.Sync == nil {
		free = append(free, d.sync(n)...)
		more := machine.Saved(n-d.before, c.Members[i].time(c.Now()))
		return append(free, c.save(i, machine, more)...)
	}
	d.syncing = true
	life := d.lives
	c.on(i, c.Now()+c.Sync(), func() {
		if d.lives != life {
			return
		}
		d.syncing = false
		for _, e := range d.sync(n) {
			c.send(i, e)
		}
		c.step(i, func(_ R, now time.Duration) []node.Envelope[M] { return machine.Saved(n-d.before, now) })
	})
	return free
}

// sync makes the first n records survive, and returns the messages that have waited for them.
func (d *disk[M]) sync(n int) (free []node.Envelope[M]) {
	d.synced = n
	for len(d.held) > 0 && d.held[0].records <= n {
		free = append(free, d.held[0].Envelope)
		d.held = d.held[1:]
	}
	return free
}
