package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/record"
	"glomers/harness/service"
	"glomers/harness/workload"
	"glomers/internal/proc"
)

// A run is the state of one test. Only the scheduler's goroutine uses it.
type run struct {
	*scheduler
	test     Test // with defaults
	store    *record.Writer
	workload workload.Workload
	faults   []nemesis.Fault

	nodes  []*member      // in the order of their ids
	index  map[string]int // of a node in nodes, by id
	killed []Process      // killed, but possibly not gone yet
	guard  proc.Guard
	place  *proc.Place

	passages passages

	services    map[string]service.Service // by name
	clients     map[string]*client         // the clients on the network, by id
	clientsMade int
	unmatched   unmatchedList // messages to clients that got no reply
	silent      bool          // a node without output has been looked at
	notes       []string      // sentences for the warnings, most of them about the nodes
	choices     *choice.Tracked
	book        *propertyBook
	properties  Properties // at the end of the run

	damages []Damage // disks that nodes have found damaged

	workers []*worker
	working sync.WaitGroup // counts the goroutines of workers
	free    []*worker      // workers without a job
	ops     generator

	history  []history.Op
	values   int64    // bytes that the values and errors of the history take, here and in the checker
	progress Progress // Phase and the counts; report fills in the rest
	phase    struct{ began, planned stamp }
	ended    stamp // when the nodes were told to stop

	debugging debugging
}

// Run carries out a test; the package documentation describes its phases. Run returns when the nodes are gone, the history has
// been judged, and the store has been written.
//
// An error means that the test itself is broken. It does not mean that the system failed the test: that is Result.Valid. The
// error is a *NodeError if a node broke the protocol, and wraps the cause of ctx if ctx ended first. In either case, the Result
// contains everything that could be determined, and its verdict is Unknown at best. A wrong option gives an error before any
// node is started.
func Run(ctx context.Context, t Test) (Result, error) {
	p, err := t.plan()
	if err != nil {
		return broken(err), err
	}
	place, err := p.newPlace()
	if err != nil {
		return broken(err), err
	}
	st, err := newStore(p.Test, place)
	if err != nil {
		return broken(err), err
	}
	r := newRun(p, st, place)
	err = r.live(ctx)
	ailing, slow := r.stalls()
	r.stop()
	r.enter(PhaseCheck, 0)
	if err == nil {
		err = r.err // of the store
	}
	res := r.judge(err)
	if res.Valid != check.Valid { // the ailments may be the cause
		res.Reasons = append(res.Reasons, ailing...)
		ailing = nil
	}
	res.Warnings = slices.Concat(res.Warnings, ailing, slow)
	if storeErr := r.finish(&res); err == nil && storeErr != nil {
		err = storeErr
		res.Valid, res.Error = max(res.Valid, broken(err).Valid), err.Error()
	}
	return res, err
}

func newRun(p plan, st *record.Writer, place *proc.Place) *run {
	t := p.Test
	r := &run{
		scheduler: newScheduler(t, t.observe(st.Message)),
		test:      t,
		store:     st,
		place:     place,
		workload:  p.workload,
		faults:    p.faults,
		choices:   p.choices,
		index:     make(map[string]int),
		book:      newPropertyBook(),
		clients:   make(map[string]*client),
		services:  make(map[string]service.Service),
	}
	// The estimated size of the history: growing a long history later would need its memory twice.
	r.history = make([]history.Op, 0, min(1<<20, int(2*t.Rate*t.TimeLimit.Seconds())))
	r.ops = newGenerator(t)
	r.scheduler.handle = r.handlePost
	r.scheduler.deliver = r.deliverMessage
	return r
}

// observe returns a journal that also calls OnMessage.
func (t Test) observe(journal func(network.Event) error) func(network.Event) error {
	if t.OnMessage == nil {
		return journal
	}
	return func(e network.Event) error {
		t.OnMessage(e)
		return journal(e)
	}
}

// live carries out all phases in which nodes run.
func (r *run) live(ctx context.Context) error {
	forget := context.AfterFunc(ctx, func() {
		r.post(outside, failed{fmt.Errorf("harness: interrupted: %w", context.Cause(ctx))})
		r.active.stop()
	})
	defer forget()
	defer r.listenToUser()()

	phases := []func() error{r.startNodes, r.initNodes, r.prepare, r.mainPhase, r.finalPhase, r.settleOutside}
	for _, phase := range phases {
		if err := phase(); err != nil {
			return err
		}
	}
	return nil
}

