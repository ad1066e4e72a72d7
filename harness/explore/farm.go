package explore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"glomers/internal/proc"
)

const (
	parkedEach = 4         // processes of a node that wait to be needed again
	sparesEach = 2         // processes of a node that are started ahead
	maxPasts   = 256 << 20 // bytes of what is remembered of programs
	pastBytes  = 400       // of a past besides its lines
)

// A farm has the processes of an exploration, and what they have done so far.
type farm struct {
	path  string
	args  []string
	nodes int
	place *proc.Place
	guard proc.Guard
	ctx   context.Context

	patience time.Duration // see defaultPatience

	seeds   map[string]*past // processes that were given nothing, by the node and its seed
	spares  map[*past]chan spare
	parked  []*process // the one that has waited longest first
	size    int        // of what is remembered, in bytes
	started int        // processes, without those that were started ahead in vain
	places  int        // so far

	all     sync.WaitGroup // of processes, and of starts
	mu      sync.Mutex
	unaware map[string]bool // nodes that have answered idle with an error
}

// A spare is a process that was started ahead, or the reason why it was not.
type spare struct {
	process *process
	err     error
}

// newFarm makes the farm of a scope's Command.
func newFarm(s Scope, nodes int) (*farm, error) {
	place, err := proc.NewPlace(s.Env, s.Cwd)
	if err != nil {
		return nil, fmt.Errorf("explore: %w", err)
	}
	f := &farm{path: s.Command[0], args: s.Command[1:], nodes: nodes, place: place, ctx: context.Background(), patience: cmp.Or(s.patience, defaultPatience), unaware: map[string]bool{}}
	f.forget()
	return f, nil
}

// forget drops what is remembered.
func (f *farm) forget() {
	for _, p := range f.parked {
		f.kill(p)
	}
	f.dropSpares()
	f.seeds, f.spares, f.parked, f.size = map[string]*past{}, map[*past]chan spare{}, nil, 0
}

func (f *farm) dropSpares() {
	for _, spares := range f.spares {
		if spares == nil {
			continue
		}
		for range sparesEach {
			if s := <-spares; s.err == nil {
				f.kill(s.process)
			}
		}
	}
}

// close ends all processes.
func (f *farm) close() {
	f.forget()
	f.all.Wait()
	f.guard.Close()
	_ = f.place.Close() // what a program has left in its directory is temporary
}

// note notes that a node does not know the request idle.
func (f *farm) note(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unaware[id] = true
}

// warnings returns what a reader of the report should know.
func (f *farm) warnings() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.unaware) == 0 {
		return nil
	}
	return []string{"the program answers the request idle with an error, so it seems not to know virtual time. If it has timers of its own, they were not explored (docs/virtual-time.md)"}
}

// child begins a life of a node.
func (f *farm) child(m *member, seed uint64) *child {
	if f.size > maxPasts {
		f.forget()
	}
	key := m.id + " " + strconv.FormatUint(seed, 10)
	if f.seeds[key] == nil {
		f.seeds[key] = &past{seed: seed, id: m.id}
	}
	return &child{member: m, past: f.seeds[key]}
}

// grow returns a process that was given what a past says: the one that lacks least of it, or a new one.
func (f *farm) grow(to *past) (*process, error) {
	var path []*past
	from := to
	for ; from.at == nil && from.before != nil; from = from.before {
		path = append(path, from)
	}
	p := from.at
	if p != nil {
		f.parked = slices.DeleteFunc(f.parked, func(q *process) bool { return q == p })
		from.at = nil
	} else {
		var err error
		if p, err = f.start(from); err != nil {
			return nil, err
		}
	}
	for _, want := range slices.Backward(path) {
		sent, set, err := p.take(f.ctx, want.line, want.now)
		if err != nil {
			f.kill(p)
			return nil, err
		}
		if how := want.differs(p.past.after(want.line, want.now, want.fired, sent, set)); how != "" {
			f.kill(p)
			return nil, fmt.Errorf("is not deterministic: after the same inputs, %s. Its random numbers must come from GLOMERS_SEED, its time from the harness, and nothing else may decide (docs/virtual-time.md)", how)
		}
		p.past = want
	}
	return p, nil
}

// learn gives a process a line that it was not given before at this place, and remembers what it does.
func (f *farm) learn(p *process, line []byte, now time.Duration, fired bool) error {
	sent, set, err := p.take(f.ctx, line, now)
	if err != nil {
		f.kill(p)
		return err
	}
	next := p.past.after(line, now, fired, sent, set)
	if p.past.next == nil {
		p.past.next = make(map[string]*past, 1)
	}
	p.past.next[string(line)] = next
	f.size += pastBytes + 2*len(line)
	for _, s := range sent {
		f.size += len(s)
	}
	p.past = next
	return nil
}

// park keeps a process, which was given some past, for another execution.
func (f *farm) park(p *process) {
	if p.past.at != nil {
		f.kill(p)
		return
	}
	p.past.at = p
	if f.parked = append(f.parked, p); len(f.parked) > parkedEach*f.nodes {
		oldest := f.parked[0]
		f.parked = f.parked[1:]
		oldest.past.at = nil
		f.kill(oldest)
	}
}

// start returns a process that was given nothing. From the second one of a node on, others are started ahead.
func (f *farm) start(from *past) (*process, error) {
	f.started++
	spares, again := f.spares[from]
	if !again {
		f.spares[from] = nil
		return f.launch(from, f.newPlace(from))
	}
	if spares == nil {
		spares = make(chan spare, sparesEach+1)
		f.spares[from] = spares
		for range sparesEach {
			f.startAhead(from, spares)
		}
	}
	f.startAhead(from, spares)
	s := <-spares
	return s.process, s.err
}

func (f *farm) startAhead(from *past, into chan spare) {
	place := f.newPlace(from)
	f.all.Go(func() {
		p, err := f.launch(from, place)
		into <- spare{p, err}
	})
}

// newPlace returns the name of the directory of a new process.
func (f *farm) newPlace(from *past) string {
	f.places++
	return from.id + "-" + strconv.Itoa(f.places)
}

// launch starts a process in a directory of its own.
func (f *farm) launch(from *past, place string) (*process, error) {
	env := append([]string{"GLOMERS_SEED=" + strconv.FormatUint(from.seed, 10)}, proc.VirtualTime...)
	command, err := f.place.Command(place, f.path, f.args, env...)
	if err != nil {
		return nil, err
	}
	started, err := proc.Start(&f.guard, command)
	if err != nil {
		return nil, err
	}
	p := &process{
		farm: f, id: from.id, place: place, proc: started, past: from, timer: time.NewTimer(time.Hour),
		resting: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	p.timer.Stop()
	f.all.Go(p.watch)
	return p, nil
}

// kill ends a process.
func (f *farm) kill(p *process) {
	p.proc.KillGroup()
	f.all.Go(func() {
		<-p.gone
		_ = f.place.Discard(p.place) // Close removes what is left
	})
}
