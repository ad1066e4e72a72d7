package elle

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/chart"
)

// Options say which models a history should satisfy, and how processes map to nodes.
type Options struct {
	// Models are the consistency models that must hold, as returned by ParseModel. If there are none, strong-serializable
	// must hold.
	Models []Model
	// Strict makes warnings and the decision count: a warning, or the violation of the required level, invalidates the history.
	Strict bool
	// Nodes and Concurrency say which node a process talked to: process mod Concurrency mod Nodes. Without them there are no
	// warnings about replication, and no Delay.
	Nodes, Concurrency int
}

// Register checks a history of transactions over registers. The value of an operation is an array of ["r", key, value] and
// ["w", key, value]; a read of null means that the key does not exist. No value may be written to the same key twice.
//
// Time and memory are linear in the length of the history, times the logarithm of its concurrency. There is one exception:
// the search for a cycle with exactly one anti-dependency may take longer in a history that is thoroughly inconsistent; see
// graph.Once. A history with more than 1<<26 dependencies between its transactions is not searched for cycles, and its
// verdict is Unknown at best.
func Register(h []history.Op, o Options) *Result {
	r := newRegisters(h)
	next, cyclic := r.order()
	f := newFindings(o.Models)

	b := r.newGraph()
	empty := !r.link(b, next)
	r.linkTime(b, f)
	if empty && b.Empty() {
		f.addEmpty()
	}
	for _, versions := range cyclic {
		f.add(CyclicVersions, func() Case { return r.describeCyclic(versions) })
	}
	tooLarge := f.addCycles(r.log, b, graph.WR, r.witness(next))
	r.direct(f)

	res := f.result()
	res.unclear(tooLarge)
	for _, v := range r.ambiguous() {
		res.unclear(r.describeAmbiguous(v))
	}
	res.unclear(r.malformed...)
	res.warn(o.Strict, r.blind(next, o))
	res.addDecided(r.decide(res.Models), o.Strict)
	res.Delay = r.delay(o)
	incomplete, renamed := r.answers(registerOps)
	if incomplete != nil {
		incomplete.Text += "; Maelstrom judges only what was returned, so that to it a node is valid that returns nothing"
		res.Warnings = append(res.Warnings, *incomplete)
		res.Valid = check.Invalid
	}
	res.unclear(renamed)
	return res
}

// A Result has the findings in a history of transactions.
type Result struct {
	Valid  check.Verdict `json:"valid"`
	Models []Model       `json:"consistency-models"`

	// Types are the anomalies found that the models forbid, sorted. Counts has the number of each type; a class of cycles
	// counts at most once for each component of the graph. Cases describes the first few of each type.
	Types  []Anomaly          `json:"anomaly-types"`
	Counts map[Anomaly]int    `json:"anomaly-counts,omitempty"`
	Cases  map[Anomaly][]Case `json:"anomalies,omitempty"`
	// Tolerated are the anomalies found that the models allow.
	Tolerated []Anomaly `json:"tolerated,omitempty"`

	// Not has the weakest models that the history contradicts, AlsoNot the stronger models, which it therefore contradicts
	// too.
	Not     []Model `json:"not,omitempty"`
	AlsoNot []Model `json:"also-not,omitempty"`

	// Unclear says why parts of the history could not be judged. If there are any, the verdict is Unknown at best.
	Unclear []string `json:"unclear,omitempty"`
	// Warnings are about behaviour that the reference does not look at. They count only if the options are Strict; Incomplete
	// always counts.
	Warnings []Warning `json:"warnings,omitempty"`
	// Decided says which weak levels hold. It counts only if the options are Strict. It is nil for lists.
	Decided *Decided `json:"decided,omitempty"`
	// Delay is nil if it is not known.
	Delay *Delay `json:"replication-delay,omitempty"`
}

// A Case is one instance of an anomaly.
type Case struct {
	Ops  []int  `json:"ops"` // the indices of the operations T1, T2, … in the text, by their completions
	Text string `json:"text"`
	// Picture is the name of the artifact that shows a cycle; "" if there is none.
	Picture string `json:"picture,omitempty"`

	// Edges say in fields what Text says in words, as far as that is about reads and writes.
	Edges []Edge `json:"-"`

	picture *chart.Cycle // the content of Picture
}

// Verdict implements check.Result.
func (r *Result) Verdict() check.Verdict { return r.Valid }

// Anomalies implements check.Anomalous.
func (r *Result) Anomalies() []string {
	var all []string
	for _, a := range r.Types {
		all = append(all, string(a))
	}
	return all
}

// Reasons implements check.Result.
func (r *Result) Reasons() []string {
	if r.Valid == check.Valid {
		return nil
	}
	var all []string
	for round := 0; round < maxCases; round++ { // one of each type first
		for _, a := range bySeverity(r.Types) {
			if round < len(r.Cases[a]) {
				all = append(all, fmt.Sprintf("%s: %s", a, r.Cases[a][round].Text))
			}
		}
	}
	all = append(all, r.Unclear...)
	for _, w := range r.Warnings {
		if w.Error {
			all = append(all, fmt.Sprintf("%s: %s", w.Type, w.Text))
		}
	}
	if r.Decided != nil && r.Decided.Error {
		all = append(all, r.Decided.Text)
	}
	return reason.List(all, func(s string) string { return s })
}

// unclear adds the reasons that are not empty to Unclear, as long as there is room.
func (r *Result) unclear(whys ...string) {
	for _, why := range whys {
		if why == "" {
			continue
		}
		if len(r.Unclear) < reason.Most {
			r.Unclear = append(r.Unclear, why)
		}
		r.Valid = max(r.Valid, check.Unknown)
	}
}

func (r *Result) warn(strict bool, ws []Warning) {
	for i := range ws {
		ws[i].Error = strict
	}
	if strict && len(ws) > 0 {
		r.Valid = check.Invalid
	}
	r.Warnings = ws
}
