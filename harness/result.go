package harness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/why"
)

// A Result is the outcome of a run. It marshals to results.json; Figures describes the entries of that file.
type Result struct {
	Judgement                // includes the faults and the properties; after an error, Valid is Unknown at best
	Error      string        `json:"error,omitempty"`      // the error of Run
	ErrorKind  Breakage      `json:"error-kind,omitempty"` // if it is a NodeError
	Why        []why.Cause   `json:"why,omitempty"`        // the causes of violations; only if the run has a Store
	Net        network.Stats `json:"net"`
	Unmatched  []Unmatched   `json:"unmatched,omitempty"` // messages to clients that got no reply in time
	Nemesis    NemesisResult `json:"nemesis"`
	Disks      *DiskResult   `json:"disks,omitempty"`      // nil if no node in this process has written to its disk
	Properties Properties    `json:"properties,omitempty"` // that the nodes declared
	Distorted  []string      `json:"distorted,omitempty"`  // those of the warnings that say how the machine distorted the run
	Lag        Latency       `json:"lag"`                  // lateness of the harness's deliveries and timers, in real time
	Held       time.Duration `json:"held-ns,omitempty"`    // for how long the clock was held for debuggers; no other time includes it
	Elapsed    time.Duration `json:"elapsed-ns"`           // from the start of the nodes to their end
	Seed       uint64        `json:"seed"`
	Hash       string        `json:"hash"`          // SHA-256 of the journal: in virtual time, the same for the same test and seed
	Dir        string        `json:"dir,omitempty"` // the run's store directory
}

// A NemesisResult describes the actual effects of the faults. If a requested fault was never in force, the run is Unknown, not
// Valid.
type NemesisResult struct {
	Valid      check.Verdict             `json:"valid"`
	Faults     []string                  `json:"faults"`      // the requested faults
	Started    int                       `json:"started"`     // number of starts of all faults
	InForce    map[string]time.Duration  `json:"in-force-ns"` // for each fault, the total time in which it was in force
	Effects    map[string]map[string]int `json:"effects"`     // for each fault, the number of times of each of its effects; see nemesis.Fault
	Cut        time.Duration             `json:"cut-ns"`      // total time in which at least one link was cut
	Dropped    int                       `json:"dropped"`     // messages lost to faults
	Duplicated int                       `json:"duplicated"`  // messages copied by faults

	Damaged []Damage `json:"damaged,omitempty"` // disks that nodes have found damaged
}

// Verdict implements check.Result.
func (n NemesisResult) Verdict() check.Verdict { return n.Valid }

// Reasons implements check.Result.
func (n NemesisResult) Reasons() []string {
	var reasons []string
	for _, name := range n.Faults {
		if n.InForce[name] == 0 {
			reasons = append(reasons, fmt.Sprintf("the run was asked for %s, but there never was any, so it shows nothing about that: "+
				"it takes enough nodes (glomers help faults) and time", name))
		}
	}
	return reasons
}

// newNemesisResult returns the effects of faults up to now.
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

// newLatency computes the quantiles of ds, and sorts ds. The quantile q is the element with index floor(n·q), as in the figures
// of the reference.
func newLatency(ds []time.Duration) Latency {
	n := len(ds)
	if n == 0 {
		return Latency{}
	}
	slices.Sort(ds)
	return Latency{Count: n, P50: ds[n*50/100], P95: ds[n*95/100], P99: ds[n*99/100], Max: ds[n-1]}
}

// latencies returns, for each function, the quantiles of the time from invocation to ok.
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

// A NodeError says which node broke the test, and how. Run returns it, possibly wrapped, when a node ends, does not answer
// init, writes a line that is not a message, or addresses an unknown party, or when nodes exceed a limit of the harness.
type NodeError struct {
	Kind   Breakage
	Node   string
	Reason string // the reason, such as "ended during the run: exit status 2"
	Line   string // the offending line of the node's output, if there is one (cut to 1 KiB)
	Number int    // the number of that line, from 1; 0 if there is no such line
	Log    string // the last lines that the node wrote to stdout and stderr

	Untimed bool // the program does not do what virtual time asks for, so it cannot be tested in it
}

// Error returns all fields as text, on several lines if the node has written anything.
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

// broken returns the Result of a test that could not start.
func broken(err error) Result {
	return Result{Judgement: Judgement{Valid: check.Unknown}, Error: err.Error()}
}

// judge returns the Result of a run that has ended. runErr is the error that ended it early, if any.
func (r *run) judge(runErr error) Result {
	res := Result{
		Net:        r.net.Stats(r.progress.Invoked),
		Unmatched:  r.unmatched,
		Nemesis:    newNemesisResult(r.ended, r.faults, r.net),
		Disks:      r.diskResult(),
		Properties: r.properties,
		Lag:        r.lag.latency(),
		Hash:       r.store.Hash(),
		Elapsed:    r.ended,
		Seed:       r.test.Seed,
		Dir:        r.store.Dir(),
	}
	res.Nemesis.Damaged = r.damages
	for _, d := range r.damages {
		r.notes = append(r.notes, fmt.Sprintf("at %.3f s, %v", d.At.Seconds(), d))
	}
	res.Judgement, _ = Judge(r.workload, r.history, r.test.Availability) // cannot fail: the plan has checked it
	res.add(res.Nemesis)
	res.add(res.Properties)
	for _, u := range r.unmatched {
		res.Warnings = append(res.Warnings, u.String())
	}
	res.Warnings = slices.Concat(res.Warnings, r.notes, r.warnLogs(), r.warnJournal())
	if r.settle == nil {
		c := r.conditions(runErr == nil, res.Lag)
		res.Distorted = c.distortions()
		res.Warnings = slices.Concat(res.Warnings, c.cautions(), res.Distorted)
	}
	reason, warning := r.chosenRecovery(res.Valid)
	res.Reasons, res.Warnings = append(res.Reasons, reason...), append(res.Warnings, warning...)
	held, notes := r.noteHeld()
	res.Held, res.Warnings = held, slices.Concat(res.Warnings, notes)
	if runErr != nil {
		res.Valid = check.Worst(res.Valid, check.Unknown)
		res.Error = runErr.Error()
		if e, ok := errors.AsType[*NodeError](runErr); ok {
			res.ErrorKind = e.Kind
		}
	}
	return res
}
