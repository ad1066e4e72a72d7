// Package kafka judges histories of append-only logs. There is one log per key; clients send messages to logs and poll messages
// from them. The operations are
//
//	send    [["send", key, message]]            ok: [["send", key, [offset, message]]]
//	poll    [["poll"]]                          ok: [["poll", {key: [[offset, message], …], …}]]
//	assign  [key, …], which the process polls from now on
//	crash   null; the client goes on as a new process
//
// Messages are unique within a key. Offsets may have gaps of any size, and a poll may return old data. But all clients must
// see the same log, in the same order, with no message missing. The verdicts are those of the reference checker.
package kafka

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"glomers/harness/check"
	"glomers/harness/history"
)

// The types of errors, the worst first. Each makes a history Invalid.
const (
	LostWrite           = "lost-write"               // acknowledged and never polled, though a message behind it was
	InconsistentOffsets = "inconsistent-offsets"     // several messages at one offset
	Duplicate           = "duplicate"                // one message at several offsets
	AbortedRead         = "G1a"                      // polled, though its send failed
	Garbage             = "garbage"                  // polled, though nobody sent it
	EarlyRead           = "G1c-realtime"             // polled before it was sent: a cycle of real time and write→read
	Cycle               = "strong-PL-2-cycle-exists" // reported beside every EarlyRead, as in the reference
	PollSkip            = "poll-skip"                // a process's next poll left messages out
	NonmonotonicPoll    = "nonmonotonic-poll"        // a process's next poll went back or stood still
	IntPollSkip         = "int-poll-skip"            // one poll left messages out
	IntNonmonotonicPoll = "int-nonmonotonic-poll"    // one poll went back or stood still
	NonmonotonicSend    = "nonmonotonic-send"        // a process's next message got a place at or before that of its previous message
	Unseen              = "unseen"                   // acknowledged and not polled by the end
	EmptyGraph          = "empty-transaction-graph"  // no operation depends on another, so the run shows nothing
)

// severity has the types of errors, the worst first.
var severity = []string{
	LostWrite, InconsistentOffsets, Duplicate, AbortedRead, Garbage, EarlyRead, PollSkip, NonmonotonicPoll,
	IntPollSkip, IntNonmonotonicPoll, NonmonotonicSend, Unseen, EmptyGraph,
}

const (
	maxCases  = 32      // cases of each type of error, and unseen messages of each key, that a Result lists
	maxCauses = 32      // errors of operations of unknown outcome that it lists
	maxCause  = 1 << 10 // bytes of such an error
	maxUnread = 8       // operations with an unreadable value that a reason names
)

// A Result has the errors found in the logs. It is Invalid if there is any error. Otherwise it is Unknown if an operation has
// a value that cannot be understood.
type Result struct {
	Valid         check.Verdict     `json:"valid"`
	ErrorTypes    []string          `json:"error-types"`      // in alphabetical order
	BadErrorTypes []string          `json:"bad-error-types"`  // the types that make the result Invalid: all of ErrorTypes
	Counts        map[string]int    `json:"counts"`           // by type, without Unseen
	Details       map[string][]Case `json:"details"`          // by type, the first 32 of each
	Cycles        []EarlyReadCase   `json:"cycles,omitempty"` // one for each EarlyRead counted, the first 32
	Unseen        *UnseenMessages   `json:"unseen"`           // null if there are none
	WorstLag      Lag               `json:"worst-realtime-lag"`
	InfoCauses    []json.RawMessage `json:"info-txn-causes"`      // the errors of sends and polls of unknown outcome, the first 32
	Unreadable    []int             `json:"unreadable,omitempty"` // operations whose value cannot be understood

	reasons []string
}

// UnseenMessages counts the messages of each key that were acknowledged but never polled, and lists up to 32 of each key.
type UnseenMessages struct {
	Counts   map[string]int               `json:"counts"`
	Messages map[string][]json.RawMessage `json:"messages"`
}

// Verdict implements check.Result.
func (r *Result) Verdict() check.Verdict { return r.Valid }

// Reasons implements check.Result. If some values cannot be understood, the first reason is about them. Then there is one
// reason for each type of error, which describes the first case and counts the others.
func (r *Result) Reasons() []string { return r.reasons }

// Anomalies implements check.Anomalous.
func (r *Result) Anomalies() []string { return r.BadErrorTypes }

// Check judges a history. Apart from sorting, its time is linear in the length of the history, plus the number of assigned
// keys for each poll. Its space does not depend on the size of offsets.
func Check(h []history.Op) *Result { return checkUpTo(h, maxCases) }

// checkUpTo is Check with the given limit on the cases listed.
func checkUpTo(h []history.Op, limit int) *Result {
	a := newAnalysis(h, limit)
	a.findInLogs()
	a.findInSessions()
	a.findEarlyReads()
	a.findEmptyGraph()

	r := &Result{
		ErrorTypes: slices.Sorted(maps.Keys(a.found)),
		Counts:     make(map[string]int),
		Details:    make(map[string][]Case),
		Cycles:     a.early[:min(len(a.early), limit)],
		Unseen:     a.unseen,
		WorstLag:   a.worstLag(),
		InfoCauses: a.infoCauses(),
		Unreadable: a.unreadable,
	}
	for typ, cases := range a.found {
		if typ == Unseen {
			continue
		}
		r.Counts[typ] = a.counts[typ]
		if typ != EarlyRead && typ != Cycle && typ != EmptyGraph {
			r.Details[typ] = cases[:min(len(cases), limit)]
		}
	}
	r.ErrorTypes = append([]string{}, r.ErrorTypes...) // marshals to [], not null
	r.BadErrorTypes = r.ErrorTypes
	switch {
	case len(r.ErrorTypes) > 0:
		r.Valid = check.Invalid
	case len(r.Unreadable) > 0:
		r.Valid = check.Unknown
	}
	r.reasons = a.reasons()
	return r
}

// reasons describes the errors, the worst first.
func (a *analysis) reasons() []string {
	var rs []string
	if n := len(a.unreadable); n > 0 { // this comes first, as the errors may be a consequence
		op := a.h[a.unreadable[0]]
		reason := fmt.Sprintf("of %d operations the value cannot be understood: ops %v; of the first (%s), because %v",
			n, a.unreadable[:min(n, maxUnread)], op.F, a.nonsense)
		rs = append(rs, reason)
	}
	for _, typ := range severity {
		cases := a.found[typ]
		if len(cases) == 0 {
			continue
		}
		reason := typ + ": " + cases[0].Text(a.h)
		if n := a.counts[typ]; n > 1 {
			reason += fmt.Sprintf("; and %d more", n-1)
		}
		rs = append(rs, reason)
	}
	return rs
}
