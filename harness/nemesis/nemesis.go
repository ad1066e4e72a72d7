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

// A System is what faults act on: the links between nodes, and the nodes.
type System interface {
	// Impair makes links worse, in addition to what has been done to them, until Mend
	// with the same owner.
	Impair(now time.Duration, owner string, links []network.Link, im network.Impairment) error
	// Mend undoes all that owner did to links.
	Mend(now time.Duration, owner string)
	// Pause stops a node, its timers too, and Resume lets it go on from there.
	Pause(node string) error
	Resume(node string) error
	// Kill ends a node, whose memory is lost, and Restart starts it again from nothing.
	Kill(node string) error
	Restart(node string) error
	// Skew sets by how much the wall clock of a node is ahead of the true time.
	Skew(node string, ahead time.Duration) error
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
	// Seek makes the next start the one with that number, from 0. What a start does follows from its number
	// alone, not from what was done before.
	Seek(start int)
	// Heal stops the fault whether or not it is in force, so that nothing of it is left.
	Heal(now time.Duration, s System) (Op, error)
	// InForce describes what is going on, such as "partition: majority"; it is "" when
	// nothing is.
	InForce() string
	// Starts returns how often the fault was started.
	Starts() int
	// Time returns how long the fault was in force, up to now.
	Time(now time.Duration) time.Duration
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
	// Faithful draws the kinds of partition that the reference harness draws, all of them and no others, even
	// those that have no effect on so few nodes.
	Faithful bool
}

// makers has a constructor for every fault, in the order of the documentation.
func makers() []maker {
	return []maker{
		{"partition", "links between nodes are cut", true, partition},
		{"loss", "messages between nodes are lost at random", true, loss},
		{"duplicate", "messages between nodes arrive twice at random", true, duplicate},
		{"reorder", "some messages take up to half a second longer, and are overtaken", true, reorder},
		{"slow", "all messages of a node, or of a pair of nodes, take ten times as long", true, slow},
		{"pause", "a node stands still for a while", false, pause},
		{"kill", "a node is killed, loses its memory, and is started again later", false, kill},
		{"skew", "the wall clocks of nodes are off by up to a second", false, skew},
	}
}

type maker struct {
	name, about string
	links       bool // it happens to links, which a single node has none of
	trouble     func(o Options) trouble
}

// Names returns the names that New accepts.
func Names() []string {
	var names []string
	for _, m := range makers() {
		names = append(names, m.name)
	}
	return names
}

// About returns what the fault of that name does, in a few words; "" for one that does not exist.
func About(name string) string { return byName(name).about }

// NeedsLinks tells whether the fault happens to links between nodes, so that it takes two of them.
func NeedsLinks(name string) bool { return byName(name).links }

// byName returns the zero maker if there is none of that name.
func byName(name string) maker {
	for _, m := range makers() {
		if m.name == name {
			return m
		}
	}
	return maker{}
}

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
		m := byName(name)
		if m.trouble == nil {
			return nil, fmt.Errorf("nemesis: unknown fault %q: want %s", name, strings.Join(Names(), ", "))
		}
		faults = append(faults, &fault{
			name:     name,
			interval: o.Interval,
			seed:     o.Seed,
			gaps:     newRand(o.Seed, name),
			trouble:  m.trouble(o),
		})
	}
	return faults, nil
}

// newRand keys the generator by what it is for, so that two faults of a run do not move
// in step.
func newRand(seed uint64, purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
