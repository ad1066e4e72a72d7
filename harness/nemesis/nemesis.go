// Package nemesis injects faults. A Fault asks a gate which faults happen and when. It has no clock and no
// goroutine: the engine asks it when its next step is due, and then lets it act on the System.
package nemesis

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/internal/wording"
)

// A System has the links and the nodes on which faults act.
type System interface {
	// Impair impairs links, in addition to earlier impairments, until a Mend with the same owner.
	Impair(now time.Duration, owner string, links []network.Link, im network.Impairment) error
	// Mend undoes all impairments by owner.
	Mend(now time.Duration, owner string)
	// Pause stops a node and its timers, and Resume lets the node continue.
	Pause(node string) error
	Resume(node string) error
	// Kill ends a node, so that its memory is lost, and Restart starts it again with empty memory. Its disk keeps what was synced; a
	// part of a write that has not ended may be there, too.
	Kill(node string) error
	Restart(node string) error
	// Skew sets how far the wall clock of a node is ahead of the true time.
	Skew(node string, ahead time.Duration) error
	// SetDisk sets how the disk of a node works from now on.
	SetDisk(node string, state DiskState) error
	// FlipBit flips a bit of what is on the disk of a node: the one with this number, modulo their count. It returns the byte that the
	// bit is in; ok is false if there is nothing on the disk. A node that has read its disk does not notice before its next start.
	FlipBit(node string, bit int64) (at int64, ok bool)
}

// A DiskState says how a disk works.
type DiskState string

// The states.
const (
	DiskGood DiskState = "good"
	DiskSlow DiskState = "slow" // a write takes 100 times as long
	DiskFull DiskState = "full" // writes fail
)

// A Fault is one kind of trouble with its own schedule: its steps start and stop the trouble in turn. The calls are Next,
// Step, Next, Step, …, and at the end Heal. A Fault is not safe for concurrent use.
type Fault interface {
	// Name returns the name of its kind, such as "partition".
	Name() string
	// Next returns the time from the last step, or from the beginning of the run, to the next step. Each call draws a new time,
	// uniformly between 0 and twice Options.Interval.
	Next() time.Duration
	// Step starts the fault if it is not in force, and stops it if it is.
	Step(now time.Duration, s System) (Op, error)
	// Seek sets the number of the next start, from 0. The effect of a start depends only on its number and the seed, not on
	// earlier steps.
	Seek(start int)
	// Heal stops the fault, whether or not it is in force, so that none of its effects remain.
	Heal(now time.Duration, s System) (Op, error)
	// InForce describes the present effect, such as "partition: majority", or returns "" if there is none.
	InForce() string
	// Starts returns how often the fault was started.
	Starts() int
	// Effects returns how often each effect occurred: by node for pause, kill and bitrot, otherwise by the description in InForce.
	Effects() map[string]int
	// Time returns how long the fault has been in force in total, up to now.
	Time(now time.Duration) time.Duration
}

// An Op describes a step for the history, where it becomes an invocation and a completion, both of type info and of the
// process nemesis.
type Op struct {
	F      string          // start-NAME or stop-NAME; history.Faults reads it
	Value  any             // the value of the invocation: the request
	Result any             // the value of the completion: the result
	Effect *history.Effect // the effect of a start, for readers of the history; nil for a stop
}

// Options say which nodes faults hit, and how often.
type Options struct {
	Nodes    []string
	Interval time.Duration // mean time between steps; 0 means 10 s
	Gate     choice.Gate   // decides where the faults strike, and when
	// Faithful draws exactly the kinds of partition that the reference harness draws, even those that have no effect on a small
	// cluster.
	Faithful bool
}

// A Kind is a fault as a value: everything that the harness and the command line know about it.
type Kind struct {
	Name   string // as in --nemesis
	About  string // the effect of the fault, in a few words
	State  string // the state while it was in force, as a clause before "for 3 s": "a node was down"
	Links  bool   // it acts on links; a single node has none
	Clocks bool   // it sets clocks, which does not work with every program
	Disks  bool   // it acts on the disks that nodes in this process have

	// Make returns the trouble of one run. It is called once per run. OnLinks and OnNode make the usual troubles.
	Make func(o Options) Trouble
}

