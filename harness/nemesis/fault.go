package nemesis

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"glomers/harness/history"
)

// A Trouble is what is particular to one kind of fault. When it begins and ends is not for it to decide. The goroutine of the run calls
// Begin, End, Begin, End, …, and in the end perhaps End once more.
type Trouble struct {
	// Begin starts it. All that it leaves to chance it draws from rng.
	Begin func(now time.Duration, s System, rng *rand.Rand) (Onset, error)
	// End undoes what Begin did, if anything, and returns what was done, for the history.
	End func(now time.Duration, s System) (result any, err error)
}

// An Onset is what Begin did.
type Onset struct {
	Value, Result any            // what was asked for and what was done, as the reference has them in its history
	Note          string         // a word about it, by which the results count; "" if nothing could be done to so small a cluster
	Effect        history.Effect // for whoever reads the history
}

// A fault is the Fault of any trouble: its schedule and its accounts.
type fault struct {
	name     string
	interval time.Duration
	seed     uint64
	gaps     *rand.Rand
	trouble  Trouble

	start   int           // the number of the next one
	starts  int           // so far
	started bool          // the next step stops
	note    string        // what is going on; "" if nothing is
	since   time.Duration // when note became non-empty
	before  time.Duration // how long it was non-empty until then
	effects map[string]int
}

func (f *fault) Name() string { return f.name }

func (f *fault) Next() time.Duration {
	return time.Duration(f.gaps.Float64() * 2 * float64(f.interval)) // as the reference does
}

func (f *fault) Step(now time.Duration, s System) (Op, error) {
	if f.started {
		return f.Heal(now, s)
	}
	// Each start has random numbers of its own, so that it is the same without those before it.
	rng := newRand(f.seed, fmt.Sprint(f.name, " ", f.start))
	f.start++
	f.starts++
	did, err := f.trouble.Begin(now, s, rng)
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
