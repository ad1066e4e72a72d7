package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// This file makes a replica a node.Durable, for -durable. The disk has all journals, its own and the copies, and the incarnation.
//
// # Why no acknowledged message is lost, and no offset is given out twice
//
// A node's journal says which offsets it has given out, and which it has promised not to give out. Neither a client nor another node is told
// of an item before it is on the disk. So a new life, which reads its journal, goes on above all offsets that anybody knows of an earlier one. The
// promises of the earlier life hold, and so do the watermarks that rest on them. With acks=1 a message is on the disk of its node when it is
// acknowledged: other nodes may get it only when that node is up again. With acks=all it is on all disks, as a node acks what is on its disk.
//
// # Why the copies are on the disk, too
//
// For acks=all they must be. For acks=1 it would be enough to ask the other nodes for their journals, but these are never compacted, and
// each restart would take longer than the one before. (Peers see by the incarnation that the node was started anew, and believe what it says that it has.)
//
// # Why a node without a past waits
//
// A node whose disk does not say that it has joined may be one whose earlier disk was lost. So it joins, however long that takes, and never goes
// on alone. A journal on the disk is no proof: it may be the part of its past that some nodes had sent before it was killed while joining.

// A record is what has been added since the record before it. A state is the record of everything.
type record struct {
	Incarnation int64   `json:"incarnation,omitempty"` // of the life that begins here
	Joined      bool    `json:"joined,omitempty"`      // from here on the disk has all that the node has ever written
	Journals    []piece `json:"journals,omitempty"`
}

// A piece is the continuation of the journal of a node.
type piece struct {
	Node int `json:"node"` // its index
	run
}

// A past is what a replica has on the disk, or on the way there.
type past struct {
	incarnation int64
	lengths     []int // of the journals
	known       bool  // it has joined, in this life or before: what is not in its journal there, it has not written
}

// restore gives a new replica its past, and makes it one that has to be driven by node.DriveDurable.
func (r *replica) restore(state []byte, records [][]byte) error {
	if state != nil {
		records = append([][]byte{state}, records...)
	}
	for _, b := range records {
		if err := r.replay(b); err != nil {
			return err
		}
	}
	r.past.lengths = make([]int, len(r.journals))
	for i, j := range r.journals {
		r.past.lengths[i] = len(j)
	}
	r.alone = never
	if r.past.known {
		r.join(0)
		r.state, r.until = alone, never
	}
	r.update()
	return nil
}

// replay carries out a record.
func (r *replica) replay(b []byte) error {
	var rec record
	if err := json.Unmarshal(b, &rec); err != nil {
		return fmt.Errorf("kafka-log: %.80q on the disk is no record: %w", b, err)
	}
	r.incarnation = max(r.incarnation, rec.Incarnation+1) // the clock may have been set back
	r.past.known = r.past.known || rec.Joined
	for _, p := range rec.Journals {
		if p.Node < 0 || p.Node >= len(r.journals) || !p.valid() || p.From != len(r.journals[p.Node]) {
			return fmt.Errorf("kafka-log: a record on the disk continues the journal of node %d at %d, which does not fit", p.Node, p.From)
		}
		for _, it := range p.Items {
			r.add(p.Node, it)
		}
	}
	return nil
}

// Unsaved returns the record of what has been added since its last call. A replica that was not restored has no disk.
func (r *replica) Unsaved() [][]byte {
	if r.past.lengths == nil {
		return nil
	}
	if b := r.since(&r.past); b != nil {
		return [][]byte{b}
	}
	return nil
}

// Saved has nothing to do: what waits for the disk waits outside of the replica.
func (r *replica) Saved(int, time.Duration) []envelope { return nil }

// State returns everything.
func (r *replica) State() []byte { return r.since(&past{lengths: make([]int, len(r.journals))}) }

// since returns the record of what p lacks, nil if it lacks nothing, and adds it to p.
func (r *replica) since(p *past) []byte {
	var rec record
	if p.incarnation < r.incarnation {
		p.incarnation, rec.Incarnation = r.incarnation, r.incarnation
	}
	if r.writes() && !p.known {
		p.known, rec.Joined = true, true
	}
	for i, j := range r.journals {
		if n := p.lengths[i]; n < len(j) {
			rec.Journals = append(rec.Journals, piece{i, run{n, j[n:]}})
			p.lengths[i] = len(j)
		}
	}
	if rec.Incarnation == 0 && !rec.Joined && rec.Journals == nil {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // messages stay as clients have sent them
	_ = e.Encode(rec)      // messages are JSON, as they came from requests
	return b.Bytes()
}
