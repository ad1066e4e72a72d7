package wire

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"glomers/deploy/internal/queue"
)

// TCP returns a wire of connections, on which each message is a line. Nodes listen at their addresses, and dial each other: a connection for each pair and
// direction. Whoever has no address, as a client, gets what is sent to it over the connection over which its last message came.
//
// The messages from one party to another that do arrive keep their order, but for those that were under way when a connection broke. What was in a broken
// connection is lost: TCP cannot say whether it arrived, and a message that is sent twice could arrive twice.
func TCP(peers Peers) Wire {
	return &tcpWire{peers: peers, handlers: make(map[string]func(Message)), dialled: make(map[string]*queue.Queue), routes: make(map[string]*queue.Queue), open: make(map[net.Conn]bool)}
}

// The waits between two attempts to connect double, from the first to the last.
const (
	firstRetry = 20 * time.Millisecond
	lastRetry  = time.Second
)

// maxOutbox is the number of bytes that wait for a party, at most.
const maxOutbox = 8 << 20

// patience is how long a connection may take to be made, or to take what is written.
const patience = 5 * time.Second

type tcpWire struct {
	peers Peers
	lost  atomic.Int64
	busy  sync.WaitGroup // counts all goroutines

	mu        sync.Mutex
	handlers  map[string]func(Message) // by party
	dialled   map[string]*queue.Queue  // by the party that listens
	routes    map[string]*queue.Queue  // the connections of those who do not listen
	open      map[net.Conn]bool
	listeners []net.Listener
	closed    bool
}

func (w *tcpWire) Lost() int64 { return w.lost.Load() }

func (w *tcpWire) Receive(party string, handle func(Message)) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.handlers[party] != nil {
		return nil, fmt.Errorf("wire: %s receives already", party)
	}
	stop := func() {}
	if address, ok := w.peers.Addresses[party]; ok {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("wire: receive as %s: %w", party, err)
		}
		w.listeners = append(w.listeners, l)
		w.busy.Go(func() { w.accept(l) })
		stop = func() { _ = l.Close() } // what was accepted stays open: messages to the party are dropped
	}
	var one sync.Mutex // a party gets one message at a time, though it has many connections
	w.handlers[party] = func(m Message) {
		one.Lock()
		defer one.Unlock()
		handle(m)
	}
	return func() {
		stop()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.handlers, party)
	}, nil
}

func (w *tcpWire) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(firstRetry) // too many open files, for example
			continue
		}
		out := queue.New(maxOutbox)
		if w.keep(c) {
			w.busy.Go(func() { w.write(c, out) })
			w.busy.Go(func() {
				w.read(c, out)
				out.Close()
			})
		}
	}
}

// keep registers a connection, so that Close closes it. It returns false, and closes the connection, if the wire is closed.
func (w *tcpWire) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_ = c.Close()
		return false
	}
	w.open[c] = true
	return true
}

func (w *tcpWire) forget(c net.Conn) {
	_ = c.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, c)
}

// read hands over the messages that come over a connection until it breaks. out is the way back.
func (w *tcpWire) read(c net.Conn, out *queue.Queue) {
	defer w.forget(c)
	in := bufio.NewScanner(c)
	in.Buffer(make([]byte, 0, 64<<10), MaxLine+1)
	routed := make(map[string]bool)
	for in.Scan() {
		m, err := Parse(in.Bytes())
		if err != nil {
			break // whoever is at the other end, it is no wire
		}
		w.mu.Lock()
		if _, listens := w.peers.Addresses[m.Src]; !listens {
			w.routes[m.Src], routed[m.Src] = out, true
		}
		handle := w.handlers[m.Dest]
		w.mu.Unlock()
		if handle == nil {
			w.lost.Add(1)
			continue
		}
		handle(m)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for src := range routed {
		if w.routes[src] == out {
			delete(w.routes, src)
		}
	}
}

// write writes what is put into out until the connection breaks, or out is closed.
func (w *tcpWire) write(c net.Conn, out *queue.Queue) {
	defer w.forget(c)
	for {
		batch, more := out.Take()
		if !more {
			return
		}
		_ = c.SetWriteDeadline(time.Now().Add(patience)) // connections have deadlines
		if n, err := c.Write(batch); err != nil {
			w.lost.Add(queue.Lines(batch[n:]))
			return
		}
	}
}

func (w *tcpWire) Send(m Message) error {
	out, err := w.outboxOf(m.Dest)
	if err == nil && !out.Add(m.Line) {
		err = errors.New("what waits for it fills the queue")
	}
	if err != nil {
		w.lost.Add(1)
		return fmt.Errorf("wire: a message from %s to %s is lost: %w", m.Src, m.Dest, err)
	}
	return nil
}

// outboxOf returns the way to a party.
func (w *tcpWire) outboxOf(party string) (*queue.Queue, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, net.ErrClosed
	}
	address, listens := w.peers.Addresses[party]
	if !listens {
		if out := w.routes[party]; out != nil {
			return out, nil
		}
		return nil, errors.New("it has no address, and no connection is open over which it has sent anything")
	}
	out := w.dialled[party]
	if out == nil {
		out = queue.New(maxOutbox)
		w.dialled[party] = out
		w.busy.Go(func() { w.dial(address, out) })
	}
	return out, nil
}

// dial connects to an address, again and again, as long as there is anything to send to it.
func (w *tcpWire) dial(address string, out *queue.Queue) {
	wait := firstRetry
	for out.Await() {
		c, err := (&net.Dialer{Timeout: patience}).DialContext(out.Open, "tcp", address)
		if err != nil {
			if out.Pause(wait) {
				wait = min(2*wait, lastRetry)
			}
			continue
		}
		wait = firstRetry
		if !w.keep(c) {
			return
		}
		broken := make(chan struct{})
		go func() {
			w.read(c, out)
			out.Interrupt() // write need not lose a message to find out
			close(broken)
		}()
		w.write(c, out)
		<-broken
		out.Resume()
	}
}

func (w *tcpWire) Close() {
	w.mu.Lock()
	w.closed = true
	for _, l := range w.listeners {
		_ = l.Close()
	}
	for _, out := range w.dialled {
		out.Close()
	}
	for _, out := range w.routes {
		out.Close()
	}
	// Those who write have what was queued, and a moment for it. Those who read wait for others.
	for c := range w.open {
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	}
	w.mu.Unlock()
	w.busy.Wait()
}
