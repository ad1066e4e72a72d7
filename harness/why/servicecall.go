package why

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"glomers/harness/record"
	"glomers/internal/wording"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// A call is a request of a node to a key/value service, and its reply.
type call struct {
	request, reply *Sent // reply is nil if the journal has none
	there          int64 // when the request arrived, which is when it took effect
	arrived        bool
	key            string
	value          any    // that a write or cas puts there
	expected       any    // by a cas
	result         any    // of a read; nil without a value
	refused        string // the text of the error reply
}

// newCall reads a request; ok is false if it is not one of a node to a service.
func (r *Run) newCall(m *Sent) (c call, ok bool) {
	if r.role(m.Dest) != record.Service || !r.IsNode(m.Src) {
		return c, false
	}
	return callOf(m, r.answerUntil(m, m.At+int64(10*time.Second))), true // services answer at once
}

// callOf reads a request of a node to a service and its reply, which is nil if there is none.
func callOf(request, reply *Sent) call {
	body, _ := decoded(request.Body)
	fields, _ := body.(map[string]any)
	c := call{request: request, reply: reply}
	c.key, _ = plain(fields["key"])
	if c.value = fields["value"]; request.Type == "cas" {
		c.value, c.expected = fields["to"], fields["from"]
	}
	c.there, c.arrived = request.Arrival()
	if c.reply != nil {
		answer, _ := decoded(c.reply.Body)
		fields, _ := answer.(map[string]any)
		c.result = fields["value"]
		if c.reply.Type == "error" {
			c.refused, _ = plain(fields["text"])
			c.refused = wording.Clip(c.refused, 80)
			if c.refused == "" {
				c.refused = "an error"
			}
		}
	}
	return c
}

// reads reports whether the call only looks.
func (c call) reads() bool { return c.request.Type == "read" }

// about reports whether the call concerns a key of the transactions, which is its own key or one within its value.
func (c call) about(key string) bool {
	if c.key == key {
		return true
	}
	_, written := held(c.value, key, 0)
	_, read := held(c.result, key, 0)
	return written || read || c.reads() && c.whole()
}

// whole reports whether the service's key has several keys of the transactions in it.
func (c call) whole() bool {
	for _, v := range []any{c.value, c.result} {
		if _, ok := v.(map[string]any); ok {
			return true
		}
	}
	return false
}

// of returns what a value of the service says of a key of the transactions.
func (c call) of(v any, key string) string {
	if c.key != key {
		v, _ = held(v, key, 0)
	}
	return shown(v)
}

// maxList is how many elements of a list are shown.
const maxList = 8

// shown returns a value for use in a text; of a long list, the end.
func shown(v any) string {
	if list, ok := v.([]any); ok && len(list) > maxList {
		text, _ := json.Marshal(list[len(list)-maxList:])
		return "[…," + wording.Clip(string(text[1:]), 80)
	}
	text, _ := json.Marshal(v)
	return wording.Clip(string(text), 80)
}

// calls returns the calls about some keys that a node made for a transaction: while it ran.
func (x *txns) calls(t *txn, keys []string) []call {
	var all []call
	for _, m := range x.sentBetween(t.node, t.begin, t.end) {
		if m.ID < t.first || m.ID > t.last {
			continue
		}
		c, ok := x.newCall(m)
		if ok && slices.ContainsFunc(keys, c.about) {
			all = append(all, c)
		}
	}
	return all
}

// request is the step of a call's request.
func (c call) ask(keys []string) Step {
	from, to := c.request.Src, c.request.Dest
	key := keyIn(c, keys)
	switch where := fmt.Sprintf("key %s of %s", c.key, to); {
	case c.reads():
		return passes(c.request, fmt.Sprintf("%s reads %s", from, where))
	case c.request.Type == "cas":
		if c.key != key {
			return passes(c.request, fmt.Sprintf("%s replaces %s (cas), with all lists in it: key %s was %s, and becomes %s%s", from, where, key, c.of(c.expected, key), c.of(c.value, key), c.arrival()))
		}
		return passes(c.request, fmt.Sprintf("%s replaces %s by %s in %s (cas)%s", from, shown(c.expected), shown(c.value), where, c.arrival()))
	case c.key != key:
		return passes(c.request, fmt.Sprintf("%s overwrites %s (write), with all lists in it: key %s becomes %s%s", from, where, key, c.of(c.value, key), c.arrival()))
	default:
		return passes(c.request, fmt.Sprintf("%s writes %s to %s%s", from, shown(c.value), where, c.arrival()))
	}
}

func (c call) arrival() string {
	switch {
	case !c.arrived:
		return ", which never arrives"
	case c.there == c.request.At:
		return ""
	case c.refused != "":
		return ""
	}
	return ", in force from " + seconds(c.there)
}

// tells is the step of a call's reply.
func (c call) tells(keys []string) Step {
	key := keyIn(c, keys)
	from, to := c.reply.Src, c.reply.Dest
	switch {
	case c.refused != "" && c.reads():
		return passes(c.reply, fmt.Sprintf("%s answers %s: %s", from, to, c.refused))
	case c.refused != "":
		return passes(c.reply, fmt.Sprintf("%s refuses the %s of %s: %s", from, c.request.Type, to, c.refused))
	}
	return passes(c.reply, fmt.Sprintf("%s answers %s: key %s is %s", from, to, key, c.of(c.result, key)))
}

// keyIn returns the first of the keys that the call is about.
func keyIn(c call, keys []string) string {
	if i := slices.IndexFunc(keys, func(key string) bool { return c.key == key }); i >= 0 {
		return keys[i]
	}
	if i := slices.IndexFunc(keys, c.about); i >= 0 {
		return keys[i]
	}
	return c.key
}
