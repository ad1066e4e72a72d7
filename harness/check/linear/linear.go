package linear

import (
	"cmp"
	"encoding/json"
	"fmt"

	"glomers/harness/check"
	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
)

// Steps is the default budget of Check for each register: how many times the search may try an operation as the next one. A
// count, unlike a clock, gives a history the same verdict on every machine, and in virtual time. The default takes about a
// second, and some hundred MiB of memory.
const Steps = 2_000_000

// A Result says whether each register of a store is linearizable. It is Invalid if a register is not linearizable, otherwise
// Unknown if a register cannot be judged.
type Result struct {
	Valid    check.Verdict     `json:"valid"`
	Results  []RegisterResult  `json:"results"`  // in the order of their keys
	Failures []json.RawMessage `json:"failures"` // the keys of the registers that are not linearizable

	reasons    []string
	violations []violation
}

// A RegisterResult is the outcome for one register. Its JSON is [key, {"valid": …}].
type RegisterResult struct {
	Key        json.RawMessage `json:"-"`
	Valid      check.Verdict   `json:"valid"`
	Operations int             `json:"operations"` // without those that failed, and without reads that show nothing

	// Window is set if the result is Invalid: the indexes of the invocations that contradict each other. They are from the
	// smallest stretch of the history that no order explains, whatever came before it.
	Window  []int  `json:"window,omitempty"`
	Picture string `json:"picture,omitempty"` // the name of the artifact that shows the window; see Artifacts
}

// MarshalJSON returns [key, {…}].
func (r RegisterResult) MarshalJSON() ([]byte, error) {
	type fields RegisterResult
	return json.Marshal([]any{r.Key, fields(r)})
}

// Verdict implements check.Result.
func (r *Result) Verdict() check.Verdict { return r.Valid }

// Reasons implements check.Result. There is one for each register that is not linearizable, which lists the operations of its
// Window, one per line.
func (r *Result) Reasons() []string { return r.reasons }

// Check judges a history of "read", "write" and "cas" operations on registers that do not affect each other. The value of an
// operation is [key, value], and [key, [from, to]] for a cas. In the history of a single register, the key may be missing.
// The search for an order takes exponential time in the worst case. For each register, it gives up after the given number of
// steps, or after Steps if that is 0; the register's result is then Unknown.
func Check(h []history.Op, steps int) *Result {
	r := &Result{Results: []RegisterResult{}, Failures: []json.RawMessage{}}
	registers, err := parse(keyed(h))
	if err != nil {
		r.Valid = check.Unknown
		r.reasons = []string{err.Error() + ", so the registers cannot be judged"}
		return r
	}
	steps = cmp.Or(steps, Steps)
	var unknown []string
	for _, reg := range registers {
		res := RegisterResult{Key: reg.key, Operations: len(reg.calls)}
		window, verdict := reg.judge(steps)
		res.Valid = verdict
		switch verdict {
		case check.Invalid:
			v := violation{register: reg, window: window, calls: reg.essential(steps, window)}
			if len(r.violations) < reason.Most {
				v.picture = fmt.Sprintf("violation-%d.html", len(r.violations)+1)
			}
			res.Window, res.Picture = v.indexes(), v.picture
			r.violations = append(r.violations, v)
			r.Failures = append(r.Failures, reg.key)
		case check.Unknown:
			unknown = append(unknown, reg.describeUnknown(steps))
		}
		r.Results = append(r.Results, res)
		r.Valid = check.Worst(r.Valid, verdict)
	}
	r.reasons = reason.List(r.violations, violation.describe)
	if r.Valid == check.Unknown {
		r.reasons = reason.List(unknown, func(s string) string { return s })
	}
	return r
}
