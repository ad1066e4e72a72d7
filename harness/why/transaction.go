package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/wording"
)

// A txn is a transaction as the record has it.
type txn struct {
	op             int // its completion, or else its invocation
	inv, done      history.Op
	ended          bool
	node           string
	micros         []micro
	request, reply *Sent // nil if the journal does not have them
	begin, end     int64 // on its node: from the request's arrival to the sending of the reply
	first, last    int64 // the ids of the messages between these
}

// A micro is a micro-operation.
type micro struct {
	f     string // "r", "w" or "append"
	key   string // plain
	value any
}

// txns prepares a run's transactions for explanations.
type txns struct {
	*Run
	byOp     map[int]*txn
	carriers map[version][]*Sent // of the versions asked for: messages between nodes and services, in the order of sending
	links    map[[2]string]int   // messages from one node to another
	unread   bool                // some bodies could not be read
}

// txn returns the transaction of an operation; nil if there is none.
func (x *txns) txn(op int) *txn {
	if t, ok := x.byOp[op]; ok || op < 0 || op >= len(x.Ops) {
		return t
	}
	t := &txn{op: op, inv: x.Ops[op], node: x.Ops[op].Node, last: math.MaxInt64}
	if t.inv.Type != history.Invoke {
		t.done, t.ended = t.inv, true
		if inv, ok := x.Invocation(op); ok {
			t.inv = inv
		}
	}
	t.begin, t.end = t.inv.Time, x.End
	value := t.inv.Value
	if t.ended {
		t.end = t.done.Time
		if t.done.Type == history.OK {
			value = t.done.Value
		}
	}
	t.micros = micros(value)
	if t.inv.Type == history.Invoke {
		t.request = x.request(t.inv)
	}
	if t.request != nil {
		t.first = t.request.ID
		if at, ok := t.request.Arrival(); ok {
			t.begin = at
		}
		if t.reply = x.answer(t.request); t.reply != nil {
			t.end, t.last = t.reply.At, t.reply.ID
		}
	}
	x.byOp[op] = t
	return t
}

func micros(value json.RawMessage) []micro {
	v, _ := decoded(value)
	list, _ := v.([]any)
	var all []micro
	for _, item := range list {
		triple, _ := item.([]any)
		if len(triple) != 3 {
			continue
		}
		f, _ := triple[0].(string)
		key, ok := plain(triple[1])
		if ok {
			all = append(all, micro{f, key, triple[2]})
		}
	}
	return all
}

// failed reports whether the transaction certainly did not happen.
func (t *txn) failed() bool { return t.ended && t.done.Type == history.Fail }

// acknowledged reports whether the client was told that the transaction had happened.
func (t *txn) acknowledged() bool { return t.ended && t.done.Type == history.OK }

// did says what the transaction did to some keys.
func (t *txn) did(keys []string) string {
	var parts []string
	before, others := micro{}, false
	var values []string // of the same function and key, one after the other
	flush := func() {
		if len(values) == 0 {
			return
		}
		list := strings.Join(slices.Compact(values), " and then ")
		switch {
		case before.f == "r" && !(t.ended && t.done.Type == history.OK):
			parts = append(parts, "reads key "+before.key)
		case before.f == "r":
			parts = append(parts, fmt.Sprintf("reads %s from key %s", list, before.key))
		case before.f == "append":
			parts = append(parts, fmt.Sprintf("appends %s to key %s", list, before.key))
		default:
			parts = append(parts, fmt.Sprintf("writes %s to key %s", list, before.key))
		}
		values = nil
	}
	for _, m := range t.micros {
		if !slices.Contains(keys, m.key) {
			others = true
			continue
		}
		if m.f != before.f || m.key != before.key {
			flush()
		}
		before = m
		values = append(values, shown(m.value))
	}
	flush()
	if others {
		parts = append(parts, "does more")
	}
	return wording.And(parts)
}

// wanted says what the transaction was asked to do with some keys.
func (t *txn) wanted(keys []string) string {
	asked := *t
	asked.ended = false
	return asked.did(keys)
}

// survey finds the messages that carry the versions in the edges of some cases: one pass through the journal.
func (x *txns) survey(cases []elle.Case) {
	x.carriers, x.links = make(map[version][]*Sent), make(map[[2]string]int)
	var want func(edges []elle.Edge)
	want = func(edges []elle.Edge) {
		for _, e := range edges {
			for _, value := range []string{e.Old, e.New} {
				if value != "" && value != "null" {
					x.carriers[version{plainJSON(e.Key), plainJSON(value)}] = nil
				}
			}
			want(e.Path)
		}
	}
	for _, c := range cases {
		want(c.Edges)
	}
	for i := range x.Messages {
		m := &x.Messages[i]
		if x.isClient(m.Src) || x.isClient(m.Dest) {
			continue
		}
		if m.Src != m.Dest && x.IsNode(m.Src) && x.IsNode(m.Dest) {
			x.links[[2]string{m.Src, m.Dest}]++
		}
		body, ok := decoded(m.Body)
		x.unread = x.unread || !ok
		var request *Sent // the value of a reply belongs to the key of the request
		if x.Role(m.Src) == record.Service && m.Type == "read_ok" {
			request = x.requestOf(m)
		}
		eachVersion(body, func(v version) {
			x.carry(v, m)
			if request != nil && v.key == "value" {
				x.carry(version{plainJSON(string(member(request.Body, "key"))), v.value}, m)
			}
		})
	}
}

// carry notes that a message carries a version, if that was asked for.
func (x *txns) carry(v version, m *Sent) {
	if list, asked := x.carriers[v]; asked && (len(list) == 0 || list[len(list)-1] != m) {
		x.carriers[v] = append(list, m)
	}
}

// brings reports whether a message carries a version that was asked for.
func (x *txns) brings(m *Sent, v version) bool {
	_, found := slices.BinarySearchFunc(x.carriers[v], m.ID, func(s *Sent, id int64) int { return cmp.Compare(s.ID, id) })
	return found
}
