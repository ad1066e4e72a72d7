package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/service"
	"glomers/harness/workload"
	"glomers/internal/wording"
	"glomers/node"
)

// A Scope says which executions are explored: those of a small cluster, with few operations and few faults. Zero fields have
// defaults.
type Scope struct {
	Program  func(n *node.Node) // registers the handlers of a node, which runs in this process
	Command  []string           // or the nodes are processes: a program that knows virtual time, and its arguments
	Env      []string           // of processes, as in harness.Test
	Cwd      string             // the directory of all processes; "" means one for each, which is empty when it starts
	Workload string             // the name of one of workload.All
	Kind     workload.Kind      // your own workload, in place of a name
	workload.Options

	Nodes      int  // n0, n1, …; 0 means 3
	Clients    int  // client i talks to node i mod Nodes; 0 means one for each node
	Operations int  // drawn by the workload, dealt out to the clients in turn; 0 means 3
	Given      []Op // the operations, in place of drawn ones, unless nil

	Losses     int // messages between nodes that are lost
	Duplicates int // messages between nodes that arrive twice
	Kills      int // nodes that are killed, and started again at some later time, with what is on their disks
	Cuts       int // partitions of the nodes into two groups, which are healed at some later time
	Ticks      int // timers of each node that fire at any time; 0 means none before the recovery. See Unlimited

	// Clocks, if not nil, has the rate of each node's clock, and time is one for all nodes: when a timer fires, all clocks go on, each at its rate.
	// Messages may still take any time and timers may be late, but no clock runs faster or slower than its rate. It is for algorithms that rely
	// on clocks which run at nearly the same rate, such as leases: give them rates that differ by as much as is allowed.
	Clocks []float64

	// Depth bounds the number of actions, so that nodes that never come to rest can be explored; 0 means 1000. An exploration
	// that meets the bound has not exhausted its scope.
	Depth int

	// Warmup is the time that the nodes have before the explored part, in which messages and timers come in order; 0 means none. Give
	// it to nodes that greet each other first, or wait for something after their start.
	Warmup time.Duration

	// Recovery is the time that the nodes have after the explored part, when all faults are healed and messages and timers come in
	// order. 0 means 1 s. If the verdict is not valid, the execution is judged once more after ten times as long, which decides.
	Recovery time.Duration

	// Minority makes kills final: a node that is killed never starts again, and fewer than half of the nodes are killed. The others
	// must answer without them.
	Minority bool

	Seed uint64 // of the drawn operations and of the nodes' random numbers; 0 means 1
	// Rolls, if not 0, makes the random numbers of nodes a part of the schedule: a timer fires in so many ways, with as many series of
	// random numbers. All other inputs come with the first series.
	Rolls int
	// Seeds is the number of seeds from Seed on, one of which each execution chooses first; 0 means 1.
	Seeds int

	// Shown says that what the nodes show by Node.Show is all of their state that matters, apart from timers. States are then told
	// apart by it, and not by everything that a node was given, so that more of them are the same. What its store holds and its disk has is
	// added; what a function that waits in Store.Sync will do is to be shown.
	Shown bool
	// Lazy leaves a message under way as long as it would change nothing: its receiver, which must be Shown, would show the same state,
	// and send nothing. This leaves out few executions of many: those in which a message comes too early, is ignored, and is missing
	// later. An invariant that such an execution violates is violated by another one as well.
	Lazy bool

	// Alike has the numbers of nodes that are alike: no node, message or invariant treats one of them in another way than the others, and
	// they have no clients with operations. States in which they have only changed places are then the same (symmetry reduction: Clarke, Enders,
	// Filkorn, Jha 1996). It is for scopes that are Shown. Ids of nodes are strings in states and messages, and sets of nodes are arrays
	// in the order of the nodes, or keys of objects. They have no stores, since nodes in a file cannot change places.
	Alike []int

	// Invariant, if not nil, is checked after every action. Its error makes the execution invalid.
	Invariant func(c Cluster) error

	// Short says that a failure is not only shrunk to few decisions other than the ordinary ones, but also to few actions, if an invariant or a
	// property of a node does not hold: for traces that are to be read.
	Short bool

	// Progress, if not nil, is told now and then how far the exploration has come.
	Progress func(Report)

	// Strategy chooses the executions; nil means Exhaustive.
	Strategy Strategy
	// Most bounds the number of executions; 0 means no bound for strategies that end, and 10,000 for others.
	Most int
	// Memory bounds the number of states that are remembered; 0 means 4 million, which take about 400 MiB. Without room, an
	// exploration ends, and has not exhausted its scope.
	Memory int

	patience time.Duration // in place of defaultPatience, for tests
}

