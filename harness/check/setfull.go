package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// A SetFullResult classifies every element that clients tried to add to a set. An element is
//
//   - stable if, from some time on, every read has it,
//   - lost if it is known to have been added, yet from some time on no read has it,
//   - never read if it is neither.
//
// An element is known from the time when its add is acknowledged or the first read shows it, whichever is earlier. "From
// some time on" refers to the invocations of reads.
//
// The result is Invalid if an element is lost. Otherwise it is Unknown if no element is stable, or if a read is malformed:
// it returned no list, or values of another kind than the added values, such as strings or 1.0.
type SetFullResult struct {
	Valid          Verdict           `json:"valid"`
	AttemptCount   int               `json:"attempt-count"`
	StableCount    int               `json:"stable-count"`
	LostCount      int               `json:"lost-count"`
	Lost           []json.RawMessage `json:"lost"`
	NeverReadCount int               `json:"never-read-count"`
	NeverRead      []json.RawMessage `json:"never-read"`

	// Stale elements are stable, but a read that began after they were known missed them. WorstStale has the eight elements
	// that took longest, the worst first.
	StaleCount int               `json:"stale-count"`
	Stale      []json.RawMessage `json:"stale"`
	WorstStale []StaleElement    `json:"worst-stale"`

	// StableLatencies say for how long, after a stable element was known, some read still missed it. LostLatencies say for
	// how long, after a lost element was known, some read still had it. A latency is 0 if there was no such read.
	// They are nil if there are no such elements.
	StableLatencies *Quantiles `json:"stable-latencies,omitempty"`
	LostLatencies   *Quantiles `json:"lost-latencies,omitempty"`

	// Duplicated is always empty, as in the reference, whose search for duplicates never finds any. Repeated has the elements
	// that some read listed more than once. That is not an error: a set has no order and no multiplicity.
	DuplicatedCount int               `json:"duplicated-count"`
	Duplicated      []json.RawMessage `json:"duplicated"`
	Repeated        []json.RawMessage `json:"repeated"`

	reasons []string
}

// A StaleElement names the operations that bound an element's stable latency.
type StaleElement struct {
	Element         json.RawMessage `json:"element"`
	Outcome         string          `json:"outcome"`           // "stable"
	StableLatency   int64           `json:"stable-latency"`    // ms
	KnownIndex      int             `json:"known-index"`       // the operation that made it known
	LastAbsentIndex int             `json:"last-absent-index"` // the invocation of the last read without it
}

// Quantiles of latencies, in whole milliseconds.
type Quantiles struct {
	Min    int64 `json:"0"`
	Median int64 `json:"0.5"`
	P95    int64 `json:"0.95"`
	P99    int64 `json:"0.99"`
	Max    int64 `json:"1"`
}

// Verdict implements Result.
func (r *SetFullResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result. There is one reason for each lost element.
func (r *SetFullResult) Reasons() []string { return r.reasons }

// SetFull checks a history of a set that only grows. The operations named by add have an element as their value; "read"
// operations complete with the list of elements. It takes time linear in the total length of the reads plus
// reads × elements.
func SetFull(h []history.Op, add string) *SetFullResult {
	t := &timelines{h: h, inv: history.Invocations(h), other: make(map[string]int32), kinds: make(map[string]bool)}
	for i, op := range h {
		switch {
		case op.Process == history.Nemesis:
		case op.F == add:
			t.add(i, op)
		case op.F == "read" && op.Type == history.OK:
			t.read(i, op)
		}
	}
	return t.result()
}

// result classifies the elements, in their order.
func (t *timelines) result() *SetFullResult {
	empty := []json.RawMessage{} // marshals to [], not null
	r := &SetFullResult{
		AttemptCount: len(t.elements),
		Lost:         empty, NeverRead: empty, Stale: empty, Duplicated: empty, Repeated: empty,
		WorstStale: []StaleElement{},
	}
	jsonvalue.Sort(t.elements, func(e element) json.RawMessage { return e.value }) // at the end, as it changes the numbers of elements
	var stable, lost []int64
	var losses []*element
	for i := range t.elements {
		e := &t.elements[i]
		if e.repeated {
			r.Repeated = append(r.Repeated, e.value)
		}
		switch {
		case e.lastPresent > e.lastAbsent:
			latency := t.sinceKnown(e, e.lastAbsent)
			stable = append(stable, latency)
			if latency > 0 {
				r.Stale = append(r.Stale, e.value)
				r.WorstStale = append(r.WorstStale, StaleElement{
					e.value, "stable", latency, t.h[e.known].Index, t.h[e.lastAbsent].Index,
				})
			}
		case e.known >= 0 && e.lastAbsent > e.known:
			lost = append(lost, t.sinceKnown(e, e.lastPresent))
			r.Lost = append(r.Lost, e.value)
			losses = append(losses, e)
		default:
			r.NeverRead = append(r.NeverRead, e.value)
		}
	}
	r.StableCount, r.StableLatencies = len(stable), quantiles(stable)
	r.LostCount, r.LostLatencies = len(lost), quantiles(lost)
	r.NeverReadCount, r.StaleCount = len(r.NeverRead), len(r.Stale)

	slices.Reverse(r.WorstStale) // among equals the reference lists the highest first
	slices.SortStableFunc(r.WorstStale, func(a, b StaleElement) int {
		return cmp.Compare(b.StableLatency, a.StableLatency)
	})
	r.WorstStale = r.WorstStale[:min(len(r.WorstStale), 8)]

	switch {
	case r.LostCount > 0:
		r.Valid = Invalid
		r.reasons = reason.List(losses, t.describeLoss)
	case r.StableCount == 0:
		r.Valid = Unknown
		r.reasons = []string{fmt.Sprintf("nothing can be said about any of %s: no read that began after one was known succeeded",
			wording.Plural(r.AttemptCount, "attempted value"))}
	}
	if len(t.malformed) > 0 { // these reasons come first, as losses may be a consequence
		r.Valid = Worst(r.Valid, Unknown)
		r.reasons = append(reason.List(t.malformed, malformedRead.String), r.reasons...)
	}
	return r
}

// quantiles takes the element at floor(n·q) of the sorted latencies, as the reference does.
func quantiles(ms []int64) *Quantiles {
	if len(ms) == 0 {
		return nil
	}
	slices.Sort(ms)
	at := func(q float64) int64 {
		return ms[min(int(float64(len(ms))*q), len(ms)-1)]
	}
	return &Quantiles{at(0), at(0.5), at(0.95), at(0.99), at(1)}
}
