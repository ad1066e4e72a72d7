package main

import (
	"encoding/json"
	"slices"
)

// An op is the kind of an item.
type op string

const (
	opSend    op = "send"    // the node has given Offset of Key to Msg
	opPromise op = "promise" // the node gives out no offset of Key below Offset any more
	opCommit  op = "commit"  // a consumer of Key has processed everything up to Offset
	opClose   op = "close"   // the node has closed an epoch, of every key: see closing.go
)

// ops has all of them.
var ops = []op{opSend, opPromise, opCommit, opClose}

// An item is a fact that a node states about a key.
type item struct {
	Op     op              `json:"op"`
	Key    string          `json:"key"`
	Offset int64           `json:"offset"`
	Msg    json.RawMessage `json:"msg,omitempty"`
}

// A journal is everything that a node has ever stated, in order. The node appends to its journal; the others have copies, each of them a
// prefix. So a number, the length, says what a copy has.
//
// A journal is kept whole, for a node that has lost its memory must be given everything again. The log shares its messages.
type journal []item

// A run is a piece of a journal: Items, of which the first has the index From.
type run struct {
	From  int    `json:"from"`
	Items []item `json:"items,omitempty"`
}

// The limits of a run. A receiver that lacks more asks for it at once.
const (
	maxItems = 2000
	maxBytes = 1 << 20 // of messages; one is sent however large it is
)

// from returns as much of the journal from pos on as fits into a run.
func (j journal) from(pos int) run {
	if pos >= len(j) {
		return run{From: pos}
	}
	end, size := pos, 0
	for end < len(j) && end-pos < maxItems && (size == 0 || size+len(j[end].Msg) <= maxBytes) {
		size += len(j[end].Msg)
		end++
	}
	return run{pos, j[pos:end:end]}
}

// continuation returns the items of r that follow the first length items of its journal: none if r is old, and none if there is a gap.
func (r run) continuation(length int) []item {
	if r.From > length || r.end() <= length {
		return nil
	}
	return r.Items[length-r.From:]
}

// end is the index after the last item.
func (r run) end() int { return r.From + len(r.Items) }

// sends reports whether r has messages of clients.
func (r run) sends() bool {
	return slices.ContainsFunc(r.Items, func(i item) bool { return i.Op == opSend })
}

// valid reports whether r can be a piece of a journal.
func (r run) valid() bool {
	return r.From >= 0 && !slices.ContainsFunc(r.Items, func(i item) bool {
		return i.Offset < 0 || !slices.Contains(ops, i.Op) || (i.Op == opSend) == (i.Msg == nil)
	})
}
