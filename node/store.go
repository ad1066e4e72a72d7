package node

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Store keeps what a node must still know after it was killed: a log of records, and now and then a state that stands for all records
// before it.
//
//	s := node.OpenStore(n, "")
//	n.OnInit(func(ctx context.Context) error { return s.Replay(restore, apply) })
//	…
//	s.Append(record)                         // in a handler
//	if err := s.Sync(ctx); err != nil {      // other handlers run meanwhile, and their records go to the disk together with this one
//		return reply{}, err
//	}
//	return reply{}, nil                      // from here on it is a promise
//
// The file is written by one write and one sync at a time; each carries all records that have waited for it (group commit: Gawlick and
// Kinkade, "Varieties of Concurrency Control in IMS/VS Fast Path", 1985). Each block of the file has checksums. When the node starts, the
// rest of a write that was cut short is cut off, as nobody was told of it; any other damage is a *DamageError, with which the node refuses
// its init.
//
// The methods are for functions with the node's turn.
type Store struct {
	n    *Node
	disk Disk

	state   []byte   // what the file held when the node started, until Replay
	records [][]byte //

	size     int64  // of the file: where the next block goes
	grown    int64  // bytes of the state and of the records, also of those that wait
	waiting  []byte // payload of the next block of records
	next     []byte // the state that the next write puts in place of the file, before waiting; nil if there is none
	appended int64  // records of this life
	durable  int64  // of these: those that survive
	writing  bool
	full     bool
	onSync   func()     // called when durable has grown
	held     func() any // what waits for records besides functions in Sync, for encoding/json
	stats    StoreStats
}

// StoreStats count what a Store has done since the node started.
type StoreStats struct {
	Records int64 // appended
	Syncs   int64 // writes of records, each with its sync
	States  int64 // files that began anew with a state
	Bytes   int64 // written
}

// fullRetry is the time between attempts to write to a full disk.
const fullRetry = 100 * time.Millisecond

// OpenStore returns the store of n in the directory dir, which must exist, under the name of the node. With "", that is the directory that
// the environment variable GLOMERS_DATA names, as a harness sets it; without it, the store forgets everything when the process ends, and
// Sync returns at once. The store is read when the node is initialised, at the place of this call among the functions of OnInit. Call
// OpenStore before Run, once.
func OpenStore(n *Node, dir string) *Store {
	s := &Store{n: n, onSync: func() {}, held: func() any { return nil }}
	n.unwritten = s.unwritten
	n.OnInit(func(context.Context) error { return s.open(dir) })
	return s
}

func (s *Store) open(dir string) error {
	disk, err := s.n.openDisk(dir)
	if disk == nil {
		return err
	}
	s.disk = disk
	file, err := disk.Load()
	if err != nil {
		return err
	}
	s.state, s.records, s.size, err = parseStore(file)
	s.grown = int64(len(s.state))
	for _, r := range s.records {
		s.grown += int64(len(r))
	}
	return err
}

// Replay gives what the node knew when it was killed: first the latest state to restore, if there is one, and then the records since, in
// their order, to apply. Both may keep their arguments. An error ends Replay, which returns it. Call it once, when the node is initialised.
func (s *Store) Replay(restore, apply func([]byte) error) error {
	state, records := s.state, s.records
	s.state, s.records = nil, nil
	if state != nil {
		if err := restore(state); err != nil {
			return fmt.Errorf("node: the state in the store: %w", err)
		}
	}
	for i, r := range records {
		if err := apply(r); err != nil {
			return fmt.Errorf("node: record %d of %d in the store: %w", i+1, len(records), err)
		}
	}
	return nil
}

// Append adds a record, which it copies. The record survives once a Sync has returned that began later.
func (s *Store) Append(record []byte) {
	s.appended++
	s.stats.Records++
	if s.disk == nil {
		s.durable = s.appended
		return
	}
	s.waiting = appendRecord(s.waiting, record)
	s.grown += int64(len(record))
}

// Checkpoint puts a state, which the caller no longer changes and which is not nil, in place of all that was appended before. Size tells
// when that is worth it.
func (s *Store) Checkpoint(state []byte) {
	if s.disk == nil {
		return
	}
	s.next, s.waiting, s.grown = state, nil, int64(len(state))
	s.write()
}

// Size returns about how many bytes the latest state and the records since have: 0 without a disk.
func (s *Store) Size() int64 { return s.grown }

// Stats returns what the store has done since the node started.
func (s *Store) Stats() StoreStats { return s.stats }

// Sync waits until everything that was appended before survives a kill. If ctx ends first, it returns the error of ctx, and what was
// appended may survive. ctx is that of a typed handler or of a timer's function.
func (s *Store) Sync(ctx context.Context) error {
	target := s.appended
	s.write()
	return s.n.Wait(ctx, func() bool { return s.durable >= target })
}

// Full returns an error that refuses a request, of the code TemporarilyUnavailable, while the disk is full; otherwise nil. Without this
// question, requests wait until there is room, or their clients give up.
func (s *Store) Full() error {
	if s.full {
		return NewRPCError(TemporarilyUnavailable, "the disk of "+s.n.ID()+" is full")
	}
	return nil
}

// write begins to write what waits, unless a write is under way.
func (s *Store) write() {
	if s.writing || s.next == nil && len(s.waiting) == 0 {
		return
	}
	s.writing = true
	state, payload, upTo := s.next, s.waiting, s.appended
	s.next, s.waiting = nil, nil
	anew := state != nil || s.size == 0 // a new file is there as a whole, or not at all
	var file []byte
	offset := s.size
	if anew {
		file, offset = []byte(storeMagic), 0
	}
	if state != nil {
		file = appendBlock(file, int64(len(file)), stateBlock, state)
	}
	if len(payload) > 0 {
		file = appendBlock(file, offset+int64(len(file)), recordBlock, payload)
	}
	done := func(err error) {
		s.n.enter("the store", func() {
			s.writing = false
			switch {
			case err == nil:
				grown := upTo > s.durable // a state alone adds nothing
				s.full = false
				s.size, s.durable = offset+int64(len(file)), upTo
				s.count(state != nil, len(file))
				s.write()
				if grown {
					s.onSync()
				}
			case errors.Is(err, ErrDiskFull):
				s.retry(state, payload)
			default:
				s.n.stop(fmt.Errorf("node: the store of %s: %w", s.n.ID(), err)) // what the file has now is not known
			}
		})
	}
	if anew {
		s.disk.Replace(file, done)
	} else {
		s.disk.Write(offset, file, done)
	}
}

// unwritten returns what the disk was not given yet, and what waits for that, in a form for encoding/json; nil if there is nothing.
func (s *Store) unwritten() any {
	if s.durable == s.appended && s.next == nil {
		return nil
	}
	return struct {
		State, Records []byte
		Behind         int64
		Held           any
	}{s.next, s.waiting, s.appended - s.durable, s.held()}
}

func (s *Store) count(state bool, bytes int) {
	s.stats.Bytes += int64(bytes)
	if state {
		s.stats.States++
	} else {
		s.stats.Syncs++
	}
}

// retry writes again, later, what a full disk has not taken.
func (s *Store) retry(state, payload []byte) {
	if !s.full {
		s.full = true
		s.n.log.Warn("the disk is full: requests wait until there is room", "bytes", s.size)
	}
	if s.next == nil { // otherwise a newer state stands for both
		s.next, s.waiting = state, append(payload, s.waiting...)
	}
	s.writing = true // until then
	s.n.After(fullRetry, func(context.Context) {
		s.writing = false
		s.write()
	})
}
