// Package lww has the last-write-wins store, in pieces that a mutant can replace.
package lww

import (
	"context"
	"encoding/json"
	"maps"

	"glomers/baselines/internal/peers"
	"glomers/baselines/internal/txn"
	"glomers/node"
)

// A Store is a node with a copy of all registers. It runs transactions on its own copy, and sends their writes to the other
// nodes.
//
// The fields may be used only by functions that have the node's turn.
type Store struct {
	Node *node.Node

	// Exec carries out a client's transaction. New sets it to Run. It may wait; other handlers run meanwhile.
	Exec func(ctx context.Context, ops []txn.Op) ([]txn.Op, error)
	// Spread sends the writes of a transaction to the other nodes. New sets it to Tell.
	Spread func(WriteSet)
	// Merge applies the writes of another node's transaction. New sets it to MergeAll.
	Merge func(WriteSet)

	clock     int64 // the highest time of any write seen here
	registers txn.Registers
	stamps    map[string]Stamp // of the registers
}

// A WriteSet holds all writes of a transaction: the last value of each key.
type WriteSet struct {
	Stamp  Stamp                      `json:"stamp"`
	Writes map[string]json.RawMessage `json:"writes"`
}

// A Stamp is the logical time of a transaction. Stamps order all transactions, consistently with cause and effect (Lamport
// 1978). No two stamps are equal.
type Stamp struct {
	Time int64  `json:"time"` // one more than the highest time that the node had seen
	Node string `json:"node"`
}

func (s Stamp) after(t Stamp) bool {
	return s.Time > t.Time || s.Time == t.Time && s.Node > t.Node
}

// New returns an empty store. It registers all handlers on n.
func New(n *node.Node) *Store {
	s := &Store{Node: n, registers: make(txn.Registers), stamps: make(map[string]Stamp)}
	s.Exec, s.Spread, s.Merge = s.Run, s.Tell, s.MergeAll
	node.HandleRPC(n, "txn", func(ctx context.Context, b txn.Body) (txn.Body, error) {
		done, err := s.Exec(ctx, b.Txn)
		return txn.Body{Txn: done}, err
	})
	node.HandleRPC(n, "write_set", func(_ context.Context, ws WriteSet) (struct{}, error) {
		s.clock = max(s.clock, ws.Stamp.Time)
		s.Merge(ws)
		return struct{}{}, nil
	})
	return s
}

// Run runs a client's transaction. Its stamp is higher than those of all registers, so its writes win here.
func (s *Store) Run(_ context.Context, ops []txn.Op) ([]txn.Op, error) {
	done := s.registers.Run(ops)
	ws := WriteSet{Stamp{s.clock + 1, s.Node.ID()}, make(map[string]json.RawMessage)}
	for _, op := range ops {
		if op.Writes() {
			ws.Writes[op.Key()] = op.Value()
			s.stamps[op.Key()] = ws.Stamp
		}
	}
	if len(ws.Writes) > 0 {
		s.clock++
		s.Spread(ws)
	}
	return done, nil
}

// Copy returns a copy of all registers.
func (s *Store) Copy() txn.Registers { return maps.Clone(s.registers) }

// Tell sends ws to all other nodes, each until it acknowledges.
func (s *Store) Tell(ws WriteSet) {
	for _, to := range s.Node.Others() {
		peers.Pass(s.Node, to, "write_set", ws)
	}
}

// MergeAll applies every write of ws that is later than the current value. The order in which sets arrive does not matter,
// and neither do repeats, because the latest write always wins.
func (s *Store) MergeAll(ws WriteSet) {
	for key, value := range ws.Writes {
		s.Put(key, value, ws.Stamp)
	}
}

// Put applies a write unless the current value is later, and reports whether it did.
func (s *Store) Put(key string, value json.RawMessage, at Stamp) bool {
	if !at.after(s.stamps[key]) {
		return false
	}
	s.registers[key], s.stamps[key] = value, at
	return true
}
