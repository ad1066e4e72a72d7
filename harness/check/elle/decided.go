package elle

import (
	"fmt"
	"strings"

	"glomers/harness/check"
	"glomers/harness/check/weak"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// Decided says which weak isolation levels a history satisfies. The search for anomalies finds only known patterns, but this
// decision is complete: if a level holds, there is an order of all transactions that explains every read; if it does not hold,
// there is no such order. Package weak defines the levels; in them, the order of each process counts.
type Decided struct {
	ReadUncommitted check.Verdict `json:"read-uncommitted"` // Unknown means undecided
	ReadCommitted   check.Verdict `json:"read-committed"`
	ReadAtomic      check.Verdict `json:"read-atomic"`
	Causal          check.Verdict `json:"causal"`

	Text      string `json:"text"`                // the whole decision in a sentence
	Violation *Case  `json:"violation,omitempty"` // the violation of the weakest level that does not hold
	Undecided string `json:"undecided,omitempty"` // why a level could not be decided

	Required Model `json:"required"` // the level that the models require
	Error    bool  `json:"error"`    // the required level does not hold, which makes the history invalid
}

// The models that stand for the levels.
const (
	readAtomic Model = "read-atomic"
	causal     Model = "causal-cerone"
)

// level has the model, the name and the verdict of a level.
type level struct {
	model   Model
	name    string
	verdict *check.Verdict
}

func (d *Decided) levels() [weak.NumLevels]level {
	return [weak.NumLevels]level{
		{ReadUncommitted, weak.ReadUncommitted.String(), &d.ReadUncommitted},
		{ReadCommitted, weak.ReadCommitted.String(), &d.ReadCommitted},
		{readAtomic, weak.ReadAtomic.String(), &d.ReadAtomic},
		{causal, weak.Causal.String(), &d.Causal},
	}
}

// Level returns the name of the strongest level that holds, or "none". It returns "undecided" if a level is undecided and no
// weaker level is violated.
func (d *Decided) Level() string {
	strongest := "none"
	for _, l := range d.levels() {
		switch *l.verdict {
		case check.Invalid:
			return strongest
		case check.Unknown:
			return "undecided"
		}
		strongest = l.name
	}
	return strongest
}

// sentence returns the decision in a sentence.
func (d *Decided) sentence() string {
	var hold, broken []string
	for i, l := range d.levels() {
		switch {
		case *l.verdict == check.Invalid:
			broken = append(broken, l.name)
		case *l.verdict == check.Valid && i > 0: // the weakest says little
			hold = append(hold, l.name)
		}
	}
	var parts []string
	if len(hold) > 0 {
		parts = append(parts, wording.And(hold)+map[bool]string{false: " holds", true: " hold"}[len(hold) > 1])
	}
	if d.Undecided != "" && len(hold) == 0 && d.Violation == nil {
		return "undecided: " + d.Undecided
	}
	if d.Undecided != "" {
		parts = append(parts, "the rest is undecided: "+d.Undecided)
	}
	if d.Violation != nil {
		text := broken[0] + " is violated"
		if len(broken) > 1 {
			text += fmt.Sprintf(" (and with it %s)", wording.And(broken[1:]))
		}
		parts = append(parts, text+": "+d.Violation.Text)
	}
	return "decided completely: " + strings.Join(parts, "; ")
}

// decide returns which levels the history satisfies.
func (r *registers) decide(models []Model) *Decided {
	d := &Decided{}
	defer func() { d.Text = d.sentence() }()
	asked := implied(models...)
	for _, l := range d.levels() {
		*l.verdict = check.Unknown
		if asked[l.model] || l.model == ReadUncommitted {
			d.Required = l.model
		}
	}
	if len(r.malformed) > 0 { // the writes of a malformed transaction are not known
		d.Undecided = r.malformed[0]
		return d
	}
	res := weak.Decide(r.weak())
	for i, l := range d.levels() {
		*l.verdict = map[weak.Verdict]check.Verdict{
			weak.Holds: check.Valid, weak.Violated: check.Invalid, weak.Undecided: check.Unknown,
		}[res.Levels[i]]
		if res.Levels[i] == weak.Undecided && res.Ambiguity != nil && d.Undecided == "" {
			d.Undecided = r.describeAmbiguity(res.Ambiguity)
		}
	}
	if res.TooLarge && d.Undecided == "" {
		d.Undecided = fmt.Sprintf("for causal consistency, the product of %d transactions and their processes is more than %d, which is the limit",
			len(r.txns), weak.MaxCausal)
	}
	if res.Violation != nil {
		c := r.describeViolation(res.Violation)
		d.Violation = &c
	}
	return d
}

// weak converts the history to the form of package weak.
func (r *registers) weak() *weak.History {
	h := &weak.History{Txns: make([]weak.Txn, len(r.txns)), Keys: len(r.null), Versions: len(r.versions)}
	for t, steps := range r.steps {
		txn := weak.Txn{Session: int(r.txns[t].process), Ops: make([]weak.Op, len(steps))}
		switch r.txns[t].status {
		case history.Fail:
			txn.Outcome = weak.Aborted
		case history.Info:
			txn.Outcome = weak.Unknown
		}
		for i, s := range steps {
			op := weak.Op{Write: s.write, Key: r.versions[s.version].key, Version: s.version}
			if r.isNull(s.version) {
				op.Version = weak.Null
			}
			txn.Ops[i] = op
		}
		h.Txns[t] = txn
	}
	return h
}

// required returns the verdict on the level that the models require.
func (d *Decided) required() check.Verdict {
	for _, l := range d.levels() {
		if l.model == d.Required {
			return *l.verdict
		}
	}
	return check.Valid
}

// addDecided adds the decision to the result. If counts is set, the level that the models require must hold.
func (r *Result) addDecided(d *Decided, counts bool) {
	r.Decided = d
	if !counts {
		return
	}
	switch d.required() {
	case check.Invalid:
		d.Error = true
		r.Valid = check.Invalid
	case check.Unknown:
		r.unclear(d.Text)
	}
}
