package harness

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// A Judgement is the part of a Result that depends on the history alone.
type Judgement struct {
	Valid        check.Verdict      `json:"valid"`              // the worst verdict of all checks
	Reasons      []string           `json:"reasons,omitempty"`  // why Valid is not check.Valid, in sentences
	Warnings     []string           `json:"warnings,omitempty"` // observations that do not affect Valid, in sentences
	Workload     check.Result       `json:"workload"`           // nil if the run never began
	Stats        check.Stats        `json:"stats"`
	Availability check.Availability `json:"availability"`
	Exceptions   check.Exceptions   `json:"exceptions"`
	Latencies    map[string]Latency `json:"latencies"` // by f: from invocation to ok
}

// Judge judges a history with the checker of w and with the checkers for all workloads. availability is the required
// availability, as in Test; an invalid one gives an error. Judge uses only the method Check of w.
func Judge(w workload.Workload, h []history.Op, availability string) (Judgement, error) {
	available, err := check.NewAvailability(h, availability)
	if err != nil {
		return Judgement{}, fmt.Errorf("harness: %w", err)
	}
	j := Judgement{
		Workload:     w.Check(h),
		Stats:        check.NewStats(h, workload.Crash),
		Availability: available,
		Exceptions:   check.NewExceptions(h),
		Latencies:    latencies(h),
	}
	for _, c := range []check.Result{j.Workload, j.Availability, j.Exceptions, j.Stats} {
		j.add(c)
	}
	return j, nil
}

// add includes the result of a check. It shortens the sentences of the check for human readers; see check.Few and check.Brief.
func (j *Judgement) add(c check.Result) {
	j.Valid = check.Worst(j.Valid, c.Verdict())
	j.Reasons = append(j.Reasons, brief(c.Reasons())...)
	if c, ok := c.(check.Cautious); ok {
		j.Warnings = append(j.Warnings, brief(c.Cautions())...)
	}
}

func brief(sentences []string) []string {
	var all []string
	for _, s := range sentences {
		all = append(all, check.Brief(s))
	}
	return check.Few(all)
}
