package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"glomers/deploy/internal/queue"
	"glomers/deploy/wire"
	"glomers/harness/network"
	"glomers/internal/proc"
	"glomers/internal/wording"
)

// maxWaiting is the number of bytes that wait for a node to read them, at most.
const maxWaiting = 16 << 20

// A node is a process that speaks the protocol, from its start to its end.
type node struct {
	spec    Spec
	host    *Host
	process *proc.Process
	input   *queue.Queue
	log     *logFile
	tail    proc.Tail
	since   time.Time
	stop    func()        // of the wire; nil until the node has got init
	answers chan error    // to init
	gone    chan struct{} // closed when nothing of it is left

	received, sent, lost, refused atomic.Int64
	killed, paused                atomic.Bool

	mu    sync.Mutex
	ready bool     // it has answered init; if it is tested, it has got init
	early [][]byte // what came before that: messages of clients; if it is tested, messages of nodes
	why   string   // how it ended; "" before
}

// newNode starts the process of a node.
func (h *Host) newNode(s Spec) (*node, error) {
	n := &node{spec: s, host: h, input: queue.New(maxWaiting), since: time.Now(), answers: make(chan error, 1), gone: make(chan struct{})}
	place := h.place
	if n.tested() {
		place = h.bench
	}
	if place == nil {
		return nil, errors.New("no test has begun")
	}
	command, err := place.Command(s.ID, s.Path, s.Args, "GLOMERS_SEED="+strconv.FormatUint(s.Seed, 10))
	if err != nil {
		return nil, err
	}
	n.log, err = openLog(filepath.Join(h.Dir, "logs", s.ID+".log"), func(err error) {
		h.Note(s.ID, fmt.Sprintf("its log ends here, while it goes on: %v", err))
	})
	if err != nil {
		return nil, err
	}
	n.tail.Seen = func(line []byte) {
		n.feed(Event{Kind: Log, Line: line})
		if h.Log != nil {
			h.Log(s.ID, string(line))
		}
	}
	if n.process, err = proc.Start(&h.guard, command); err != nil {
		n.log.close()
		return nil, err
	}
	if n.tested() {
		n.answers <- nil // the harness waits for it
	} else {
		n.input.Add(initLine(s))
	}
	if n.stop, err = h.Wire.Receive(s.ID, n.deliver); err != nil {
		n.stop = func() {}
		n.answers <- err
	}
	go n.watch()
	return n, nil
}

