package nemesis

import (
	"fmt"
	"maps"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// A Trouble has the actions of one kind of fault; it does not decide when they happen. The goroutine of the run calls Begin,
// End, Begin, End, …, and at the end possibly End once more.
type Trouble struct {
	// Begin starts the trouble. It asks choices for everything that it leaves to chance.
	Begin func(now time.Duration, s System, choices choice.Stream) (Onset, error)
	// End undoes the effect of Begin, if there is any, and returns the result for the history.
	End func(now time.Duration, s System) (result any, err error)
}

// An Onset describes the effect of Begin.
type Onset struct {
	Value, Result any            // the request and the result, in the form of the reference's history
	Note          string         // a word for the effect, by which the results count; "" if the cluster is too small for any effect
	Effect        history.Effect // for readers of the history
}

// A fault is the Fault of a trouble: it adds the schedule and the statistics.
type fault struct {
	name     string
	interval time.Duration
	gate     choice.Gate
	gaps     choice.Stream
	trouble  Trouble

	start   int           // the number of the next start
	starts  int           // the number of starts so far
	started bool          // the next step is a stop
	note    string        // the Note of the present effect; "" if there is none
	since   time.Duration // when note became non-empty
	before  time.Duration // how long note had been non-empty before since
	effects map[string]int
}

func (f *fault) Name() string { return f.name }

func (f *fault) Next() time.Duration {
	return f.gaps.Uniform(2 * f.interval) // as the reference does
}

func (f *fault) Step(now time.Duration, s System) (Op, error) {
	if f.started {
		return f.Heal(now, s)
	}
	// Each start has a separate stream, so that its decisions do not depend on earlier starts.
	choices := f.gate.Stream(fmt.Sprint(f.name, " ", f.start))
	f.start++
	f.starts++
	did, err := f.trouble.Begin(now, s, choices)
	if err != nil {
		return Op{}, fmt.Errorf("nemesis: %s: %w", f.name, err)
	}
	f.started = true
	f.note, f.since = did.Note, now
	if did.Note != "" {
		f.effects[did.Note]++
	}
	return Op{F: "start-" + f.name, Value: did.Value, Result: did.Result, Effect: &did.Effect}, nil
}

func (f *fault) Seek(start int) { f.start = start }

func (f *fault) Starts() int { return f.starts }

func (f *fault) Effects() map[string]int { return maps.Clone(f.effects) }

func (f *fault) Heal(now time.Duration, s System) (Op, error) {
	f.before = f.Time(now)
	f.started, f.note = false, ""
	result, err := f.trouble.End(now, s)
	if err != nil {
		return Op{}, fmt.Errorf("nemesis: %s: %w", f.name, err)
	}
	return Op{F: "stop-" + f.name, Result: result}, nil
}

func (f *fault) InForce() string {
	if f.note == "" {
		return ""
	}
	return f.name + ": " + f.note
}

func (f *fault) Time(now time.Duration) time.Duration {
	if f.note == "" {
		return f.before
	}
	return f.before + now - f.since
}
