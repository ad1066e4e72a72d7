package bench

import (
	"encoding/json"
	"slices"
	"time"

	"glomers/harness/history"
)

// A healing measures in a history of broadcast how long after a heal reads still miss a value that had been acknowledged before the heal.
type healing struct {
	acked   []string
	adding  map[history.Process]string        // the value of a broadcast under way
	reading map[history.Process]time.Duration // when a read under way was invoked
	faults  history.Faults                    // partitions
	current *recovery                         // nil before the first heal, and while links are cut
	all     []*recovery
}

// A recovery is the time between a heal and the next cut.
type recovery struct {
	begin, end time.Duration // end is the latest read so far
	known      int           // values that had been acknowledged before
	missed     time.Duration // when the last read began that misses one of these values; begin if no read does
}

// leastRecovery is the shortest recovery that counts.
const leastRecovery = 2 * time.Second

func newHealing() *healing {
	return &healing{adding: make(map[history.Process]string), reading: make(map[history.Process]time.Duration)}
}

// add takes the next operation of the history.
func (h *healing) add(op history.Op) {
	now := time.Duration(op.Time)
	fault := h.faults.Add(op)
	switch {
	case op.Final:
	case fault != nil && fault.InForce():
		h.current = nil
	case fault != nil:
		h.current = &recovery{begin: now, end: now, known: len(h.acked), missed: now}
		h.all = append(h.all, h.current)
	case op.F == "broadcast":
		h.broadcast(op)
	case op.F == "read":
		h.read(op, now)
	}
}

func (h *healing) broadcast(op history.Op) {
	switch op.Type {
	case history.Invoke:
		h.adding[op.Process] = string(op.Value)
	case history.OK:
		h.acked = append(h.acked, h.adding[op.Process])
	}
}

func (h *healing) read(op history.Op, now time.Duration) {
	if op.Type == history.Invoke {
		h.reading[op.Process] = now
		return
	}
	invoked, r := h.reading[op.Process], h.current
	if op.Type != history.OK || r == nil || invoked < r.begin {
		return
	}
	r.end = max(r.end, invoked)
	if misses(op.Value, h.acked[:r.known]) {
		r.missed = max(r.missed, invoked)
	}
}

// misses reports whether a list lacks any of the values. A reply that is not a list has no values.
func misses(list json.RawMessage, values []string) bool {
	var has []json.RawMessage
	_ = json.Unmarshal(list, &has) // the checker complains, too
	set := make(map[string]bool, len(has))
	for _, v := range has {
		set[string(v)] = true
	}
	return slices.ContainsFunc(values, func(v string) bool { return !set[v] })
}

// worst returns the longest time from a heal to the last read that missed a value; false if no recovery was long enough.
func (h *healing) worst() (worst time.Duration, ok bool) {
	for _, r := range h.all {
		if r.end-r.begin >= leastRecovery {
			worst, ok = max(worst, r.missed-r.begin), true
		}
	}
	return worst, ok
}
