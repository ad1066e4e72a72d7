package check

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A CounterResult says whether every final read returned a sum that the adds allow: the sum of all acknowledged adds,
// plus the sum of any subset of the adds whose outcome is unknown. Adds that failed and reads of the main phase do not
// matter. The result is Invalid if a final read is wrong, otherwise Unknown if some final reads cannot be judged.
type CounterResult struct {
	Valid      Verdict           `json:"valid"`
	FinalReads []json.RawMessage `json:"final-reads"`
	Acceptable []Range           `json:"acceptable"` // ascending; they neither overlap nor touch
	Errors     []CounterError    `json:"errors"`     // the wrong final reads

	// Inexact means that Acceptable also covers values that are not the sum of any subset of adds: n adds may have 2^n
	// sums, and the exact ranges would be too many.
	Inexact bool `json:"inexact,omitempty"`

	reasons []string
}

// A Range holds the integers from Lower to Upper inclusive. Its JSON is [lower, upper].
type Range struct{ Lower, Upper int64 }

// MarshalJSON returns [lower, upper].
func (r Range) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d]", r.Lower, r.Upper), nil
}

// A CounterError is a final read that returned an unacceptable value.
type CounterError struct {
	Index   int             `json:"index"`
	Process history.Process `json:"process"`
	Value   json.RawMessage `json:"value"`
}

// Verdict implements Result.
func (r *CounterResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result. There is one reason for each wrong read.
func (r *CounterResult) Reasons() []string { return r.reasons }

// Counter checks a history of "add" operations, whose value is an integer delta, and "read" operations, which complete
// with the sum. An add that was never completed is an add of unknown outcome. Counter takes time linear in the length of
// the history, plus the number of ranges for each add of unknown outcome.
func Counter(h []history.Op) *CounterResult {
	c := &counting{CounterResult: &CounterResult{FinalReads: []json.RawMessage{}, Errors: []CounterError{}}}
	c.add(h)
	var wrong []history.Op
	for _, op := range h {
		if op.Process == history.Nemesis || op.F != "read" || op.Type != history.OK || !op.Final {
			continue
		}
		c.FinalReads = append(c.FinalReads, op.Value)
		if v, err := strconv.ParseInt(string(op.Value), 10, 64); err != nil || !c.sums.contains(v) {
			wrong = append(wrong, op)
			c.Errors = append(c.Errors, CounterError{op.Index, op.Process, op.Value})
		}
	}
	c.judge(wrong)
	return c.CounterResult
}

// A counting is a check in progress.
type counting struct {
	*CounterResult
	sums    sums
	known   int64        // the sum of the acknowledged adds
	unknown []history.Op // the adds of unknown outcome
	beyond  string       // why there are no sums; "" if there are
}

// add computes the acceptable sums from the adds in h.
func (c *counting) add(h []history.Op) {
	c.sums = sums{ranges: []Range{{}}}
	c.unknown = openAdds(h)
	for _, op := range h {
		if op.F != "add" || op.Process == history.Nemesis {
			continue
		}
		switch op.Type {
		case history.OK:
			c.apply(op, c.sums.add)
		case history.Info:
			c.unknown = append(c.unknown, op)
		}
	}
	c.known = c.sums.ranges[0].Lower
	for _, op := range c.unknown {
		c.apply(op, c.sums.addMaybe)
	}
	c.Acceptable, c.Inexact = c.sums.ranges, c.sums.inexact
}

// apply passes the delta of op to add, which is sums.add or sums.addMaybe.
func (c *counting) apply(op history.Op, add func(delta int64) bool) {
	delta, err := strconv.ParseInt(string(op.Value), 10, 64)
	switch {
	case err != nil:
		c.beyond = fmt.Sprintf("the add of %s at %s is not a 64-bit integer", reason.Quote(op.Value), reason.At(op))
	case !add(delta):
		c.beyond = fmt.Sprintf("with the add of %s at %s the sum needs more than 64 bits", reason.Quote(op.Value), reason.At(op))
	}
}

// openAdds returns the adds that have no completion in the history.
func openAdds(h []history.Op) []history.Op {
	completions := history.Completions(h)
	var open []history.Op
	for i, op := range h {
		if _, completed := completions[i]; op.F == "add" && op.Type == history.Invoke && op.Process != history.Nemesis && !completed {
			open = append(open, op)
		}
	}
	return open
}

// judge sets the verdict and its reasons.
func (c *counting) judge(wrong []history.Op) {
	switch {
	case c.beyond != "":
		c.Valid, c.Errors = Unknown, []CounterError{}
		c.reasons = []string{c.beyond + ", so the final reads cannot be judged"}
	case len(wrong) > 0:
		c.Valid = Invalid
		c.reasons = reason.List(wrong, c.describe)
	case c.Inexact && len(c.FinalReads) > 0:
		c.Valid = Unknown
		c.reasons = []string{fmt.Sprintf("the final reads cannot be judged: the sums of the %s of unknown outcome are too many to list",
			wording.Plural(len(c.unknown), "add"))}
	}
}

// describe says what is wrong with a final read.
func (c *counting) describe(op history.Op) string {
	what := fmt.Sprintf("the final read at %s returned %s", reason.At(op), reason.Quote(op.Value))
	if v, err := strconv.ParseInt(string(op.Value), 10, 64); err == nil {
		what += ", " + c.sums.distance(v)
	} else {
		what += ", which is not an integer of 64 bits"
	}
	if len(c.unknown) == 0 {
		return fmt.Sprintf("%s: the acknowledged adds come to %d", what, c.known)
	}
	return fmt.Sprintf("%s: the acknowledged adds come to %d, and with the %s of unknown outcome it may be %s",
		what, c.known, wording.Plural(len(c.unknown), "add"), &c.sums)
}
