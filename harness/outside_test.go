package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/network"
)

// A copper is a Network of this process: a Program whose nodes answer echo when another node has heard of it.
type copper struct {
	watch     *Watch
	nodes     []string
	processes map[string]*copperNode

	mu       sync.Mutex
	messages int
	faults   []string

	loses  bool  // every message between nodes
	breaks error // of Begin, Impair and Mend
	silent error // it fails when it should settle
}

type copperNode struct {
	*copper
	port *Port
	mu   sync.Mutex // Port.Line is for one caller at a time
}

func (c *copper) Begin(w *Watch, on Conditions) error {
	c.watch, c.nodes, c.processes = w, on.Nodes, make(map[string]*copperNode)
	return c.breaks
}

func (c *copper) Impair(owner string, links []network.Link, im network.Impairment) error {
	c.faults = append(c.faults, fmt.Sprint("impair ", owner, " ", len(links) > 0, " ", im.Cut))
	return c.breaks
}

func (c *copper) Mend(owner string) error {
	c.faults = append(c.faults, "mend "+owner)
	return c.breaks
}

func (c *copper) Settle() {
	if c.silent != nil {
		c.watch.Failed(c.silent)
		return
	}
	c.watch.Settled()
}

func (c *copper) Describe() ProgramInfo { return ProgramInfo{Kind: "copper"} }

func (c *copper) Start(p *Port) (Process, error) {
	n := &copperNode{copper: c, port: p}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes[p.ID()] = n
	return n, nil
}

func (n *copperNode) Deliver(line []byte) int {
	var m struct {
		Src  string
		Body map[string]any
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	go n.handle(m.Src, m.Body)
	return 0
}

func (n *copperNode) handle(client string, body map[string]any) {
	body["in_reply_to"] = body["msg_id"]
	body["type"] = fmt.Sprint(body["type"], "_ok")
	if body["type"] == "init_ok" {
		n.answer(client, body)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	other := n.nodes[(slices.Index(n.nodes, n.port.ID())+1)%len(n.nodes)]
	n.copper.mu.Lock()
	n.messages++
	number := n.messages
	n.copper.mu.Unlock()
	key := fmt.Sprint("m", number)
	sent := Passage{Key: key, Kind: network.Sent, Message: network.Message{Src: n.port.ID(), Dest: other, Body: json.RawMessage(`{"type":"heard"}`)}}
	switch {
	case n.loses:
		n.watch.Passed(sent)
		n.watch.Passed(Passage{Key: key, Kind: network.Dropped})
		return
	case number%2 == 0: // the receiver's machine is quicker to tell, and the message is doubled
		n.watch.Passed(Passage{Key: key, Kind: network.Received, Copied: true})
		n.watch.Passed(sent)
		n.watch.Passed(Passage{Key: key, Kind: network.Received})
	default:
		n.watch.Passed(sent)
		n.watch.Passed(Passage{Key: key, Kind: network.Received})
	}
	text, _ := json.Marshal(map[string]any{"src": n.port.ID(), "dest": client, "body": body})
	n.port.Line(text)
}

func (n *copperNode) answer(client string, body map[string]any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	text, _ := json.Marshal(map[string]any{"src": n.port.ID(), "dest": client, "body": body})
	n.port.Line(text)
}

func (n *copperNode) Pause() error  { return nil }
func (n *copperNode) Resume() error { return nil }
func (n *copperNode) Kill()         {}
func (n *copperNode) Wait()         {}

// What passes outside is counted, and is in the journal, as if it had passed here.
func TestOutside(t *testing.T) {
	t.Parallel()
	c := &copper{}
	test := quick("echo", c)
	test.Network, test.Nemesis, test.NemesisInterval = c, []string{"partition"}, 200*time.Millisecond
	fates := make(map[int64][]string)
	test.OnMessage = func(e network.Event) {
		if string(e.Body) == `{"type":"heard"}` {
			fates[e.ID] = append(fates[e.ID], e.Kind)
		}
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	c.mu.Lock()
	defer c.mu.Unlock()
	require.Positive(t, c.messages)
	require.Equal(t, c.messages, res.Net.Servers.Sent)
	require.Equal(t, c.messages+c.messages/2, res.Net.Servers.Received)
	require.Equal(t, c.messages/2, res.Nemesis.Duplicated)
	require.Len(t, fates, c.messages)
	for _, kinds := range fates {
		require.Contains(t, [][]string{{network.Sent, network.Received}, {network.Sent, network.Received, network.Received}}, kinds)
	}
	require.Positive(t, res.Nemesis.Cut)
	require.Contains(t, c.faults, "impair partition true true")
	require.Contains(t, c.faults, "mend partition")
}

// An echo that waits for what is lost is never answered.
func TestOutsideLoses(t *testing.T) {
	t.Parallel()
	c := &copper{loses: true}
	test := quick("echo", c)
	test.Network, test.Availability, test.limits.call = c, "total", 100*time.Millisecond
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	c.mu.Lock()
	defer c.mu.Unlock()
	require.Equal(t, c.messages, res.Nemesis.Dropped)
	require.Zero(t, res.Net.Servers.Received)
}

func TestOutsideBreaks(t *testing.T) {
	t.Parallel()
	c := &copper{breaks: errors.New("the cable is cut")}
	test := quick("echo", c)
	test.Network = c
	_, err := Run(t.Context(), test)
	require.EqualError(t, err, "harness: network: the cable is cut")

	c = &copper{silent: errors.New("nobody answers")}
	test = quick("echo", c)
	test.Network = c
	_, err = Run(t.Context(), test)
	require.EqualError(t, err, "harness: network: nobody answers")

	test.Faithful = true
	_, err = Run(t.Context(), test)
	require.EqualError(t, err, "harness: Virtual, Faithful and Settle are for the simulated network: a real one has a time and an order of its own")
}

// A message of which nothing more is heard is gone after a minute, and what is said of messages that nobody has sent is forgotten.
func TestOutsideForgets(t *testing.T) {
	t.Parallel()
	var events []string
	r := &run{scheduler: newScheduler(Test{}, func(e network.Event) error {
		events = append(events, fmt.Sprint(e.Kind, " ", e.ID))
		return nil
	})}
	r.passages.underWay = make(map[string]*passage)
	r.net.Add("n1", network.Node)
	m := network.Message{Src: "n1", Dest: "n1"}
	r.observe(0, Passage{Key: "a", Kind: network.Sent, Message: m})
	r.observe(0, Passage{Key: "b", Kind: network.Sent, Message: m})
	r.observe(0, Passage{Key: "c", Kind: network.Received})
	r.observe(time.Minute, Passage{Key: "d", Kind: network.Sent, Message: m})
	r.observe(time.Minute, Passage{Key: "b", Kind: network.Received})
	r.scheduler.last = time.Minute
	r.forgetLost()
	require.Equal(t, []string{"send 0", "send 1", "send 2", "recv 1", "gone 0"}, events)
	require.Len(t, r.passages.underWay, 1)
	require.NoError(t, r.err)

	r.observe(time.Minute, Passage{Key: "d", Kind: network.Sent, Message: m})
	require.EqualError(t, r.err, `harness: network: two messages have the key "d"`)
	r.err = nil
	r.observe(time.Minute, Passage{Key: "e", Kind: network.Sent, Message: network.Message{Src: "n1", Dest: "n2"}})
	require.ErrorContains(t, r.err, `harness: network: network: n1 sent to "n2", which does not exist`)
}
