package node

import (
	"context"
	"time"
)

// A Durable is a Machine that knows after a kill what it has promised. It hands out what must survive as records; DriveDurable keeps them
// in a Store, and holds messages back until the records before them are on disk. So nobody hears of anything that a kill could undo.
type Durable[M any] interface {
	Machine[M]
	// Unsaved returns the records of what has changed since its last call; nil if nothing has. It is called after every event.
	Unsaved() [][]byte
	// Saved says that the first n records that Unsaved has returned in this life are on disk. It is called with a larger n each time.
	// Its messages, too, wait for the records that are not on disk yet.
	Saved(n int, now time.Duration) []Envelope[M]
	// State returns everything that must survive, in place of all records until now.
	State() []byte
}

// checkpointSize is the size in bytes from which on the file of a Store is replaced by the machine's state; it is at least
// checkpointGrowth times the size of the latest state, so that writing states costs little beside writing records.
const (
	checkpointSize   = 1 << 20
	checkpointGrowth = 4
)

// DriveDurable is Drive for a machine that survives. start makes the machine of a new life: from the latest state, which is nil if there is
// none, and the records since. Its error is the reply to init.
//
// A handler that answers a client calls Store.Sync, on the same store, before it returns.
func DriveDurable[M any, R Durable[M]](n *Node, typ string, s *Store, start func(state []byte, records [][]byte) (R, error)) *Driver[M, R] {
	d := newDriver[M, R](n, typ)
	k := &keeper[M, R]{d: d, store: s}
	d.keep = k.keep
	s.onSync, s.held = k.synced, k.waiting
	n.OnInit(func(context.Context) error {
		var state []byte
		var records [][]byte
		err := s.Replay(
			func(b []byte) error { state = b; return nil },
			func(b []byte) error { records = append(records, b); return nil },
		)
		if err != nil {
			return err
		}
		m, err := start(state, records)
		if err != nil {
			return err
		}
		k.state = len(state)
		d.begin(m)
		return nil
	})
	return d
}

// A keeper is the part of a Driver that has a machine's records kept.
type keeper[M any, R Durable[M]] struct {
	d     *Driver[M, R]
	store *Store
	state int       // size of the latest state, in bytes
	held  []held[M] // messages that wait for records, in their order
}

// held are messages that wait until so many records are on disk.
type held[M any] struct {
	records int64
	out     []Envelope[M]
}

// keep stores what an event has changed, and returns the messages that may leave now.
func (k *keeper[M, R]) keep(out []Envelope[M], now time.Duration) (leave []Envelope[M]) {
	m, s := k.d.Machine, k.store
	for records := m.Unsaved(); len(records) > 0; records = m.Unsaved() {
		for _, r := range records {
			s.Append(r)
		}
		if s.disk != nil {
			break
		}
		out = append(out, m.Saved(int(s.appended), now)...)
	}
	if s.Size() > max(checkpointSize, checkpointGrowth*int64(k.state)) {
		state := m.State()
		k.state = len(state)
		s.Checkpoint(state)
	}
	if s.durable == s.appended {
		return out
	}
	s.write()
	var later []Envelope[M]
	for _, e := range out {
		if e.Early {
			leave = append(leave, e)
		} else {
			later = append(later, e)
		}
	}
	if len(later) > 0 {
		k.held = append(k.held, held[M]{s.appended, later})
	}
	return leave
}

// waiting returns the messages that are held back, with the number of records that each waits for.
func (k *keeper[M, R]) waiting() any {
	type waiting struct {
		Records int64
		Out     []Envelope[M]
	}
	var all []waiting
	for _, h := range k.held {
		all = append(all, waiting{h.records - k.store.durable, h.out})
	}
	return all
}

// synced sends the messages whose records are on disk.
func (k *keeper[M, R]) synced() {
	for len(k.held) > 0 && k.held[0].records <= k.store.durable {
		k.d.send(k.held[0].out)
		k.held = k.held[1:]
	}
	k.d.Do(func(m R, now time.Duration) []Envelope[M] { return m.Saved(int(k.store.durable), now) })
}
