// Package nemesis injects faults. A Fault decides what goes wrong, and when, from
// a seed alone; it has no clock and no goroutine. The engine asks it when
// its next step is due, and lets it act on the System then.
package nemesis

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"glomers/harness/network"
)

// A System is what faults act on. *network.Network is one.
type System interface {
	// Cut makes links lose what crosses them, in addition to those that are cut.
	Cut(now time.Duration, links []network.Link) error
	// Heal mends every link.
	Heal(now time.Duration)
}

// A Fault is one kind of trouble with its own schedule: its steps start it and stop
// it in turn. The calls are Next, Step, Next, Step, … and in the end Heal. A Fault
// is not safe for concurrent use.
type Fault interface {
	// Name returns the name that New was given, such as "partition".
	Name() string
	// Next returns the time from the last step, or from the start, to the next one. It is
	// drawn anew by each call, uniformly between 0 and twice Options.Interval.
	Next() time.Duration
	// Step starts the fault if it is not in force, and stops it if it is.
	Step(now time.Duration, s System) (Op, error)
	// Heal stops the fault whether or not it is in force, so that nothing of it is left.
	Heal(now time.Duration, s System) (Op, error)
	// InForce describes what is going on, such as "partition: majority"; it is "" when
	// nothing is.
	InForce() string
}

// An Op is what a step did, for the history: an invocation and a completion, both
// of type info and of the process nemesis.
type Op struct {
	F      string // "start-partition", "stop-partition"
	Value  any    // of the invocation: what was asked for
	Result any    // the value of the completion: what was done
}

// Options say whom faults hit, and how often.
type Options struct {
	Nodes    []string
	Interval time.Duration // mean time between steps; 0 means 10 s
	Seed     uint64
	// Faithful draws all kinds of a fault, as the reference harness does, even those
	// that have no effect on so few nodes. Otherwise only those that have one are drawn.
	Faithful bool
}

// Names returns the names that New accepts.
func Names() []string { return []string{"partition"} }

// New returns the faults of these names, in this order. What a fault does depends on
// the options, not on which others there are. The error names what is accepted.
func New(names []string, o Options) ([]Fault, error) {
	if o.Interval < 0 {
		return nil, fmt.Errorf("nemesis: interval %v: want a positive duration, or 0 for 10 s", o.Interval)
	}
	if o.Interval == 0 {
		o.Interval = 10 * time.Second
	}
	faults := make([]Fault, 0, len(names))
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("nemesis: fault %q is given twice", name)
		}
		rng := newRand(o.Seed, name)
		switch name {
		case "partition":
			faults = append(faults, newPartition(o, rng))
		default:
			return nil, fmt.Errorf("nemesis: unknown fault %q: want %s", name, strings.Join(Names(), ", "))
		}
	}
	return faults, nil
}

// newRand keys the generator by the name, so that two faults of a run do not move
// in step.
func newRand(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// stagger returns a time between 0 and twice the mean, as the reference does.
func stagger(mean time.Duration, r *rand.Rand) time.Duration {
	return time.Duration(r.Float64() * 2 * float64(mean))
}
