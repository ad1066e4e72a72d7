package why

import (
	"encoding/json"
	"strconv"
	"strings"

	"glomers/harness/record"
)

// A logSlot is a place in the bodies of messages of one type, with the place of the key that it belongs to.
type logSlot struct{ kind, place string }

// A carrier is a message that may carry a version, in a slot.
type carrier struct {
	logSlot
	sent *Sent
}

// locate finds the messages between nodes and services that carry some messages of logs: one pass through the journal.
//
// Offsets, clocks and messages are all small integers. So it learns from all messages of the run which slots hold messages of logs: in
// these, there is nothing that had not been sent to the key before.
func (x *logs) locate(wanted map[version]bool) {
	x.carriers = make(map[version][]*Sent)
	found := make(map[version][]carrier)
	type tally struct{ good, bad int }
	slots := make(map[logSlot]*tally)
	named := make(map[string]bool) // kinds with a slot that is called as in the protocol of the workload
	x.scan(func(m *Sent, body any) {
		w := walk{keys: x.keys}
		kind := m.Type
		var context []owner
		switch {
		case x.Role(m.Dest) == record.Service:
			kind, w.service = kind+" "+m.Dest, true
		case x.Role(m.Src) == record.Service:
			kind, w.service = kind+" "+m.Src, true
			if m.Type != "read_ok" {
				return
			}
			if request := x.requestOf(m); request != nil {
				key, _ := decoded(member(request.Body, "key"))
				context = w.owners(key, "request")
			}
		}
		w.give = func(v version, at string) {
			s := logSlot{kind, at}
			t := slots[s]
			if t == nil {
				t = new(tally)
				slots[s] = t
			}
			if sends := x.sends[v]; len(sends) == 0 || x.Ops[sends[0]].Time > m.At {
				t.bad++
				return
			}
			t.good++
			if strings.HasSuffix(at, ".msg") {
				named[kind] = true
			}
			if list := found[v]; wanted[v] && (len(list) == 0 || list[len(list)-1] != carrier{s, m}) {
				found[v] = append(list, carrier{s, m})
			}
		}
		w.value(body, context, "", false, 0)
	})
	for v, list := range found {
		for _, c := range list {
			if t := slots[c.logSlot]; t.bad*50 > t.good || named[c.kind] && !strings.HasSuffix(c.place, ".msg") {
				continue
			}
			if known := x.carriers[v]; len(known) == 0 || known[len(known)-1] != c.sent {
				x.carriers[v] = append(known, c.sent)
			}
		}
	}
}

// A walk goes through a body and gives what may be messages of logs. Scalars belong to the keys of logs that are around them: in a field
// of the same object, in the name of a field, at the beginning of an array, or as a part of the key of a service.
type walk struct {
	keys    map[string]struct{}
	service bool
	give    func(v version, place string)
}

// An owner is a key of a log with the place where it is. It is a cell if there is also an integer, like an offset.
type owner struct {
	key, place string
	cell       bool
}

// maxOwners bounds the keys that a scalar may belong to.
const maxOwners = 8

// owners returns the keys of logs in a text.
func (w walk) owners(v any, place string) (all []owner) {
	name, ok := v.(string)
	if !ok {
		return nil
	}
	if _, ok := w.keys[name]; ok {
		return []owner{{name, place, false}}
	}
	parts := components(name)
	if len(parts) < 2 || len(parts) > maxOwners {
		return nil
	}
	for i, p := range parts {
		if _, ok := w.keys[p]; !ok {
			continue
		}
		cell := false
		for j, q := range parts {
			_, err := strconv.ParseInt(q, 10, 64)
			cell = cell || err == nil && i != j
		}
		all = append(all, owner{p, place + "/" + strconv.Itoa(i), cell})
	}
	return all
}

// scalar gives a scalar to its owners. In a service, the value of a key that is no cell and no list is a counter.
func (w walk) scalar(text string, owners []owner, place string) {
	top := w.service && (place == ".value" || place == ".to")
	for _, o := range owners {
		if !top || o.cell {
			w.give(version{o.key, text}, o.place+place)
		}
	}
}

func (w walk) value(v any, owners []owner, place string, inArray bool, depth int) {
	if depth > maxNested || len(owners) > maxOwners {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		w.object(v, owners, place, depth)
	case []any:
		w.array(v, owners, place, inArray, depth)
	case string:
		if strings.HasPrefix(v, "[") || strings.HasPrefix(v, "{") {
			if inner, ok := decoded([]byte(v)); ok {
				w.value(inner, owners, place+"\"", inArray, depth+1)
				return
			}
		}
		w.scalar(v, owners, place)
	case json.Number:
		w.scalar(v.String(), owners, place)
	}
}

func (w walk) object(fields map[string]any, owners []owner, place string, depth int) {
	owners = owners[:len(owners):len(owners)]
	for _, name := range sortedKeys(fields) {
		if name != "type" {
			owners = append(owners, w.owners(fields[name], "."+name)...)
		}
	}
	for _, name := range sortedKeys(fields) {
		switch name {
		case "msg_id", "in_reply_to", "type", "from", "key":
			continue
		}
		inner, at := owners, place+"."+name
		if of := w.owners(name, place+"#"); len(of) > 0 {
			inner, at = append(owners[:len(owners):len(owners)], of...), place+".#"
		}
		w.value(fields[name], inner, at, false, depth+1)
	}
}

// array goes through a list. In a list of short lists, each position of these is a place of its own.
func (w walk) array(list []any, owners []owner, place string, inArray bool, depth int) {
	short := inArray && len(list) <= 4
	owners = owners[:len(owners):len(owners)]
	if short {
		for i, e := range list {
			owners = append(owners, w.owners(e, "["+strconv.Itoa(i))...)
		}
	}
	for i, e := range list {
		at := place + "[]"
		if short {
			at = place + "[" + strconv.Itoa(i) + "]"
		}
		w.value(e, owners, at, true, depth+1)
	}
}
