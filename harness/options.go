package harness

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/workload"
)

func setDefault[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

// Upper bounds on the options of a Test: a typing error is reported instead of taking all memory.
const (
	maxNodes     = 10_000
	maxWorkers   = 100_000
	maxKeys      = 1_000_000
	maxTxnLength = 10_000
)

// A plan is a test with its defaults filled in, together with the workload and the faults of its run. These two are made here
// because making them is also how their options are checked.
type plan struct {
	Test
	workload workload.Workload
	faults   []nemesis.Fault
	choices  *choice.Tracked // those of Test.Choices
}

// plan fills in the defaults. The error names the wrong option and the accepted values.
func (t Test) plan() (p plan, err error) {
	if t.Program == nil {
		return p, errors.New("harness: no program: want Binary or InProcess")
	}
	kind, err := t.kind()
	if err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	t.gate, p.choices = t.gateOf()
	t.Workload = kind.Name
	setDefault(&t.Rate, 5)
	setDefault(&t.TimeLimit, DefaultTimeLimit)
	setDefault(&t.NemesisInterval, 10*time.Second)
	setDefault(&t.InitTimeout, 10*time.Second)
	setDefault(&t.LatencyDist, network.Constant)
	if t.Faults == nil {
		t.Faults = nemesis.All()
	}

	switch {
	case t.NodeCount < 0 || t.NodeCount > maxNodes:
		return p, fmt.Errorf("harness: node count %d: want at least 1 and at most %d, or 0 for n1 … n5", t.NodeCount, maxNodes)
	case len(t.Nodes) > maxNodes:
		return p, fmt.Errorf("harness: %d nodes: want at most %d", len(t.Nodes), maxNodes)
	case t.Concurrency < 0 || t.Concurrency > maxWorkers:
		return p, fmt.Errorf("harness: concurrency %d: want at least 1 and at most %d, or 0 for the workload's default", t.Concurrency, maxWorkers)
	case t.KeyCount < 0 || t.KeyCount > maxKeys:
		return p, fmt.Errorf("harness: key count %d: want at least 1 and at most %d, or 0 for the workload's default", t.KeyCount, maxKeys)
	case t.MaxTxnLength < 0 || t.MaxTxnLength > maxTxnLength:
		return p, fmt.Errorf("harness: transactions of at most %d operations: want at least 1 and at most %d, or 0 for the workload's default", t.MaxTxnLength, maxTxnLength)
	case t.InitTimeout < 0:
		return p, fmt.Errorf("harness: init timeout %v: want more than 0", t.InitTimeout)
	case t.Recovery < 0:
		return p, fmt.Errorf("harness: recovery %v: want more than 0", t.Recovery)
	case !(t.Rate > 0 && t.Rate <= 1e6): // also NaN
		return p, fmt.Errorf("harness: rate %v: want more than 0 and at most 1000000 operations per second", t.Rate)
	case t.TimeLimit < 0:
		return p, fmt.Errorf("harness: time limit %v: want more than 0", t.TimeLimit)
	case t.Latency < 0:
		return p, fmt.Errorf("harness: latency %v: want 0 or more", t.Latency)
	case t.NemesisInterval < 0:
		return p, fmt.Errorf("harness: nemesis interval %v: want more than 0", t.NemesisInterval)
	}
	if err := t.checkNodes(); err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	t.Concurrency = t.workers(kind)

	if t.Network != nil && (t.Virtual || t.Faithful || t.Settle != nil) {
		return p, errors.New("harness: Virtual, Faithful and Settle are for the simulated network: a real one has a time and an order of its own")
	}
	if t.Virtual {
		switch _, isBinary := t.Program.(*binary); {
		case !isBinary || t.Settle != nil:
			return p, errors.New("harness: Virtual is for programs that are executed: harness/sim runs nodes in this process in virtual time")
		case len(t.Attach.Nodes) > 0:
			return p, errors.New("harness: attach: not in virtual time, in which no run ever waits for a node")
		}
	}
	if err := t.Attach.check(t); err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}

	// The other options are checked by the packages that they belong to.
	if _, err := network.ParseDist(string(t.LatencyDist)); err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	if _, err := check.NewAvailability(nil, t.Availability); err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	p.workload, err = kind.New(workload.Config{Options: t.Options, Nodes: t.nodeIDs(), Workers: t.Concurrency, Rand: t.gate.Stream("workload")})
	if err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	if w, ok := p.workload.(workload.Impatient); ok {
		setDefault(&t.limits.call, w.Timeout(t.Latency))
	}
	setDefault(&t.limits.recovery, t.Recovery)
	if err := t.Limits.check(); err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	t.Limits = t.Limits.withDefaults()
	setDefault(&t.limits.backlog, int(t.Limits.Memory/3))
	t.limits = t.limits.withDefaults()
	p.faults, err = t.Faults.New(t.Nemesis, nemesis.Options{
		Nodes: t.nodeIDs(), Interval: t.NemesisInterval, Gate: t.gate.Sub("nemesis"), Faithful: t.Faithful,
	})
	if err != nil {
		return p, fmt.Errorf("harness: %w", err)
	}
	t.Nemesis = slices.Clone(t.Nemesis)
	for _, name := range t.Nemesis {
		k, _ := t.Faults.Find(name)
		switch does := t.Program.Describe(); {
		case k.Clocks && !does.Skews:
			return p, fmt.Errorf("harness: the clock of a process cannot be set: %s needs nodes in this process, as in simulations", name)
		case k.Disks && !does.Disks:
			return p, fmt.Errorf("harness: the disk of a process is the system's, whose faults cannot be set: %s needs nodes in this process, as in simulations. "+
				"What a process has given to the system survives kill; for a full disk, let --store (Test.Store) name a directory on a small file system", name)
		}
	}
	if t.Excerpt != nil {
		for _, w := range t.Excerpt.Faults {
			if !slices.Contains(t.Nemesis, w.Name) {
				return p, fmt.Errorf("harness: the excerpt has a fault %q that is not among %q", w.Name, t.Nemesis)
			}
		}
	}
	p.Test = t
	return p, nil
}

// NodeOf returns the id of the node that a client process talks to.
func (t Test) NodeOf(p history.Process) string {
	kind, _ := t.kind() // a run has one
	ids := t.nodeIDs()
	return ids[int(p)%t.workers(kind)%len(ids)]
}

// kind returns t.Kind or, if it is not set, the kind with the name t.Workload.
func (t Test) kind() (workload.Kind, error) {
	if t.Kind.Make == nil {
		return workload.All().Find(t.Workload)
	}
	return t.Kind, t.Kind.Validate()
}

// workers returns t.Concurrency or, if it is 0, the default of the workload.
func (t Test) workers(kind workload.Kind) int {
	return cmp.Or(t.Concurrency, kind.DefaultWorkers(len(t.nodeIDs())))
}