// An Op is an operation of a client.
type Op struct {
	Client int
	F      string
	Value  any // encoded as JSON
}

// Unlimited Ticks are for nodes whose timers end, or that are Shown and return to a state that they were in.
const Unlimited = -1

const (
	defaultNodes    = 3
	defaultOps      = 3
	defaultDepth    = 1000
	defaultRecovery = time.Second
	defaultMost     = 10_000
	defaultMemory   = 4_000_000
)

// A plan is a Scope that has been checked, with its defaults filled in.
type plan struct {
	Scope
	crew   *crew
	seen   *properties
	kind   workload.Kind
	ids    []string
	idList []byte   // ids as JSON
	goal   *Pattern // what is looked for in place of executions that are not valid; nil if nothing is
	farm   *farm    // of a Command; nil if nodes are in this process
	order  [][]int  // the orders of nodes that are alike
	cuts   []uint64 // by number: bit i is set if node i is in the first of the two groups
}

// newPlan checks the scope. The error says which field is wrong. The caller dismisses the crew in the end.
func newPlan(s Scope) (*plan, error) {
	bounded := s.Ticks
	if bounded == Unlimited {
		bounded = 0
	}
	for _, f := range []struct {
		name  string
		value int
	}{
		{"Nodes", s.Nodes},
		{"Clients", s.Clients},
		{"Operations", s.Operations},
		{"Losses", s.Losses},
		{"Duplicates", s.Duplicates},
		{"Kills", s.Kills},
		{"Cuts", s.Cuts},
		{"Ticks", bounded},
		{"Rolls", s.Rolls},
		{"Depth", s.Depth},
		{"Seeds", s.Seeds},
		{"Most", s.Most},
		{"Memory", s.Memory},
		{"Warmup", int(s.Warmup)},
		{"Recovery", int(s.Recovery)},
	} {
		if f.value < 0 {
			return nil, fmt.Errorf("explore: %s is %d: want 0 or more", f.name, f.value)
		}
	}
	p := &plan{Scope: s, crew: newCrew(), seen: newProperties(), kind: s.Kind}
	setDefault(&p.Nodes, defaultNodes)
	setDefault(&p.Clients, p.Nodes)
	setDefault(&p.Depth, defaultDepth)
	setDefault(&p.Seeds, 1)
	setDefault(&p.Memory, defaultMemory)
	if p.Recovery == 0 {
		p.Recovery = defaultRecovery
	}
	if p.Seed == 0 {
		p.Seed = 1
	}
	if p.Strategy == nil {
		p.Strategy = Exhaustive()
	}
	if p.Given != nil {
		p.Operations = len(p.Given)
	} else {
		setDefault(&p.Operations, defaultOps)
	}
	switch {
	case p.Program == nil && len(p.Command) == 0:
		return nil, errors.New("explore: the scope has no Program, and no Command")
	case p.Program != nil && len(p.Command) > 0:
		return nil, errors.New("explore: the scope has a Program and a Command: want one of them")
	case p.Program != nil && (len(p.Env) > 0 || p.Cwd != ""):
		return nil, errors.New("explore: Env and Cwd are for a Command: nodes in this process have its environment and its directory")
	case p.Program == nil && (p.Shown || p.Invariant != nil):
		return nil, errors.New("explore: Shown and Invariant are for a Program: the state of a process is not known")
	case p.Program == nil && p.Rolls > 0:
		return nil, errors.New("explore: Rolls are for a Program: the random numbers of a process are its own")
	case p.Lazy && !p.Shown:
		return nil, errors.New("explore: Lazy needs Shown")
	case p.Nodes > 16:
		return nil, fmt.Errorf("explore: %d Nodes: want at most 16", p.Nodes)
	case p.Cuts > 0 && p.Nodes < 2:
		return nil, fmt.Errorf("explore: Cuts need at least 2 Nodes")
	}
	for i, op := range p.Given {
		if op.Client < 0 || op.Client >= p.Clients {
			return nil, fmt.Errorf("explore: Given[%d] is of client %d: want 0 to %d", i, op.Client, p.Clients-1)
		}
		if _, err := json.Marshal(op.Value); err != nil {
			return nil, fmt.Errorf("explore: the value of Given[%d]: %w", i, err)
		}
	}
	if p.kind.Make == nil {
		kind, err := workload.All().Find(p.Workload)
		if err != nil {
			return nil, fmt.Errorf("explore: %w", err)
		}
		p.kind = kind
	}
	for i := range p.Nodes {
		p.ids = append(p.ids, fmt.Sprintf("n%d", i))
	}
	p.idList, _ = json.Marshal(p.ids)                      // strings cannot fail
	for mask := uint64(1); mask < 1<<(p.Nodes-1); mask++ { // the last node is in the second group, so that each partition comes once
		p.cuts = append(p.cuts, mask)
	}
	if _, err := p.newWorkload(p.Seed); err != nil {
		return nil, err
	}
	err := errors.Join(p.checkAlike(), p.checkClocks())
	if err != nil {
		return nil, err
	}
	p.order = p.orders()
	if p.Program == nil {
		p.farm, err = newFarm(s, p.Nodes)
	}
	return p, err
}