// prepare starts the workers and sets up the workload once through each node, as in the reference. If there are fewer workers
// than nodes, it starts extra workers for the setup and stops them afterwards.
func (r *run) prepare() error {
	for i := range max(r.test.Concurrency, len(r.nodes)) {
		node := r.nodes[i%len(r.nodes)].id
		w := &worker{index: i, process: history.Process(i), node: node, jobs: make(chan job, 1)}
		w.client = r.newWorkerClient(node)
		r.workers = append(r.workers, w)
		r.working.Add(1)
		go r.work(w)
		if i < len(r.nodes) {
			r.active.begin()
			w.jobs <- job{setup: true, client: w.client}
		} else {
			r.release(w, history.Op{})
		}
	}
	if err := r.until(r.allFree); err != nil {
		return err
	}
	for _, w := range r.workers[r.test.Concurrency:] {
		close(w.jobs)
		r.dropClient(w.client)
	}
	r.workers, r.free = r.workers[:r.test.Concurrency], r.free[:r.test.Concurrency]
	return nil
}

// allFree reports whether no operation is in flight.
func (r *run) allFree() bool { return len(r.free) == len(r.workers) }

// workerSource returns the source of a worker's posts.
func (r *run) workerSource(w *worker) int { return len(r.index) + w.index }

// mainPhase runs operations and faults for the time limit, waits for operations in flight, and heals all faults.
func (r *run) mainPhase() error {
	r.enter(PhaseMain, r.test.TimeLimit)
	r.ops.open = true
	r.after(r.test.TimeLimit, func() { r.ops.close(r.now()) })
	r.startFaults()
	r.operationDue(r.now())
	err := r.until(func() bool { return !r.ops.open && r.allFree() })
	if err != nil {
		return err
	}
	return r.heal()
}

// finalPhase gives the system time to recover. Then every worker carries out the final operations.
func (r *run) finalPhase() error {
	scripts := workload.FinalScripts(r.workload, len(r.workers))
	if scripts == nil {
		return nil
	}
	r.enter(PhaseRecovery, r.test.limits.recovery)
	over := false
	r.after(r.test.limits.recovery, func() { over = true })
	if err := r.until(func() bool { return over }); err != nil {
		return err
	}
	r.enter(PhaseFinal, 0)
	r.free = nil
	for i, w := range r.workers {
		w.script = scripts[i]
		r.release(w, history.Op{})
	}
	return r.until(r.allFree)
}

// stop ends all nodes and all other goroutines of the run.
func (r *run) stop() {
	r.ended = max(r.now(), r.last)
	r.properties = r.book.close()
	r.noteUnfinished()
	r.noteUnasked()
	posts := r.mail.close() // from now on, output of nodes, such as half a line, is not an error
	r.noteSilent()
	unaware := ""
	for _, m := range r.nodes {
		if m.process != nil {
			if !m.endRest() && unaware == "" {
				unaware = m.id
			}
			m.process.Kill()
			r.killed = append(r.killed, m.process)
		}
	}
	if unaware != "" {
		r.notes = append(r.notes, fmt.Sprintf(unawareWords, unaware))
	}
	r.noteStrays(r.guard.Collect()) // before waiting for the nodes: strays may hold their pipes
	var gone sync.WaitGroup
	for _, p := range r.killed {
		gone.Go(p.Wait)
	}
	gone.Wait()
	r.guard.Close()
	if r.place != nil {
		if err := r.place.Close(); err != nil {
			r.notes = append(r.notes, fmt.Sprintf("the directories in which nodes ran cannot be removed: %v", err))
		}
	}

	for _, p := range posts {
		if a, ok := p.event.(asked); ok {
			a.client.replies <- reply{err: errStopped}
		}
	}
	for _, w := range r.workers {
		if w.client.waiting != 0 {
			w.client.settle(reply{err: errStopped})
		}
		close(w.jobs)
	}
	r.working.Wait()
}

