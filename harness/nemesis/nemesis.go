// Package nemesis injects faults. A Fault decides what goes wrong, and when, from
// a seed alone; it has no clock and no goroutine. The engine asks it when
// its next step is due, and lets it act on the System then.
package nemesis

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
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
	// Effects returns how often it did what: by node for pause and kill, and otherwise by what InForce says.
	Effects() map[string]int
	// Time returns how long the fault was in force, up to now.
	Time(now time.Duration) time.Duration
}

// An Op is what a step did, for the history: an invocation and a completion, both
// of type info and of the process nemesis.
type Op struct {
	F      string          // "start-partition", "stop-partition"
	Value  any             // of the invocation: what was asked for
	Result any             // the value of the completion: what was done
	Effect *history.Effect // of a start: what was done, for whoever reads the history; nil of a stop
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
		{"partition", "links between nodes are cut", "links were cut", true, partition},
		{"loss", "messages between nodes are lost at random", "messages were lost", true, loss},
		{"duplicate", "messages between nodes arrive twice at random", "messages were doubled", true, duplicate},
		{"reorder", "some messages take up to half a second longer, and are overtaken", "messages were overtaken", true, reorder},
		{"slow", "all messages of a node, or of a pair of nodes, take ten times as long", "links were slow", true, slow},
		{"pause", "a node stands still for a while", "a node stood still", false, pause},
		{"kill", "a node is killed, loses its memory, and is started again later", "a node was down", false, kill},
		{"skew", "the wall clocks of nodes are off by up to a second", "clocks were wrong", false, skew},
	}
}

type maker struct {
	name, about string
	state       string // what then was so, said with a time
	links       bool   // it happens to links, which a single node has none of
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

// Describe says what a fault did, given its Effects and how long it was in force in words: "kill: n1 twice, n2 once; a node was
// down for 3 s".
func Describe(name string, effects map[string]int, long string) string {
	if len(effects) == 0 {
		return name + ": never"
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(effects)) {
		if len(parts) == maxEffects {
			parts = append(parts, fmt.Sprintf("and %d more", len(effects)-maxEffects))
			break
		}
		parts = append(parts, what+" "+times(effects[what]))
	}
	return fmt.Sprintf("%s: %s; %s for %s", name, strings.Join(parts, ", "), byName(name).state, long)
}

// maxEffects is how many different effects a sentence lists.
const maxEffects = 8

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

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
			effects:  make(map[string]int),
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
