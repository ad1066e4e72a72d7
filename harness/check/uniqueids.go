package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// A UniqueIDsResult says whether any id was given out twice. An id is any JSON value; 1 and 1.0 are different ids.
//
// The result is Invalid if there is a duplicate. Otherwise it is Unknown if two ids cannot be compared, such as a number and
// a string, or any two objects. The reference looks for the lowest and the highest id, and gives up on such ids, whether or
// not there are duplicates.
type UniqueIDsResult struct {
	Valid             Verdict       `json:"valid"`
	AttemptedCount    int           `json:"attempted-count"`
	AcknowledgedCount int           `json:"acknowledged-count"`
	DuplicatedCount   int           `json:"duplicated-count"`
	Duplicated        []DuplicateID `json:"duplicated"` // the 48 most frequent at most, ordered by id

	// Range has the lowest and the highest id. Both are null if there are no ids, or if Incomparable is set. A null id
	// counts only if there is no other id.
	Range [2]json.RawMessage `json:"range"`

	// Incomparable is a pair of ids that cannot be compared, or nil.
	Incomparable []json.RawMessage `json:"incomparable,omitempty"`

	reasons []string
}

// A DuplicateID is an id that was given out more than once. Its JSON is [id, times].
type DuplicateID struct {
	ID    json.RawMessage
	Times int
}

// MarshalJSON returns [id, times].
func (d DuplicateID) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{d.ID, d.Times})
}

// Verdict implements Result.
func (r *UniqueIDsResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result.
func (r *UniqueIDsResult) Reasons() []string { return r.reasons }

// maxDuplicates is how many ids the reference lists.
const maxDuplicates = 48

// An id is an acknowledged id, with the operations that returned it.
type id struct {
	raw   json.RawMessage
	value any
	ops   []history.Op
}

// UniqueIDs checks a history of "generate" operations, whose ok value is an id.
func UniqueIDs(h []history.Op) *UniqueIDsResult {
	r := &UniqueIDsResult{Duplicated: []DuplicateID{}}
	var ids []*id
	byKey := make(map[string]*id) // by jsonvalue.Key
	var lowest, highest *id
	for _, op := range h {
		if op.F != "generate" || op.Process == history.Nemesis {
			continue
		}
		switch op.Type {
		case history.Invoke:
			r.AttemptedCount++
		case history.OK:
			r.AcknowledgedCount++
			key := jsonvalue.Key(op.Value)
			d := byKey[key]
			if d == nil {
				v, err := jsonvalue.Parse(op.Value)
				if err != nil {
					v = string(op.Value)
				}
				d = &id{raw: op.Value, value: v}
				byKey[key] = d
				ids = append(ids, d)
			}
			d.ops = append(d.ops, op)
			lowest = r.extreme(lowest, d, -1)
			highest = r.extreme(highest, d, 1)
		}
	}
	if lowest != nil && r.Incomparable == nil {
		r.Range = [2]json.RawMessage{lowest.raw, highest.raw}
	}

	dups := slices.DeleteFunc(ids, func(d *id) bool { return len(d.ops) < 2 })
	slices.SortStableFunc(dups, r.compare)
	r.DuplicatedCount = len(dups)

	// Among equally frequent ids, the reference prefers the highest.
	most := slices.Clone(dups)
	slices.Reverse(most)
	slices.SortStableFunc(most, func(a, b *id) int { return cmp.Compare(len(b.ops), len(a.ops)) })
	listed := slices.Clone(most[:min(len(most), maxDuplicates)])
	slices.SortStableFunc(listed, r.compare)
	for _, d := range listed {
		r.Duplicated = append(r.Duplicated, DuplicateID{d.raw, len(d.ops)})
	}
	r.judge(most)
	return r
}

// extreme returns the lower (sign -1) or the higher (sign 1) of two ids. Of two equal ids it returns b; of null and another
// id it returns the other.
func (r *UniqueIDsResult) extreme(a, b *id, sign int) *id {
	switch {
	case a == nil || a.value == nil:
		return b
	case b.value == nil || r.compare(b, a)*sign < 0:
		return a
	}
	return b
}

// compare orders two ids. If the reference cannot compare them, it records them as Incomparable and orders them by their
// text.
func (r *UniqueIDsResult) compare(a, b *id) int {
	order, ok := jsonvalue.Compare(a.value, b.value)
	if !ok {
		if r.Incomparable == nil {
			r.Incomparable = []json.RawMessage{a.raw, b.raw}
		}
		return cmp.Compare(string(a.raw), string(b.raw))
	}
	return order
}

// judge sets the verdict and its reasons. The most frequent duplicates come first in dups.
func (r *UniqueIDsResult) judge(dups []*id) {
	if len(dups) > 0 {
		r.Valid = Invalid
		r.reasons = reason.List(dups, func(d *id) string {
			return fmt.Sprintf("id %s was given out %d times, first at %s and again at %s",
				reason.Quote(d.raw), len(d.ops), reason.At(d.ops[0]), reason.At(d.ops[1]))
		})
	}
	if r.Incomparable != nil {
		r.Valid = Worst(r.Valid, Unknown)
		r.reasons = append(r.reasons, fmt.Sprintf(
			"ids %s and %s cannot be compared, so there is no range of ids, and the reference gives no verdict: use ids of one kind, and no objects",
			reason.Quote(r.Incomparable[0]), reason.Quote(r.Incomparable[1])))
	}
}
