package shrink

import (
	"errors"
	"slices"

	"glomers/harness"
	"glomers/harness/check"
)

// A complaint describes the way in which a run failed. A smaller run with a different complaint is not the same failure.
type complaint struct {
	check   int // index into checks; -1 if a node broke the protocol
	verdict check.Verdict
	kinds   []string // the kinds of anomalies that the check found, if it names any
	reason  string   // the shape of the reason of the NodeError
}

// checks returns the results of a run's checks, the most significant first.
func checks(res harness.Result) []check.Result {
	return []check.Result{res.Workload, res.Exceptions, res.Availability, res.Stats, res.Properties, res.Nemesis}
}

// complaintOf returns the worst complaint about a run. ok is false if the run did not fail, or if it failed for a reason
// outside the run.
func complaintOf(res harness.Result, err error) (c complaint, ok bool) {
	if err != nil {
		broken, ok := errors.AsType[*harness.NodeError](err)
		if !ok {
			return complaint{}, false
		}
		return complaint{check: -1, reason: check.Shape(broken.Reason)}, true
	}
	for i, r := range checks(res) {
		if v := r.Verdict(); v > c.verdict {
			c.check, c.verdict, c.kinds = i, v, anomalies(r)
		}
	}
	return c, c.verdict != check.Valid
}

func (c complaint) broken() bool { return c.check < 0 }

// repeated reports whether another run has the same complaint.
func (c complaint) repeated(res harness.Result, err error) bool {
	if c.broken() || err != nil {
		other, ok := complaintOf(res, err)
		return ok && c.broken() && other.broken() && c.reason == other.reason
	}
	r := checks(res)[c.check]
	same := len(c.kinds) == 0 || slices.ContainsFunc(anomalies(r), func(kind string) bool { return slices.Contains(c.kinds, kind) })
	return same && r.Verdict() >= c.verdict
}

// anomalies returns the kinds of errors that a check found, if it names any.
func anomalies(r check.Result) []string {
	if a, ok := r.(check.Anomalous); ok {
		return a.Anomalies()
	}
	return nil
}
