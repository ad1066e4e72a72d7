// Package logs has the protocol of the workload kafka, and a log in lin-kv in pieces that a mutant can replace.
package logs

import (
	"encoding/json"
	"strconv"

	"glomers/baselines/internal/peers"
)

// The bodies of the workload kafka.
type (
	// Send appends a message to the log of a key.
	Send struct {
		Key    string          `json:"key"`
		Msg    json.RawMessage `json:"msg"`
		Number peers.Number    `json:"number,omitempty"` // set if a node passes the request on
	}
	// Sent returns the offset of the message.
	Sent struct {
		Offset int `json:"offset"`
	}
	// Offsets holds an offset for each key: in a poll, where to start reading; in a commit, the progress of the consumer.
	Offsets struct {
		Offsets map[string]int `json:"offsets"`
	}
	// Messages is the result of a poll. Keys without messages are left out.
	Messages struct {
		Msgs map[string][]Entry `json:"msgs"`
	}
	// Keys asks for the committed offsets of some keys.
	Keys struct {
		Keys []string `json:"keys"`
	}
)

// NewMessages returns a reply to a poll, still without messages.
func NewMessages() Messages { return Messages{make(map[string][]Entry)} }

// Add adds the entries of a key, if there are any.
func (m Messages) Add(key string, entries []Entry) {
	if len(entries) > 0 {
		m.Msgs[key] = entries
	}
}

// An Entry is [offset, message].
type Entry [2]json.RawMessage

// NewEntry returns the entry of a message.
func NewEntry(offset int, msg json.RawMessage) Entry {
	return Entry{json.RawMessage(strconv.Itoa(offset)), msg}
}

// From returns the entries of a log from an offset on. The offsets of log are 0, 1, 2, ….
func From(offset int, log []json.RawMessage) []Entry {
	var entries []Entry
	for at := max(0, offset); at < len(log); at++ {
		entries = append(entries, NewEntry(at, log[at]))
	}
	return entries
}
