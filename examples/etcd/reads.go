package etcd

import (
	"encoding/binary"
	"slices"
	"time"

	etcdraft "go.etcd.io/raft/v3"

	"glomers/examples/raft"
)

// reads are those of this node as a leader. The library confirms them in any order, or forgets them with the leader's role.
type reads struct {
	waiting []uint64 // ids that the library has not confirmed
	results []result
}

// A result is a read that has come to an end, or will when the entries up to index are handed out.
type result struct {
	id, index uint64
	failed    bool
}

// Read asks for a moment at which the state machine is up to date.
func (e *Engine) Read(id uint64, now time.Duration) ([]envelope, error) {
	e.elapse(now)
	if e.raw.BasicStatus().RaftState != etcdraft.StateLeader {
		return e.drain(now), raft.ErrNotLeader
	}
	e.reads.waiting = append(e.reads.waiting, id)
	e.raw.ReadIndex(binary.BigEndian.AppendUint64(nil, id))
	return e.drain(now), nil
}

// Reads returns the reads that may be answered now, and those that have failed.
func (e *Engine) Reads() (ended []raft.ReadResult) {
	e.reads.results = slices.DeleteFunc(e.reads.results, func(r result) bool {
		ends := r.failed || r.index <= e.handed
		if ends {
			ended = append(ended, raft.ReadResult{ID: r.id, Failed: r.failed})
		}
		return ends
	})
	return ended
}

// confirm notes that the library has confirmed a read at an index.
func (r *reads) confirm(id, index uint64) {
	r.waiting = slices.DeleteFunc(r.waiting, func(w uint64) bool { return w == id })
	r.results = append(r.results, result{id: id, index: index})
}

// fail ends the reads that the library has forgotten.
func (r *reads) fail() {
	for _, id := range r.waiting {
		r.results = append(r.results, result{id: id, failed: true})
	}
	r.waiting = nil
}
