package harness

import (
	"fmt"
	"math"
	"time"

	"glomers/harness/workload"
)

// conditions are the circumstances of a run in real time. They show whether its figures measure the machine rather than the
// nodes.
type conditions struct {
	latency  time.Duration // the test's latency of messages between nodes
	recovery time.Duration // between healing and the final operations; 0 without final operations
	lag      Latency       // of the harness

	asked   float64       // the number of operations that rate and time limit ask for; 0 if it is not to be judged
	invoked int           // the number of operations invoked
	busy    time.Duration // the total time during which an operation was due while all workers waited for nodes
	period  time.Duration // of the main phase
	workers int
}

// Limits of the harness's lag. Its 99th percentile may reach a quarter of the test's latency, or lagAnyhow without a latency:
// beyond that, all quantiles of the measured latencies reflect the machine. Its maximum may reach the test's latency, and at
// least worstAnyhow: a single hiccup can distort only a maximum, and nearly every run on a busy machine has a hiccup.
const (
	lagShare    = 4
	lagAnyhow   = 10 * time.Millisecond
	worstAnyhow = 100 * time.Millisecond
)

// distortions describes, in sentences, how the machine distorted the run.
func (c conditions) distortions() []string {
	var found []string
	limit, of := lagAnyhow, ""
	if c.latency > 0 {
		limit, of = c.latency/lagShare, " (a quarter of the latency)"
	}
	if c.lag.P99 > limit {
		found = append(found, fmt.Sprintf("the machine distorted this run: the harness was late by %v or more with one in a hundred deliveries and timers, "+
			"and %v is the limit%s; latencies are too long by that", rounded(c.lag.P99), limit, of))
	}
	if worst := max(c.latency, worstAnyhow); c.lag.Max > worst {
		found = append(found, fmt.Sprintf("the machine distorted this run: the harness was late by %v at worst, and %v is the limit; "+
			"the longest of the latencies may be too long by that", rounded(c.lag.Max), worst))
	}
	if c.slow() && !c.workersWereBusy() {
		found = append(found, fmt.Sprintf("the machine distorted this run: %s although there were workers to spare: the harness came too late", c.missed()))
	}
	return found
}

// cautions describes, in sentences, other reasons to distrust the figures, for which the machine is not to blame.
func (c conditions) cautions() []string {
	var found []string
	if c.slow() && c.workersWereBusy() {
		found = append(found, fmt.Sprintf("%s: for %v all workers (%d) were waiting for replies, so it was the nodes that were slow, "+
			"or the workers too few; the figures are those of the lower rate", c.missed(), rounded(c.busy), c.workers))
	}
	if c.recovery > 0 && c.latency > c.recovery {
		found = append(found, fmt.Sprintf("the latency of %v is longer than the recovery of %v before the final operations, "+
			"so these may miss what was still under way", c.latency, c.recovery))
	}
	return found
}

// slow reports whether clearly fewer operations were invoked than asked for: fewer by more than 10 % plus three standard
// deviations of the number of operations, whose gaps are uniform between 0 and twice their mean.
func (c conditions) slow() bool {
	return c.asked > 0 && float64(c.invoked) < 0.9*c.asked-3*math.Sqrt(c.asked/3)
}

// workersWereBusy reports whether at least half of the missing operations were due while no worker was free.
func (c conditions) workersWereBusy() bool {
	missing := 1 - float64(c.invoked)/c.asked
	return c.busy.Seconds() >= missing/2*c.period.Seconds()
}

// missed says how many operations were invoked, and how many the rate asks for.
func (c conditions) missed() string {
	return fmt.Sprintf("only %d operations of some %.0f that the rate asks for were invoked in the main phase", c.invoked, c.asked)
}

// rounded rounds d to about three digits.
func rounded(d time.Duration) time.Duration {
	unit := time.Microsecond
	for unit < time.Second && d >= 1000*unit {
		unit *= 10
	}
	return d.Round(unit)
}

// conditions returns the conditions of the run. complete says that the whole main phase was carried out.
func (r *run) conditions(complete bool, lag Latency) conditions {
	c := conditions{latency: r.test.Latency, lag: lag, workers: len(r.workers), period: r.test.TimeLimit, invoked: r.ops.drawn, busy: r.ops.busy}
	if workload.FinalScripts(r.workload, 1) != nil {
		c.recovery = r.test.limits.recovery
	}
	if complete && !r.test.Idle && r.test.Excerpt == nil {
		c.asked = r.test.Rate * r.test.TimeLimit.Seconds()
	}
	return c
}
