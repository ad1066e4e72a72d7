package kafka

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// An event stands for an operation. It is the completion, or the invocation of a send that never completed.
type event struct {
	*history.Op
	at      int // its position in the history
	invoked int // the position of the invocation, or none
	sends   []entry
	polls   []batch
	assign  []*log
}

// An entry is a message at its offset.
type entry struct {
	*message
	offset int64 // set if the operation is ok
}

// A batch has the messages of one key that a poll returned.
type batch struct {
	log     *log
	entries []entry
}

const none = -1

// newEvent reads the operation at position i of the history. For a function other than send, poll and assign, the event has no
// content.
func (a *analysis) newEvent(i, invoked int) (event, error) {
	ev := event{Op: &a.h[i], at: i, invoked: invoked}
	var err error
	switch ev.F {
	case "send":
		ev.sends, err = a.sends(ev.Op)
	case "poll":
		if ev.Type == history.OK {
			ev.polls, err = a.polls(ev.Value)
		}
	case "assign":
		var keys []string
		if json.Unmarshal(ev.Value, &keys) != nil {
			err = fmt.Errorf("%s is not a list of keys, which are strings", show(ev.Value))
		}
		for _, key := range keys {
			ev.assign = append(ev.assign, a.log(key))
		}
	}
	return ev, err
}

// show returns the beginning of a value, for an error.
func show(raw json.RawMessage) string { return wording.Clip(raw, 40) }

// sends reads [["send", key, message], …], where a completed send has [offset, message].
func (a *analysis) sends(op *history.Op) ([]entry, error) {
	var parts [][]json.RawMessage
	if json.Unmarshal(op.Value, &parts) != nil {
		return nil, fmt.Errorf(`%s is not [["send", key, message]]`, show(op.Value))
	}
	sends := make([]entry, 0, len(parts))
	for _, p := range parts {
		var key string
		if len(p) != 3 || string(p[0]) != `"send"` {
			return nil, fmt.Errorf(`%s is not [["send", key, message]]`, show(op.Value))
		}
		if p[1][0] != '"' || json.Unmarshal(p[1], &key) != nil {
			return nil, fmt.Errorf("the key %s is not a string", show(p[1]))
		}
		l := a.log(key)
		if op.Type != history.OK {
			sends = append(sends, entry{message: l.message(p[2])})
			continue
		}
		e, err := l.entry(p[2])
		if err != nil {
			return nil, err
		}
		sends = append(sends, e)
	}
	return sends, nil
}

// polls reads [["poll", {key: [[offset, message], …], …}], …].
func (a *analysis) polls(value json.RawMessage) ([]batch, error) {
	var parts [][]json.RawMessage
	if json.Unmarshal(value, &parts) != nil {
		return nil, fmt.Errorf(`%s is not [["poll", {key: [[offset, message], …], …}]]`, show(value))
	}
	var polls []batch
	for _, p := range parts {
		var byKey map[string][]json.RawMessage
		if len(p) != 2 || string(p[0]) != `"poll"` || json.Unmarshal(p[1], &byKey) != nil {
			return nil, fmt.Errorf(`%s is not [["poll", {key: [[offset, message], …], …}]]`, show(value))
		}
		for _, key := range slices.Sorted(maps.Keys(byKey)) {
			b := batch{log: a.log(key), entries: make([]entry, 0, len(byKey[key]))}
			for _, pair := range byKey[key] {
				e, err := b.log.entry(pair)
				if err != nil {
					return nil, err
				}
				b.entries = append(b.entries, e)
			}
			polls = append(polls, b)
		}
	}
	return polls, nil
}

// entry reads [offset, message].
func (l *log) entry(raw json.RawMessage) (entry, error) {
	var pair []json.RawMessage
	if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 {
		return entry{}, fmt.Errorf("%s, of key %q, is not [offset, message]", show(raw), l.key)
	}
	var offset *int64 // null is not an offset
	if err := json.Unmarshal(pair[0], &offset); err != nil || offset == nil {
		return entry{}, fmt.Errorf("the offset %s, of key %q, is not a 64-bit integer", show(pair[0]), l.key)
	}
	return entry{message: l.message(pair[1]), offset: *offset}, nil
}
