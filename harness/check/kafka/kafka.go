// Package kafka judges histories of append-only logs: one log per key, into which clients send messages and from which
// they poll them. The operations are
//
//	send    [["send", key, message]]            ok: [["send", key, [offset, message]]]
//	poll    [["poll"]]                          ok: [["poll", {key: [[offset, message], …], …}]]
//	assign  [key, …], which the process polls from now on
//	crash   null, after which the process is another one
//
// Messages are unique within a key. Offsets may have gaps of any size, and a poll may show old data: what counts is that all
// clients see one log, in one order, with nothing missing. The verdicts are those of the reference checker.
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
	LostWrite           = "lost-write"               // acknowledged and never polled, though something behind it was
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
	NonmonotonicSend    = "nonmonotonic-send"        // a process's next message got a place before the one it had sent before
	Unseen              = "unseen"                   // acknowledged and not polled by the end
	EmptyGraph          = "empty-transaction-graph"  // no operation depends on another, so the run shows nothing
)

// severity has the types of errors, the worst first.
func severity() []string {
	return []string{
		LostWrite, InconsistentOffsets, Duplicate, AbortedRead, Garbage, EarlyRead, PollSkip, NonmonotonicPoll,
		IntPollSkip, IntNonmonotonicPoll, NonmonotonicSend, Unseen, EmptyGraph,
	}
}

const (
	maxCases  = 32 // how many cases of a type of error, and unseen messages of a key, a Result lists
	maxCauses = 32 // how many errors of unknown outcome it lists
	maxCause  = 1 << 10
	maxUnread = 8 // how many operations that were not understood it names
)

// A Result says what is wrong with the logs. It is Invalid if there is any error, and otherwise Unknown if an operation has a
// value that cannot be understood.
type Result struct {
	Valid         check.Verdict     `json:"valid"`
	ErrorTypes    []string          `json:"error-types"`      // in alphabetical order
	BadErrorTypes []string          `json:"bad-error-types"`  // those that make it Invalid: all of them
	Counts        map[string]int    `json:"counts"`           // by type, without Unseen
	Details       map[string][]Case `json:"details"`          // by type, the first 32 of each
	Cycles        []EarlyReadCase   `json:"cycles,omitempty"` // one for each EarlyRead that is counted
	Unseen        *UnseenMessages   `json:"unseen"`           // null if there are none
	WorstLag      Lag               `json:"worst-realtime-lag"`
	InfoCauses    []json.RawMessage `json:"info-txn-causes"`      // the errors of sends and polls of unknown outcome, the first 32
	Unreadable    []int             `json:"unreadable,omitempty"` // operations whose value cannot be understood

	reasons []string
}

// UnseenMessages counts the messages of each key that were acknowledged but not polled by anyone, and lists up to 32 of each.
type UnseenMessages struct {
	Counts   map[string]int               `json:"counts"`
	Messages map[string][]json.RawMessage `json:"messages"`
}

// Verdict implements check.Result.
func (r *Result) Verdict() check.Verdict { return r.Valid }

// Reasons implements check.Result. The first is about what cannot be understood, if there is any; then there is one for each type of
// error, which describes the first case and counts the others.
func (r *Result) Reasons() []string { return r.reasons }

// Anomalies implements check.Anomalous.
func (r *Result) Anomalies() []string { return r.BadErrorTypes }

// Check judges a history. Its time is linear in the length of the history, but for sorting, and in the number of keys that a
// process has assigned when it polls; its space does not depend on how large offsets are.
func Check(h []history.Op) *Result { return checkUpTo(h, maxCases) }

// checkUpTo is Check with another limit to the cases that are listed.
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

// reasons says what was found, the worst first.
func (a *analysis) reasons() []string {
	var rs []string
	if n := len(a.unreadable); n > 0 { // first, as what follows may be a consequence
		op := a.h[a.unreadable[0]]
		reason := fmt.Sprintf("of %d operations the value cannot be understood: ops %v; of the first (%s), because %v",
			n, a.unreadable[:min(n, maxUnread)], op.F, a.nonsense)
		rs = append(rs, reason)
	}
	for _, typ := range severity() {
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
