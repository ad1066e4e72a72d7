// Package logs is the protocol of the workload kafka, and a log in lin-kv in pieces that a mutant can replace.
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
		Number peers.Number    `json:"number,omitempty"` // if a node passes it on
	}
	// Sent says where the message is.
	Sent struct {
		Offset int `json:"offset"`
	}
	// Offsets has one for each key: in a poll from where to read, in a commit what has been processed.
	Offsets struct {
		Offsets map[string]int `json:"offsets"`
	}
	// Messages are what a poll returns. Keys without any are left out.
	Messages struct {
		Msgs map[string][]Entry `json:"msgs"`
	}
	// Keys asks for the committed offsets of some keys.
	Keys struct {
		Keys []string `json:"keys"`
	}
)

// NewMessages returns a reply to a poll without messages.
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

// From returns the entries of a log, whose offsets are 0, 1, 2, …, from an offset on.
func From(offset int, log []json.RawMessage) []Entry {
	var entries []Entry
	for at := max(0, offset); at < len(log); at++ {
		entries = append(entries, NewEntry(at, log[at]))
	}
	return entries
}