// Validate returns an error if the kind has no valid name or no Make.
func (k Kind) Validate() error {
	if k.Name == "" || strings.Trim(k.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("nemesis: kind %q: want a name of lower-case letters, digits and dashes, as it is a flag's argument", k.Name)
	}
	if k.Make == nil {
		return fmt.Errorf("nemesis: kind %s has no Make", k.Name)
	}
	return nil
}

// Kinds are faults that can be chosen by name.
type Kinds []Kind

// All returns the kinds of this module, in the order of the documentation. Add a new kind here; see workload.All.
func All() Kinds {
	return Kinds{
		{Name: "partition", About: "links between nodes are cut", State: "links were cut", Links: true, Make: partition},
		{Name: "loss", About: "messages between nodes are lost at random", State: "messages were lost", Links: true, Make: loss},
		{Name: "duplicate", About: "messages between nodes arrive twice at random", State: "messages were doubled", Links: true, Make: duplicate},
		{Name: "reorder", About: "some messages take up to half a second longer, and are overtaken", State: "messages were overtaken", Links: true, Make: reorder},
		{Name: "slow", About: "all messages of a node, or of a pair of nodes, take ten times as long", State: "links were slow", Links: true, Make: slow},
		{Name: "pause", About: "a node stands still for a while", State: "a node stood still", Make: pause},
		{Name: "kill", About: "a node is killed, loses its memory, and is started again later", State: "a node was down", Make: kill},
		{Name: "skew", About: "the wall clocks of nodes are off by up to a second", State: "clocks were wrong", Clocks: true, Make: skew},
		{Name: "disk", About: "the disk of a node is full for a while, or a hundred times as slow", State: "a disk was full or slow", Disks: true, Make: disk},
		{Name: "bitrot", About: "a bit on the disk of a node flips, which the node finds when it is killed and started again; it hits a minority of at least three nodes, if they have written anything", State: "it was in force", Disks: true, Make: bitrot},
	}
}

// Names returns the names of the kinds.
func (ks Kinds) Names() []string {
	var names []string
	for _, k := range ks {
		names = append(names, k.Name)
	}
	return names
}

// Find returns the kind of the given name. The error lists all names.
func (ks Kinds) Find(name string) (Kind, error) {
	if i := slices.IndexFunc(ks, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return ks[i], nil
	}
	return Kind{}, fmt.Errorf("nemesis: unknown fault %q: %s", name, wording.Want(name, ks.Names()))
}

// Describe describes the effects of a fault, such as "kill: n1 twice, n2 once; a node was down for 3 s". effects is from
// Fault.Effects, and long is the time in force, in words.
func (k Kind) Describe(effects map[string]int, long string) string {
	if len(effects) == 0 {
		return k.Name + ": never"
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(effects)) {
		if len(parts) == maxEffects {
			parts = append(parts, fmt.Sprintf("and %d more", len(effects)-maxEffects))
			break
		}
		parts = append(parts, what+" "+times(effects[what]))
	}
	return fmt.Sprintf("%s: %s; %s for %s", k.Name, strings.Join(parts, ", "), k.State, long)
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

// New returns the faults of the given names, in this order. The behaviour of a fault depends on the options, but not on the
// other faults. The error lists the accepted names.
func (ks Kinds) New(names []string, o Options) ([]Fault, error) {
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
		k, err := ks.Find(name)
		if err != nil {
			return nil, err
		}
		faults = append(faults, &fault{
			name:     name,
			interval: o.Interval,
			gate:     o.Gate,
			gaps:     o.Gate.Stream(name),
			trouble:  k.Make(o),
			effects:  make(map[string]int),
		})
	}
	return faults, nil
}
