package harness

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
)

// A Result is the outcome of a run. It marshals to results.json; Figures describes what is in there.
type Result struct {
	Judgement               // also by the faults; after an error it is Unknown at best
	Error     string        `json:"error,omitempty"` // of Run: what broke the test
	Net       network.Stats `json:"net"`
	Unmatched []Unmatched   `json:"unmatched,omitempty"` // messages to clients that got no reply in time, if any
	Nemesis   NemesisResult `json:"nemesis"`
	Distorted []string      `json:"distorted,omitempty"` // of the warnings those that say how the machine distorted the run
	Lag       Latency       `json:"lag"`                 // of the harness itself: how late it did what was due, in real time
	Elapsed   time.Duration `json:"elapsed-ns"`          // from the start of the nodes to their end
	Seed      uint64        `json:"seed"`
	Hash      string        `json:"hash"`          // SHA-256 of the journal: in virtual time, the same for the same test and seed
	Dir       string        `json:"dir,omitempty"` // the run's store directory
}

// A NemesisResult says what the faults really did. A run that was asked for a fault which was never in
// force is not Valid but Unknown.
type NemesisResult struct {
	Valid      check.Verdict             `json:"valid"`
	Faults     []string                  `json:"faults"`      // asked for
	Started    int                       `json:"started"`     // how often one was
	InForce    map[string]time.Duration  `json:"in-force-ns"` // how long each was
	Effects    map[string]map[string]int `json:"effects"`     // how often each did what, or hit whom; see nemesis.Fault
	Cut        time.Duration             `json:"cut-ns"`      // how long at least one link was cut
	Dropped    int                       `json:"dropped"`     // messages lost to faults
	Duplicated int                       `json:"duplicated"`  // messages copied by faults
}

// Verdict implements check.Result.
func (n NemesisResult) Verdict() check.Verdict { return n.Valid }

// Reasons implements check.Result.
func (n NemesisResult) Reasons() []string {
	var reasons []string
	for _, name := range n.Faults {
		if n.InForce[name] == 0 {
			reasons = append(reasons, fmt.Sprintf("the run was asked for %s, but there never was any, so it shows nothing about that: "+
				"it takes at least two nodes and enough time", name))
		}
	}
	return reasons
}

// newNemesisResult takes account of what faults and net have done until now.
func newNemesisResult(now time.Duration, faults []nemesis.Fault, net *network.Network) NemesisResult {
	n := NemesisResult{
		Faults:     []string{},
		InForce:    make(map[string]time.Duration),
		Effects:    make(map[string]map[string]int),
		Cut:        net.CutTime(now),
		Dropped:    net.Dropped(),
		Duplicated: net.Duplicated(),
	}
	for _, f := range faults {
		n.Faults = append(n.Faults, f.Name())
		n.InForce[f.Name()], n.Effects[f.Name()] = f.Time(now), f.Effects()
		n.Started += f.Starts()
	}
	if len(n.Reasons()) > 0 {
		n.Valid = check.Unknown
	}
	return n
}

// Latency holds quantiles in nanoseconds.
type Latency struct {
	Count int           `json:"count"`
	P50   time.Duration `json:"p50-ns"`
	P95   time.Duration `json:"p95-ns"`
	P99   time.Duration `json:"p99-ns"`
	Max   time.Duration `json:"max-ns"`
}

// newLatency computes the quantiles of ds, which it sorts. The quantile q is the element with
// index floor(n·q), as in the reference's figures.
func newLatency(ds []time.Duration) Latency {
	n := len(ds)
	if n == 0 {
		return Latency{}
	}
	slices.Sort(ds)
	return Latency{Count: n, P50: ds[n*50/100], P95: ds[n*95/100], P99: ds[n*99/100], Max: ds[n-1]}
}

// latencies returns the time from invocation to ok, for each function.
func latencies(h []history.Op) map[string]Latency {
	times := make(map[string][]time.Duration)
	for i, inv := range history.Invocations(h) {
		if inv >= 0 && h[i].Type == history.OK {
			times[h[i].F] = append(times[h[i].F], time.Duration(h[i].Time-h[inv].Time))
		}
	}
	result := make(map[string]Latency, len(times))
	for f, ds := range times {
		result[f] = newLatency(ds)
	}
	return result
}

// A NodeError says which node broke the test, and how. Run returns it (perhaps
// wrapped) when a node ends, does not answer init, writes what is not a message or is for nobody, or when more waits to be
// delivered or read than the harness holds.
type NodeError struct {
	Node   string
	Reason string // what the node did, such as "ended during the run: exit status 2"
	Line   string // the offending line of its output, if there is one (cut to 1 KiB)
	Number int    // of that line, from 1; 0 if there is none
	Log    string // the last lines that it wrote to stdout and stderr
}

// Error says everything, in several lines if the node wrote anything.
func (e *NodeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "harness: node %s %s", e.Node, e.Reason)
	if e.Number > 0 {
		fmt.Fprintf(&b, "\nline %d: %s", e.Number, e.Line)
	}
	if e.Log != "" {
		fmt.Fprintf(&b, "\nthe last that it wrote:\n\t%s", strings.ReplaceAll(e.Log, "\n", "\n\t"))
	}
	return b.String()
}

// broken returns the Result of a test that could not begin.
func broken(err error) Result {
	return Result{Judgement: Judgement{Valid: check.Unknown}, Error: err.Error()}
}

// judge makes the Result of a run that has ended, with runErr if it ended early.
func (r *run) judge(runErr error) Result {
	res := Result{
		Net:       r.net.Stats(r.progress.Invoked),
		Unmatched: r.unmatched,
		Nemesis:   newNemesisResult(r.ended, r.faults, r.net),
		Lag:       r.lag.latency(),
		Hash:      r.store.Hash(),
		Elapsed:   r.ended,
		Seed:      r.test.Seed,
		Dir:       r.store.Dir(),
	}
	res.Judgement, _ = Judge(r.workload, r.history, r.test.Availability) // the plan has looked at it
	res.add(res.Nemesis)
	for _, u := range r.unmatched {
		res.Warnings = append(res.Warnings, u.String())
	}
	res.Warnings = slices.Concat(res.Warnings, r.notes, r.warnLogs(), r.warnJournal())
	if r.settle == nil {
		c := r.conditions(runErr == nil, res.Lag)
		res.Distorted = c.distortions()
		res.Warnings = slices.Concat(res.Warnings, c.cautions(), res.Distorted)
	}
	if runErr != nil {
		res.Valid = check.Worst(res.Valid, check.Unknown)
		res.Error = runErr.Error()
	}
	return res
}