// init waits for the answer to init.
func (n *node) init(ctx context.Context) error {
	timer := time.NewTimer(InitTimeout)
	defer timer.Stop()
	select {
	case err := <-n.answers:
		return err
	case <-timer.C:
		return fmt.Errorf("did not answer init with init_ok within %v%s", InitTimeout, n.lastWords())
	case <-n.gone:
		select {
		case err := <-n.answers: // it has ended since
			return err
		default:
			return errors.New(n.status().Why)
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// deliver takes a message from the wire: what other nodes send goes over the links, with their faults.
func (n *node) deliver(m wire.Message) {
	if slices.Contains(n.spec.IDs, m.Src) {
		n.host.carriers().add(m)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.tested() {
		n.give(m.Line)
		n.begin() // it was init
		return
	}
	n.giveOrHold(m.Line)
}

// tested reports whether a harness tests the node.
func (n *node) tested() bool { return n.spec.Harness != "" }

// arrived takes a message of another node from the links.
func (n *node) arrived(m wire.Message) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.tested() {
		n.giveOrHold(m.Line)
		return
	}
	n.give(m.Line)
}

// giveOrHold gives a message to the node if the node is ready for it.
func (n *node) giveOrHold(line []byte) {
	switch {
	case n.ready:
		n.give(line)
	case len(n.early) < maxEarly:
		n.early = append(n.early, slices.Clone(line))
	default:
		n.lost.Add(1)
	}
}

// begin gives to the node what has waited.
func (n *node) begin() {
	n.ready = true
	for _, line := range n.early {
		n.give(line)
	}
	n.early = nil
}

// maxEarly is the number of messages that wait for the node to be ready.
const maxEarly = 1000

// give puts a line into the input.
func (n *node) give(line []byte) {
	if !n.input.Add(line) {
		if n.lost.Add(1) == 1 {
			n.host.Note(n.spec.ID, fmt.Sprintf("does not read its input: %s wait for it, and from now on what does not fit is lost", wording.Bytes(maxWaiting)))
		}
		return
	}
	n.received.Add(1)
}

// watch feeds and reads the process until it ends.
func (n *node) watch() {
	defer close(n.gone)
	var feeding, reading sync.WaitGroup
	feeding.Go(n.feedInput)
	reading.Go(func() { readLines(n.process.Stdout, wire.MaxLine, n.line, n.tooLong) })
	reading.Go(func() { _, _ = io.Copy(io.MultiWriter(n.log, &n.tail), n.process.Stderr) }) // an error ends it like the end of the pipe

	err := n.process.Wait()
	n.process.KillGroup() // what it has started may hold its pipes
	for _, f := range []*os.File{n.process.Stdout, n.process.Stderr} {
		_ = f.SetReadDeadline(time.Now().Add(time.Second)) // pipes have deadlines; who has left the group may still hold them
	}
	reading.Wait()
	n.stop()
	n.input.Close()
	_ = n.process.Stdin.Close() // ends feed
	feeding.Wait()
	_ = n.process.Stdout.Close()
	_ = n.process.Stderr.Close()
	n.log.close()

	how := proc.Status(n.spec.Path, err) + n.host.place.Missed(n.spec.Args, n.tail.String())
	n.mu.Lock()
	n.why = "ended: " + how + n.lastWords()
	n.mu.Unlock()
	if !n.killed.Load() {
		n.host.Note(n.spec.ID, n.why)
		n.feed(Event{Kind: Broke, Line: []byte("ended during the run: " + how)})
	}
}

// lastWords returns the end of the log, as a part of a sentence.
func (n *node) lastWords() string {
	if words := n.tail.String(); words != "" {
		return "; the last that it wrote:\n" + words
	}
	return "; it wrote nothing"
}

// feedInput writes the input to the process.
func (n *node) feedInput() {
	for {
		batch, more := n.input.Take()
		if !more {
			return
		}
		if _, err := n.process.Stdin.Write(batch); err != nil {
			n.lost.Add(queue.Lines(batch))
			n.input.Close() // it does not read any more
		}
	}
}

// line handles a line that the node has written.
func (n *node) line(text []byte) {
	m, err := wire.Parse(text)
	switch {
	case n.tested() && (err != nil || m.Src != n.spec.ID || !slices.Contains(n.spec.IDs, m.Dest)):
		n.feed(Event{Kind: Line, Line: text})
	case err != nil:
		n.refuse("wrote a line to stdout that "+err.Error(), text)
	case m.Src != n.spec.ID:
		n.refuse("wrote a message in the name of "+m.Src, text)
	case m.Dest == self:
		n.answered(m)
	default:
		n.send(m)
	}
}

// send sends a message. The wire counts what it loses.
func (n *node) send(m wire.Message) {
	k := n.sent.Add(1)
	if !n.tested() {
		_ = n.host.Wire.Send(m)
		return
	}
	m.Key = fmt.Sprintf("%s-%d", n.spec.Harness, k)
	n.feed(Event{Kind: network.Sent, Key: m.Key, Src: m.Src, Dest: m.Dest, Line: m.Line})
	if n.host.Wire.Send(m) != nil {
		n.feed(Event{Kind: network.Dropped, Key: m.Key})
	}
}

func (n *node) tooLong(begin []byte, size int) {
	problem := fmt.Sprintf("wrote a line of %s to stdout: a message has %s at most", wording.Bytes(size), wording.Bytes(wire.MaxLine))
	n.feed(Event{Kind: Broke, Line: []byte(problem)})
	n.refuse(problem, begin)
}

// refuse counts a line that goes nowhere, and tells of the first ones.
func (n *node) refuse(problem string, text []byte) {
	const told = 10
	switch k := n.refused.Add(1); {
	case k <= told:
		n.host.Note(n.spec.ID, fmt.Sprintf("%s; it goes nowhere: %s", problem, wording.ClipCounted(text, 1<<8)))
	case k == told+1:
		n.host.Note(n.spec.ID, "writes more such lines; from now on they are only counted")
	}
}

// answered handles the answer to init.
func (n *node) answered(m wire.Message) {
	var message struct {
		Body struct {
			Type string `json:"type"`
			Code int    `json:"code"`
			Text string `json:"text"`
		} `json:"body"`
	}
	_ = json.Unmarshal(m.Line, &message) // it is known to be a message; a type that is not a string is none
	if b := message.Body; b.Type != "init_ok" {
		n.answer(fmt.Errorf("did not answer init with init_ok, but with %s", wording.ClipCounted(m.Line, 1<<8)))
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.begin()
	n.answer(nil)
}

// answer passes on the first answer.
func (n *node) answer(err error) {
	select {
	case n.answers <- err:
	default:
	}
}

func (n *node) kill() {
	n.killed.Store(true)
	n.process.KillGroup()
}

func (n *node) running() bool {
	select {
	case <-n.gone:
		return false
	default:
		return true
	}
}

func (n *node) status() Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := Status{
		ID: n.spec.ID, State: Up, Why: n.why, Since: n.since.UnixMilli(),
		Received: n.received.Load(), Sent: n.sent.Load(), Lost: n.lost.Load(), Refused: n.refused.Load(),
	}
	switch {
	case n.why != "" && n.killed.Load():
		s.State, s.Why = Killed, ""
	case n.why != "":
		s.State = Ended
	case !n.ready:
		s.State = Starting
	case n.paused.Load():
		s.State = Paused
	}
	if n.why == "" {
		s.PID = n.process.PID()
	}
	return s
}
