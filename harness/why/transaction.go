package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A txn is a transaction as the record has it.
type txn struct {
	dialogue
	op     int // its completion, or else its invocation
	micros []micro
}

// A micro is a micro-operation.
type micro struct {
	f     string // "r", "w" or "append"
	key   string // plain
	value any
}

// txns prepares a run's transactions for explanations.
type txns struct {
	*carriage
	byOp map[int]*txn
}

// txn returns the transaction of an operation; nil if there is none.
func (x *txns) txn(op int) *txn {
	if t, ok := x.byOp[op]; ok || op < 0 || op >= len(x.Ops) {
		return t
	}
	t := &txn{op: op, dialogue: x.dialogue(op)}
	value := t.inv.Value
	if t.acknowledged() {
		value = t.done.Value
	}
	t.micros = micros(value)
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

// versionsOf returns the versions in the edges of some cases.
func versionsOf(cases []elle.Case) []version {
	var all []version
	var collect func(edges []elle.Edge)
	collect = func(edges []elle.Edge) {
		for _, e := range edges {
			for _, value := range []string{e.Old, e.New} {
				if value != "" && value != "null" {
					all = append(all, version{plainJSON(e.Key), plainJSON(value)})
				}
			}
			collect(e.Path)
		}
	}
	for _, c := range cases {
		collect(c.Edges)
	}
	return all
}
