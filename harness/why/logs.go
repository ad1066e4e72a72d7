package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check/kafka"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// logs prepares the logs of a run for explanations. A message of a log is a version of its key.
type logs struct {
	*carriage
	sends     map[version][]int // the invocations of its sends: usually one
	placings  map[version]placing
	places    map[place][]sight // for each place, the first sight of each message there
	first     map[version]sight
	elsewhere map[version]sight       // of messages that were seen at two offsets, the first sight at another one than the first
	shows     map[shownBy]int         // the first poll, by completion, in which a node showed a message
	shared    map[place]Cause         // explanations of places with several messages
	offsets   map[string][]int64      // of each key, ascending
	polled    map[string][]history.Op // polls of each node that were ok, by time
	polls     map[string][]int        // polls, by completion, that showed something of a key
	keys      map[string]struct{}
}

// A place is an offset of a key.
type place struct {
	key    string
	offset int64
}

type shownBy struct {
	version
	node string
}

// A sight is a message at an offset, as an operation showed it: a send that was acknowledged, or a poll.
type sight struct {
	version
	offset int64
	op     int // completion
}

func (s sight) place() place { return place{s.key, s.offset} }

// text names the message.
func (s sight) text() string { return fmt.Sprintf("message %s", clipped(s.value)) }

// seen turns a sight of the checker into one of ours.
func seen(key string, s kafka.Sight) sight {
	return sight{version{key, plainJSON(string(s.Value))}, s.Offset, s.Op}
}

// readLogs reads the operations.
func readLogs(r *Run) *logs {
	x := &logs{
		carriage: &carriage{Run: r}, sends: make(map[version][]int), placings: make(map[version]placing), places: make(map[place][]sight), first: make(map[version]sight), elsewhere: make(map[version]sight), shows: make(map[shownBy]int),
		shared: make(map[place]Cause), offsets: make(map[string][]int64), polled: make(map[string][]history.Op), polls: make(map[string][]int), keys: make(map[string]struct{}),
	}
	for i, op := range r.Ops {
		switch {
		case op.Process == history.Nemesis || op.F != "send" && op.F != "poll":
			continue
		case op.F == "send" && op.Type == history.Invoke:
			for _, m := range sentIn(op.Value) {
				x.sends[m] = append(x.sends[m], i)
				x.keys[m.key] = struct{}{}
			}
		case op.Type == history.OK:
			x.sighted(i, op)
		}
	}
	for _, offsets := range x.offsets {
		slices.Sort(offsets)
	}
	return x
}

// sighted notes what a completed operation shows.
func (x *logs) sighted(i int, op history.Op) {
	if op.F == "poll" {
		x.polled[op.Node] = append(x.polled[op.Node], op)
	}
	for _, s := range sightsIn(op) {
		s.op = i
		if first, found := x.first[s.version]; !found {
			x.first[s.version] = s
		} else if _, moved := x.elsewhere[s.version]; !moved && s.offset != first.offset {
			x.elsewhere[s.version] = s
		}
		known := x.places[s.place()]
		if len(known) == 0 {
			x.offsets[s.key] = append(x.offsets[s.key], s.offset)
		}
		if !slices.ContainsFunc(known, func(k sight) bool { return k.version == s.version }) && len(known) < maxAtPlace {
			x.places[s.place()] = append(known, s)
		}
		if at := (shownBy{s.version, op.Node}); op.F == "poll" {
			if _, known := x.shows[at]; !known {
				x.shows[at] = i
			}
			if all := x.polls[s.key]; len(all) == 0 || all[len(all)-1] != i {
				x.polls[s.key] = append(all, i)
			}
		}
	}
}

// maxAtPlace bounds the messages that are kept of an offset.
const maxAtPlace = 16

// sentIn returns the messages in [["send", key, message], …].
func sentIn(value json.RawMessage) (all []version) {
	for _, p := range triples(value, "send") {
		if key, ok := plain(p[1]); ok {
			all = append(all, version{key, text(p[2])})
		}
	}
	return all
}

