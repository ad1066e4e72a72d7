package sim

import (
	"errors"
	"slices"

	"glomers/harness"
	"glomers/harness/check"
)

// A complaint is in what way a run failed. A smaller run that makes another complaint is not the
// same failure.
type complaint struct {
	check   int // the index among checks; -1 if a node broke the protocol
	verdict check.Verdict
	kinds   []string // of anomalies that the check found, if it names any
	reason  string   // the shape of the NodeError's
}

// checks returns the verdicts of a run, in the order of how much they say.
func checks(res harness.Result) []check.Result {
	return []check.Result{res.Workload, res.Exceptions, res.Availability, res.Stats, res.Nemesis}
}

// complaintOf returns the worst that can be said about a run; ok is false if it did not fail, or not
// because of what happened in it.
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

// repeated tells whether another run gives rise to the complaint.
func (c complaint) repeated(res harness.Result, err error) bool {
	if c.broken() || err != nil {
		other, ok := complaintOf(res, err)
		return ok && c.broken() && other.broken() && c.reason == other.reason
	}
	r := checks(res)[c.check]
	same := len(c.kinds) == 0 || slices.ContainsFunc(anomalies(r), func(kind string) bool { return slices.Contains(c.kinds, kind) })
	return same && r.Verdict() >= c.verdict
}

// anomalies returns what kinds of errors a check found, if it names any.
func anomalies(r check.Result) []string {
	if a, ok := r.(check.Anomalous); ok {
		return a.Anomalies()
	}
	return nil
}
