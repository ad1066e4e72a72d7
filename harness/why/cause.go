package why

import (
	"cmp"
	"slices"

	"glomers/harness/check"
)

// A Cause explains one violation, and stands for all others with the same Pattern. Its texts are plain; bytes of a node may be in them.
type Cause struct {
	// Kind names the anomaly in the words of the checker: "lost", "poll-skip", "G1a".
	Kind string `json:"kind"`
	// Headline says what is wrong, in a sentence without a full stop: "value 17 is missing from n3".
	Headline string `json:"headline"`
	// Story has what led to it, in the order of time.
	Story []Step `json:"story"`
	// So is the conclusion, in a sentence: "nobody who had it sent n3 anything after the cut ended: nothing is repeated".
	So string `json:"so"`
	// Victims is the number of violations with this cause, this one included. Others says what they are: "values 18, 21 and 23
	// others are missing in the same way". It is "" if there are none.
	Victims int    `json:"victims"`
	Others  string `json:"others,omitempty"`

	// Pattern is what the causes of several violations have in common. It is compared, and never shown.
	Pattern string `json:"-"`
	// Victim is how the violation is called in Others of another one: "17". "" leaves it uncounted there.
	Victim string `json:"-"`
}

// A StepKind says what a Step is.
type StepKind string

// The kinds of steps.
const (
	Operation StepKind = "operation" // a client's: From is the client, To the node that it asks
	Message   StepKind = "message"   // From sent it to To
	Fault     StepKind = "fault"     // began; To is ""
	Note      StepKind = "note"      // anything else, at the node From if that is not ""
)

// A Step is a part of a story. Text is a sentence without its time and without a full stop: "n1 sends it to n2, which never gets it: the
// link is cut from 1.2 s to 6.1 s".
type Step struct {
	Kind StepKind `json:"kind"`
	// At is when it began, and Until when it ended: a message arrived or was lost, an operation was completed, a fault healed. Until is
	// 0 if it never did. Both are in ns since the start of the run.
	At    int64  `json:"at-ns"`
	Until int64  `json:"until-ns,omitempty"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Lost  bool   `json:"lost,omitempty"` // the message never arrived
	ID    int64  `json:"id"`             // of the message in the journal; the index of the invocation in the history; -1 otherwise
	Text  string `json:"text"`
}

// Look returns the step at which a reader should begin: the last message of the story that was lost, or else its last message, or else its
// last operation, or else its last step. ok is false for a cause without a story.
func (c Cause) Look() (s Step, ok bool) {
	for _, first := range []func(Step) bool{
		func(s Step) bool { return s.Lost },
		func(s Step) bool { return s.Kind == Message },
		func(s Step) bool { return s.Kind == Operation },
	} {
		for _, s := range slices.Backward(c.Story) {
			if first(s) {
				return s, true
			}
		}
	}
	if len(c.Story) == 0 {
		return Step{}, false
	}
	return c.Story[len(c.Story)-1], true
}

// An explainer returns a cause for each violation that a checker found. It may leave out violations of which there is nothing more to
// say than the checker does.
type explainer func(r *Run) []Cause

// explainers has, for each workload, that of the findings of its own checker. It is called if these are not Valid.
var explainers = map[string]explainer{
	"echo":       echoes,
	"unique-ids": duplicates,
	"kafka":      sharedLogs,
	"lin-kv":     registers,
	"lock":       locks,

	"broadcast": growing("broadcast"),
	"g-set":     growing("add"),

	"g-counter":  counters,
	"pn-counter": counters,

	"txn-list-append": transactions,
	"txn-rw-register": transactions,
}

// Explain returns the causes of the violations in a run, those with the most victims first: those that the workload's checker found, and
// operations without success. It returns nil if there is nothing to explain.
func Explain(r *Run) []Cause {
	var causes []Cause
	if explain := explainers[r.Workload]; explain != nil && r.Found.Workload != nil && r.Found.Workload.Verdict() != check.Valid {
		causes = explain(r)
	}
	causes = append(causes, general(r)...)
	return merged(causes)
}

// merged tells causes with the same kind and pattern once: by the first of them. It is stable.
func merged(causes []Cause) []Cause {
	type key struct{ kind, pattern string }
	at := make(map[key]int)
	var all []Cause
	var victims [][]string // names, for Others
	for _, c := range causes {
		k := key{c.Kind, c.Pattern}
		i, found := at[k]
		if !found {
			i = len(all)
			at[k] = i
			c.Victims = max(c.Victims, 1)
			all, victims = append(all, c), append(victims, nil)
			continue
		}
		all[i].Victims += max(c.Victims, 1)
		if c.Victim != "" {
			victims[i] = append(victims[i], c.Victim)
		}
	}
	for i := range all {
		all[i].Others = others(all[i].Victims-1, victims[i])
	}
	slices.SortStableFunc(all, func(a, b Cause) int { return cmp.Compare(b.Victims, a.Victims) })
	return all
}