// handlePost handles a post from another goroutine.
func (r *run) handlePost(p post) {
	switch e := p.event.(type) {
	case sent:
		r.nodeSent(p, e)
	case asked:
		r.ask(p.at, e.client, e.id, e.body, r.test.limits.call)
	case finished:
		r.jobFinished(e)
	case writing:
		r.diskWrites(p.at, e.port)
	case failed:
		r.fail(e.err)
	case flood:
		r.fail(r.floodError())
	case traced:
		r.nodeTraced(r.nodes[p.source], e)
	case passed:
		r.observe(r.networkTime(), e.Passage)
	case settled:
		r.passages.settled = true
	case wentOn:
		r.userSaid(e)
	}
}

func (r *run) nodeSent(p post, e sent) {
	from := r.nodes[p.source]
	if r.active != nil && e.dest == clockID {
		r.askClock(from, e.body)
		return
	}
	if e.dest == propertiesID {
		if err := r.book.hear(from.Port, p.at, e.body); err != nil {
			from.fail(&NodeError{Kind: BadLine, Reason: err.Error(), Line: clip(e.body), Number: e.number})
		}
		return
	}
	err := r.sendAs(p.at, from.id, e.src, e.dest, e.body)
	if err == nil {
		return
	}
	var kind Breakage
	reason := err.Error()
	if unknown, ok := errors.AsType[*network.UnknownDestError](err); ok {
		kind, reason = WrongAddress, "sent a message to nobody: "+unknown.Error()
	}
	if unknown, ok := errors.AsType[*network.UnknownSrcError](err); ok {
		kind, reason = WrongAddress, "sent a message in the name of nobody: "+unknown.Error()
	}
	text, _ := json.Marshal(map[string]any{"src": e.src, "dest": e.dest, "body": e.body}) // cannot fail: it came from JSON
	from.fail(&NodeError{Kind: kind, Reason: reason, Line: clip(text), Number: e.number})
}

// deliverMessage hands an arrived message to its receiver.
func (r *run) deliverMessage(m network.Message) {
	if c := r.clients[m.Dest]; c != nil {
		c.receive(r.now(), m.Body)
		if len(r.debugging.overdue) > 0 {
			r.holdOrGo() // it may be the answer
		}
		return
	}
	if s := r.services[m.Dest]; s != nil {
		r.serve(s, m)
		return
	}
	r.deliverToNode(r.nodes[r.index[m.Dest]], m)
}

// serve hands a request to a service and sends the reply.
func (r *run) serve(s service.Service, m network.Message) {
	before := s.Size()
	body := s.Handle(m.Src, m.Body)
	r.memory.add(served, s.Size()-before)
	if body != nil {
		if err := r.send(r.now(), s.Name(), m.Src, body); err != nil {
			r.fail(fmt.Errorf("harness: %w", err))
		}
	}
}

// jobFinished records a completed operation and frees its worker.
func (r *run) jobFinished(e finished) {
	w := e.worker
	if e.err != nil {
		r.fail(fmt.Errorf("harness: cannot set up the workload through node %s: %w", w.node, e.err))
		return
	}
	if e.op.Type != "" {
		e.op = r.recordOp(e.op)
		if reactive, ok := r.workload.(workload.Reactive); ok {
			reactive.Observe(e.op)
		}
	}
	if e.op.Type == history.Info {
		// The operation may still be going on, so its process cannot start another one.
		w.process += history.Process(len(r.workers))
		r.dropClient(w.client)
		w.client = r.newWorkerClient(w.node)
	}
	r.release(w, e.op)
}

// recordOp adds an event to the history with the current time, and returns the event with its index and time.
func (r *run) recordOp(op history.Op) history.Op {
	op.Index = len(r.history)
	op.Time = int64(r.now())
	r.history = append(r.history, op)
	r.values += int64(len(op.Value) + len(op.Error))
	if w, ok := r.workload.(workload.Costly); ok {
		r.values += int64(w.Cost(op))
	}
	if r.values > r.test.Limits.History {
		r.fail(r.historyFullError())
	}
	r.progress.count(op)
	if err := r.store.Op(op); err != nil {
		r.fail(fmt.Errorf("harness: %w", err))
	}
	if r.test.OnOp != nil {
		r.test.OnOp(op)
	}
	return op
}
