package harness

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
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

// Limits of what a Test may ask for: a slip of the finger is told, instead of taking all memory.
const (
	maxNodes     = 10_000
	maxWorkers   = 100_000
	maxKeys      = 1_000_000
	maxTxnLength = 10_000
)

// withDefaults fills in what is not set. Its error says which option is wrong
// and what is accepted.
func (t Test) withDefaults() (Test, error) {
	setDefault(&t.Rate, 5)
	setDefault(&t.TimeLimit, DefaultTimeLimit)
	setDefault(&t.NemesisInterval, 10*time.Second)
	setDefault(&t.LatencyDist, network.Constant)
	if t.Custom != nil {
		setDefault(&t.Workload, "custom") // the store's directory needs a name
	}

	switch {
	case t.Program == nil:
		return t, fmt.Errorf("harness: no program: want Binary or InProcess")
	case t.NodeCount < 0 || t.NodeCount > maxNodes:
		return t, fmt.Errorf("harness: node count %d: want at least 1 and at most %d, or 0 for n1 … n5", t.NodeCount, maxNodes)
	case len(t.Nodes) > maxNodes:
		return t, fmt.Errorf("harness: %d nodes: want at most %d", len(t.Nodes), maxNodes)
	case t.Concurrency < 0 || t.Concurrency > maxWorkers:
		return t, fmt.Errorf("harness: concurrency %d: want at least 1 and at most %d, or 0 for the workload's default", t.Concurrency, maxWorkers)
	case t.KeyCount < 0 || t.KeyCount > maxKeys:
		return t, fmt.Errorf("harness: key count %d: want at least 1 and at most %d, or 0 for the workload's default", t.KeyCount, maxKeys)
	case t.MaxTxnLength < 0 || t.MaxTxnLength > maxTxnLength:
		return t, fmt.Errorf("harness: transactions of at most %d operations: want at least 1 and at most %d, or 0 for the workload's default", t.MaxTxnLength, maxTxnLength)
	case t.InitTimeout < 0:
		return t, fmt.Errorf("harness: init timeout %v: want more than 0", t.InitTimeout)
	case !(t.Rate > 0 && t.Rate <= 1e6): // also NaN
		return t, fmt.Errorf("harness: rate %v: want more than 0 and at most 1000000 operations per second", t.Rate)
	case t.TimeLimit < 0:
		return t, fmt.Errorf("harness: time limit %v: want more than 0", t.TimeLimit)
	case t.Latency < 0:
		return t, fmt.Errorf("harness: latency %v: want 0 or more", t.Latency)
	case t.NemesisInterval < 0:
		return t, fmt.Errorf("harness: nemesis interval %v: want more than 0", t.NemesisInterval)
	}
	if err := t.checkNodes(); err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	t.Concurrency = t.workers()

	// Each of these packages knows best what it accepts.
	if _, err := network.ParseDist(string(t.LatencyDist)); err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	if _, err := check.NewAvailability(nil, t.Availability); err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	w, err := t.newWorkload()
	if err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	if w, ok := w.(workload.Impatient); ok {
		setDefault(&t.limits.call, w.Timeout(t.Latency))
	}
	setDefault(&t.limits.init, t.InitTimeout)
	if err := t.Limits.check(); err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	t.Limits = t.Limits.withDefaults()
	setDefault(&t.limits.backlog, int(t.Limits.Memory/3))
	t.limits = t.limits.withDefaults()
	t.InitTimeout = t.limits.init
	if _, err := t.newFaults(); err != nil {
		return t, fmt.Errorf("harness: %w", err)
	}
	t.Nemesis = slices.Clone(t.Nemesis)
	if _, local := t.Program.(*inProcess); !local && slices.Contains(t.Nemesis, "skew") {
		return t, errors.New("harness: the clock of a process cannot be set: skew needs nodes in this process, as in simulations")
	}
	if t.Excerpt != nil {
		for _, w := range t.Excerpt.Faults {
			if !slices.Contains(t.Nemesis, w.Name) {
				return t, fmt.Errorf("harness: the excerpt has a fault %q that is not among %q", w.Name, t.Nemesis)
			}
		}
	}
	return t, nil
}

// NodeOf returns the id of the node that a client process talks to.
func (t Test) NodeOf(p history.Process) string {
	ids := t.nodeIDs()
	return ids[int(p)%t.workers()%len(ids)]
}

// workers returns the Concurrency, or what 0 means.
func (t Test) workers() int {
	if t.Concurrency > 0 {
		return t.Concurrency
	}
	return workload.DefaultWorkers(t.Workload, len(t.nodeIDs()))
}

func (t Test) newWorkload() (workload.Workload, error) {
	o := workload.Options{
		Nodes:             t.nodeIDs(),
		Workers:           t.Concurrency,
		Topology:          t.Topology,
		KeyCount:          t.KeyCount,
		MaxWritesPerKey:   t.MaxWritesPerKey,
		MaxTxnLength:      t.MaxTxnLength,
		ConsistencyModels: t.ConsistencyModels,
		Strict:            t.Strict,
		Rand:              t.rand("workload"),
	}
	if t.Custom != nil {
		return t.Custom(o)
	}
	return workload.New(t.Workload, o)
}

func (t Test) newFaults() ([]nemesis.Fault, error) {
	return nemesis.New(t.Nemesis, nemesis.Options{
		Nodes:    t.nodeIDs(),
		Interval: t.NemesisInterval,
		Seed:     t.seedFor("nemesis"),
		Faithful: t.Faithful,
	})
}

// rand returns the stream of random numbers for a purpose. Each purpose has its own, so that how
// many one of them draws never changes another.
func (t Test) rand(purpose ...string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(purpose, "\x00"))) // never fails
	return rand.New(rand.NewPCG(t.Seed, h.Sum64()))
}

// seedFor returns a seed derived from the test's.
func (t Test) seedFor(purpose ...string) uint64 {
	return t.rand(purpose...).Uint64()
}
