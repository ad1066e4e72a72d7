package elle

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
	"glomers/harness/history"
	"glomers/internal/chart"
)

// Options say what a history is expected to satisfy, and what is known about where it comes from.
type Options struct {
	// Models are the consistency models that must hold, from ParseModel; none means strong-serializable.
	Models []Model
	// Strict makes warnings count, and what was decided: what they are about invalidates the history.
	Strict bool
	// Nodes and Concurrency tell which node a process talked to: process mod Concurrency mod Nodes.
	// Without them nothing is said about replication.
	Nodes, Concurrency int
}

// Register checks a history of transactions over registers: operations whose value is an array of ["r",
// key, value] and ["w", key, value], where a read of null means that the key does not exist. No value
// may be written to one key twice.
//
// Its time and memory are linear in the history, but for a factor of the logarithm of its concurrency, except
// that telling whether there is a cycle with just one anti-dependency may take longer in a history that is
// thoroughly inconsistent; see graph.Once. A history with more than 1<<26 dependencies between its
// transactions is not searched for cycles, and Unknown at best.
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
	if tooLarge != "" {
		res.unclear(tooLarge)
	}
	for _, v := range r.ambiguous() {
		res.unclear(r.describeAmbiguous(v))
	}
	for _, m := range r.malformed {
		res.unclear(m)
	}
	res.warn(o.Strict, r.blind(next, o))
	res.addDecided(r.decide(res.Models), o.Strict)
	res.Delay = r.delay(o)
	incomplete, renamed := r.answers(registerOps)
	if incomplete != nil {
		incomplete.Text += "; Maelstrom judges only what was returned, so that to it a node is valid that returns nothing"
		res.Warnings = append(res.Warnings, *incomplete)
		res.Valid = check.Invalid
	}
	if renamed != "" {
		res.unclear(renamed + ", at which Maelstrom's checker gives up")
	}
	return res
}

// A Result is what was found in a history of transactions.
type Result struct {
	Valid  check.Verdict `json:"valid"`
	Models []Model       `json:"consistency-models"`

	// Types are the anomalies that the models forbid, sorted; Counts says how many of each were found
	// (of cycles, at most one for each component of the graph), and Cases describes the first few.
	Types  []Anomaly          `json:"anomaly-types"`
	Counts map[Anomaly]int    `json:"anomaly-counts,omitempty"`
	Cases  map[Anomaly][]Case `json:"anomalies,omitempty"`
	// Tolerated are the anomalies found that the models allow.
	Tolerated []Anomaly `json:"tolerated,omitempty"`

	// Not are the weakest models that the history contradicts, AlsoNot the stronger ones that fall with
	// them.
	Not     []Model `json:"not,omitempty"`
	AlsoNot []Model `json:"also-not,omitempty"`

	// Unclear says what kept a part of the history from being judged. It makes the verdict Unknown at
	// best.
	Unclear []string `json:"unclear,omitempty"`
	// Warnings are what the reference does not look at. They count only if the options are Strict.
	Warnings []Warning `json:"warnings,omitempty"`
	// Decided says which weak levels hold. It counts only if the options are Strict. It is nil for lists.
	Decided *Decided `json:"decided,omitempty"`
	// Delay is nil if nothing is known about it.
	Delay *Delay `json:"replication-delay,omitempty"`
}

// A Case is one instance of an anomaly.
type Case struct {
	Ops  []int  `json:"ops"` // the operations, by their completions: T1, T2, … of the text
	Text string `json:"text"`
	// Picture is the name of the artifact that shows a cycle; "" if there is none.
	Picture string `json:"picture,omitempty"`

	picture *chart.Cycle // what is in it
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

// maxReasons is how many reasons are spelled out.
const maxReasons = 8

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
	if len(all) > maxReasons {
		all = append(all[:maxReasons:maxReasons], fmt.Sprintf("… and %d more", len(all)-maxReasons))
	}
	return all
}

func (r *Result) unclear(reason string) {
	if len(r.Unclear) < maxReasons {
		r.Unclear = append(r.Unclear, reason)
	}
	r.Valid = max(r.Valid, check.Unknown)
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