// close ends all processes and goroutines.
func (p *plan) close() {
	p.crew.dismiss()
	if p.farm != nil {
		p.farm.close()
	}
}

func setDefault(field *int, value int) {
	if *field == 0 {
		*field = value
	}
}

// parties returns the ids of the nodes and the services.
func (p *plan) parties() []string { return append(slices.Clone(p.ids), service.Names()...) }

// newWorkload makes the workload of one execution.
func (p *plan) newWorkload(seed uint64) (workload.Workload, error) {
	w, err := p.kind.Make(workload.Config{Options: p.Options, Nodes: p.ids, Workers: p.Clients, Rand: choice.From(rand.NewPCG(seed, 0))})
	if err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	return w, nil
}

// operations returns the operations of each client. Those of a workload that is PerProcess have no function yet: they depend on
// earlier ones of the same process.
func (p *plan) operations(w workload.Workload) [][]history.Op {
	all := make([][]history.Op, p.Clients)
	if p.Given != nil {
		for _, op := range p.Given {
			value, _ := json.Marshal(op.Value) // newPlan has tried it
			all[op.Client] = append(all[op.Client], history.Op{F: op.F, Value: value})
		}
		return all
	}
	_, each := w.(workload.PerProcess)
	for i := range p.Operations {
		op := history.Op{}
		if !each {
			op = p.draw(w)
		}
		all[i%p.Clients] = append(all[i%p.Clients], op)
	}
	return all
}

// draw draws an operation. A crash would end a client that has hardly begun.
func (p *plan) draw(w workload.Workload) history.Op {
	op := w.Next()
	for op.F == workload.Crash {
		op = w.Next()
	}
	return op
}

// String returns the bound in words.
func (p *plan) String() string {
	parts := []string{
		p.kind.Name + ", " + wording.Plural(p.Nodes, "node"),
		wording.Plural(p.Operations, "operation") + " of " + wording.Plural(p.Clients, "client"),
	}
	var faults []string
	for _, f := range []struct {
		n    int
		what string
	}{
		{p.Losses, "lost message"}, {p.Duplicates, "duplicate"}, {p.Kills, "kill"}, {p.Cuts, "partition"},
	} {
		if f.n > 0 {
			faults = append(faults, "at most "+wording.Plural(f.n, f.what))
		}
	}
	if len(faults) == 0 {
		faults = []string{"no faults"}
	}
	parts = append(parts, faults...)
	if len(p.Alike) > 0 {
		parts = append(parts, wording.Plural(len(p.Alike), "node")+" alike")
	}
	if p.Minority {
		parts = append(parts, "nodes that are killed stay down")
	}
	switch {
	case p.Ticks > 0:
		parts = append(parts, "at most "+wording.Plural(p.Ticks, "timer")+" of each node")
	case p.Ticks == Unlimited:
		parts = append(parts, "any timers")
	default:
		parts = append(parts, "no timers")
	}
	if p.Rolls > 1 {
		parts = append(parts, fmt.Sprintf("each with %d series of random numbers", p.Rolls))
	}
	parts = append(parts, p.Strategy.String())
	if p.Clocks != nil {
		parts = append(parts, p.rates())
	}
	if p.Seeds > 1 {
		parts = append(parts, fmt.Sprintf("seeds %d–%d", p.Seed, p.Seed+uint64(p.Seeds)-1))
	}
	return strings.Join(parts, ", ")
}
