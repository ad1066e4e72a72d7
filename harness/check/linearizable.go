package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// LinearizableSteps is the budget of Linearizable for each register when it is given none: how many times it may try what
// could come next. It is counted rather than read off a clock, so that a history gets the same
// verdict on every machine, and in virtual time. So many take about a second, and memory of some hundred MiB.
const LinearizableSteps = 2_000_000

// A LinearizableResult says whether each register of a store is linearizable: whether its operations can be put in an order in
// which each has the result that it had, and comes after all that had completed before it was invoked. A register
// holds null at first. As in the reference, a read of null fits any value, failed operations do not
// count, and those of unknown outcome may have happened at any later time, or never. The result is
// Invalid if a register is not linearizable, otherwise Unknown if one cannot be judged.
type LinearizableResult struct {
	Valid    Verdict           `json:"valid"`
	Results  []RegisterResult  `json:"results"`  // in the order of their keys
	Failures []json.RawMessage `json:"failures"` // the keys of the registers that are not linearizable

	reasons    []string
	violations []violation
}

// A RegisterResult is the outcome for one register. Its JSON is [key, {"valid": …}].
type RegisterResult struct {
	Key        json.RawMessage `json:"-"`
	Valid      Verdict         `json:"valid"`
	Operations int             `json:"operations"` // without those that failed and reads that show nothing

	// Window has, if the result is Invalid, the indexes of the invocations among which the contradiction
	// is: the smallest stretch of the history that no order explains, whatever came before it.
	Window  []int  `json:"window,omitempty"`
	Picture string `json:"picture,omitempty"` // the name of the artifact that shows the window; see Artifacts
}

// MarshalJSON returns [key, {…}].
func (r RegisterResult) MarshalJSON() ([]byte, error) {
	type fields RegisterResult
	return json.Marshal([]any{r.Key, fields(r)})
}

// Verdict implements Result.
func (r *LinearizableResult) Verdict() Verdict { return r.Valid }

// Reasons implements Result. It has one for each register that is not linearizable, with the operations of its Window, one
// in a line.
func (r *LinearizableResult) Reasons() []string { return r.reasons }

// Linearizable checks a history of "read", "write" and "cas" operations on registers that do not affect each other. Their
// values are [key, value], and of a cas [key, [from, to]]; or, of a history of one register, value and [from, to]. The search for an order takes exponential time at worst: it gives
// up, and the register's result is Unknown, after that many steps; 0 means LinearizableSteps.
func Linearizable(h []history.Op, steps int) *LinearizableResult {
	r := &LinearizableResult{Results: []RegisterResult{}, Failures: []json.RawMessage{}}
	registers, err := parseRegisters(keyed(h))
	if err != nil {
		r.Valid = Unknown
		r.reasons = []string{err.Error() + ", so the registers cannot be judged"}
		return r
	}
	steps = cmp.Or(steps, LinearizableSteps)
	var unknown []string
	for _, reg := range registers {
		res := RegisterResult{Key: reg.key, Operations: len(reg.calls)}
		window, verdict := reg.judge(steps)
		res.Valid = verdict
		switch verdict {
		case Invalid:
			v := violation{register: reg, window: window, calls: reg.essential(steps, window)}
			if len(r.violations) < maxReasons {
				v.picture = fmt.Sprintf("violation-%d.html", len(r.violations)+1)
			}
			res.Window, res.Picture = v.indexes(), v.picture
			r.violations = append(r.violations, v)
			r.Failures = append(r.Failures, reg.key)
		case Unknown:
			unknown = append(unknown, reg.describeUnknown(steps))
		}
		r.Results = append(r.Results, res)
		r.Valid = Worst(r.Valid, verdict)
	}
	r.reasons = reasons(r.violations, violation.describe)
	if r.Valid == Unknown {
		r.reasons = reasons(unknown, func(s string) string { return s })
	}
	return r
}

// sortRegisters puts them in the order of their keys, those that the reference cannot compare in that of their text.
func sortRegisters(rs []*registerHistory) {
	slices.SortStableFunc(rs, func(a, b *registerHistory) int {
		x, errX := jsonvalue.Parse(a.key)
		y, errY := jsonvalue.Parse(b.key)
		if order, ok := compareValues(x, y); ok && errX == nil && errY == nil {
			return order
		}
		return cmp.Compare(string(a.key), string(b.key))
	})
}