// sightsIn returns the messages with offsets that a completed send or poll shows, in the order of its keys.
func sightsIn(op history.Op) (all []sight) {
	if op.F == "send" {
		for _, p := range triples(op.Value, "send") {
			key, ok := plain(p[1])
			if s, isPair := offsetAndMessage(p[2]); ok && isPair {
				s.key = key
				all = append(all, s)
			}
		}
		return all
	}
	v, _ := decoded(op.Value)
	parts, _ := v.([]any)
	for _, part := range parts {
		p, _ := part.([]any)
		if len(p) != 2 {
			continue
		}
		byKey, _ := p[1].(map[string]any)
		for _, key := range sortedKeys(byKey) {
			entries, _ := byKey[key].([]any)
			for _, e := range entries {
				if s, ok := offsetAndMessage(e); ok {
					s.key = key
					all = append(all, s)
				}
			}
		}
	}
	return all
}

func triples(value json.RawMessage, f string) (all [][]any) {
	v, _ := decoded(value)
	parts, _ := v.([]any)
	for _, part := range parts {
		if p, _ := part.([]any); len(p) == 3 && p[0] == f {
			all = append(all, p)
		}
	}
	return all
}

// offsetAndMessage reads [offset, message].
func offsetAndMessage(v any) (s sight, ok bool) {
	p, _ := v.([]any)
	if len(p) != 2 {
		return s, false
	}
	n, _ := p[0].(json.Number)
	offset, err := n.Int64()
	s.offset, s.value = offset, text(p[1])
	return s, err == nil
}

// text returns a scalar as plain does, and any other value as JSON.
func text(v any) string {
	if t, ok := plain(v); ok {
		return t
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// A poll is an operation that asked for a key.
type poll struct {
	dialogue
	op    int // completion
	key   string
	from  int64 // the offset that was asked for
	asked bool  // from is known
	got   []sight
}

// poll returns the poll that was completed at an index of the history.
func (x *logs) poll(op int, key string) poll {
	p := poll{dialogue: x.dialogue(op), op: op, key: key}
	for _, s := range sightsIn(x.Ops[op]) {
		if s.key == key {
			p.got = append(p.got, s)
		}
	}
	if p.request != nil {
		var body struct {
			Offsets map[string]json.Number `json:"offsets"`
		}
		if json.Unmarshal(p.request.Body, &body) == nil {
			from, err := body.Offsets[key].Int64()
			p.from, p.asked = from, err == nil
		}
	}
	return p
}

// maxEntries is how many messages of a poll are named.
const maxEntries = 4

// around lists some of the messages that the poll got: those about an index.
func (p poll) around(i int) string {
	first := max(0, min(i-1, len(p.got)-maxEntries))
	last := min(len(p.got), first+maxEntries)
	var list []string
	for n, s := range p.got[first:last] {
		t := fmt.Sprintf("%s at %d", clipped(s.value), s.offset)
		if n == 0 {
			t = fmt.Sprintf("message %s at offset %d", clipped(s.value), s.offset)
		}
		list = append(list, t)
	}
	switch {
	case len(list) == 0:
		return "nothing"
	case first > 0 && last < len(p.got):
		return "among others " + wording.And(list)
	case first > 0:
		return "at the end " + wording.And(list)
	case last < len(p.got):
		list = append(list, fmt.Sprintf("%d more", len(p.got)-last))
	}
	return wording.And(list)
}

// index returns the position of a message among those that the poll got; 0 if it is not there.
func (p poll) index(s sight) int {
	return max(0, slices.IndexFunc(p.got, func(g sight) bool { return g.version == s.version && g.offset == s.offset }))
}

// sorted reports whether the poll got messages by ascending offset.
func (p poll) sorted() bool {
	return slices.IsSortedFunc(p.got, func(a, b sight) int { return cmp.Compare(a.offset, b.offset) })
}

// step is the step of a poll; i is the message that matters most.
func (x *logs) step(p poll, i int) Step {
	from := ""
	if p.asked {
		from = fmt.Sprintf(" from offset %d on", p.from)
	}
	return x.asks(p.inv, fmt.Sprintf("%s asks %s for key %s%s, and gets %s", client(p.inv), p.node, clipped(p.key), from, p.around(i)))
}

// components returns the parts of a key of a service that separators part: "log/9/1" has log, 9 and 1.
func components(key string) []string {
	return strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune("/:-_.,|#@ ", r) })
}

// names reports whether the key of a service, or what is under it, is about the key of a log.
func (c call) names(key string) bool {
	return c.about(key) || slices.Contains(components(c.key), key)
}
