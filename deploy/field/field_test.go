package field

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"glomers/deploy/agent"
	"glomers/deploy/broker"
	"glomers/deploy/cluster"
	"glomers/deploy/internal/testnode"
	"glomers/deploy/wire"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/node"
)

func TestMain(m *testing.M) { testnode.Main(m) }

// A bench is a field with three agents.
type bench struct {
	*testing.T
	field  Field
	url    string
	agents []*agent.Agent
}

func newBench(t *testing.T) *bench {
	s, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: "secret"})
	require.NoError(t, err)
	t.Cleanup(s.Shutdown)
	b := &bench{T: t, url: s.ClientURL()}
	for i := range 3 {
		a, err := agent.Start(t.Context(), agent.Config{Conn: b.connect(), Cluster: "test", Name: fmt.Sprint("a", i), Dir: t.TempDir()})
		require.NoError(t, err)
		t.Cleanup(a.Close)
		b.agents = append(b.agents, a)
	}
	b.field = Field{Client: cluster.Client{Conn: b.connect(), Name: "test"}, Agents: 3, Note: func(agent.Note) {}}
	return b
}

func (b *bench) connect() *nats.Conn {
	conn, err := nats.Connect(b.url, append(wire.Options(), nats.Token("secret"))...)
	require.NoError(b, err)
	b.Cleanup(conn.Close)
	return conn
}

// test returns a test of a testnode that takes about a second.
func test(workload string, things ...string) harness.Test {
	path, args := testnode.Program(things...)
	return harness.Test{
		Workload: workload, Program: harness.Binary(path, args...), NodeCount: 4, Rate: 100, TimeLimit: time.Second, Recovery: time.Second,
		NemesisInterval: 200 * time.Millisecond, InitTimeout: time.Minute,
	}
}

// requireNothingLeft checks that no agent runs a node.
func (b *bench) requireNothingLeft() {
	hellos, err := agent.RollCall(context.Background(), b.connect(), "test", 300*time.Millisecond)
	require.NoError(b, err)
	for _, h := range hellos {
		for _, n := range h.Nodes {
			require.Zero(b, n.PID, "%s on %s", n.ID, h.Name)
		}
	}
}

// A program that repeats what is lost is valid, and all that passes is counted, and is in the journal.
func TestValid(t *testing.T) {
	b := newBench(t)
	tt := test("broadcast", "flooding")
	tt.Recovery = 0 // 10 s: it repeats things after a while
	tt.Nemesis = []string{"partition", "loss", "duplicate", "reorder"}
	kinds := make(map[string]int)
	tt.OnMessage = func(e network.Event) {
		if e.Src[0] == 'n' && e.Dest[0] == 'n' {
			kinds[e.Kind]++
		}
	}
	res, err := b.field.Run(t.Context(), tt)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Nemesis.Dropped)
	require.Positive(t, res.Nemesis.Duplicated)
	require.Positive(t, res.Nemesis.Cut)
	require.Equal(t, res.Net.Servers.Sent, kinds[network.Sent])
	require.Equal(t, res.Net.Servers.Received, kinds[network.Received])
	require.Equal(t, res.Nemesis.Dropped, kinds[network.Dropped])
	require.Greater(t, kinds[network.Received], kinds[network.Sent]/2)
	b.requireNothingLeft()
}

// One that does not is not.
func TestInvalid(t *testing.T) {
	b := newBench(t)
	tt := test("broadcast", "careless")
	res, err := b.field.Run(t.Context(), tt)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, "without faults: %v", res.Reasons)

	tt.Faults = nemesis.Kinds{{Name: "blackout", Make: func(o nemesis.Options) nemesis.Trouble {
		return nemesis.OnLinks("blackout", func(choice.Stream) ([]network.Link, network.Impairment, history.Effect) {
			return nemesis.AllLinks(o.Nodes), network.Impairment{Loss: 1}, history.Effect{Text: "all"}
		})
	}}}
	tt.Nemesis, tt.Store = []string{"blackout"}, t.TempDir()
	res, err = b.field.Run(t.Context(), tt)
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	require.FileExists(t, filepath.Join(res.Dir, "report.html"))
	log, err := os.ReadFile(filepath.Join(res.Dir, "nodes", "n0.log"))
	require.NoError(t, err)
	require.Equal(t, "it begins\n", string(log))
}

// Nodes are killed, started again, and stopped for a while. The latency of the test is added to the real one.
func TestNodeFaults(t *testing.T) {
	b := newBench(t)
	tt := test("broadcast", "flooding")
	tt.Workload, tt.Nemesis, tt.TimeLimit = "echo", []string{"kill", "pause"}, 2*time.Second
	path, args := testnode.Program()
	tt.Program = harness.Binary(path, args...)
	res, err := b.field.Run(t.Context(), tt)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Nemesis.InForce["kill"])
	require.Positive(t, res.Nemesis.InForce["pause"])

	tt = test("broadcast", "careless")
	tt.Latency = 200 * time.Millisecond
	var early int
	sent := make(map[int64]time.Duration)
	tt.OnMessage = func(e network.Event) {
		switch {
		case e.Src[0] != 'n' || e.Dest[0] != 'n':
		case e.Kind == network.Sent:
			sent[e.ID] = e.Time
		case e.Kind == network.Received && e.Time-sent[e.ID] < 100*time.Millisecond: // what the run hears of it may be late
			early++
		}
	}
	_, err = b.field.Run(t.Context(), tt)
	require.NoError(t, err)
	require.NotEmpty(t, sent)
	require.Less(t, early, len(sent)/10+1)
	b.requireNothingLeft()
}

// A node that breaks the protocol ends the run.
func TestBroken(t *testing.T) {
	b := newBench(t)
	for thing, says := range map[string]string{
		"ends":    "ended during the run: exit status 3",
		"hostile": "hello",
		"refuses": "not today",
	} {
		_, err := b.field.Run(t.Context(), test("echo", thing))
		require.ErrorContains(t, err, says)
		b.requireNothingLeft()
	}
	tt := test("echo")
	tt.Program = harness.Binary("/nothing/here")
	_, err := b.field.Run(t.Context(), tt)
	require.ErrorContains(t, err, "/nothing/here")
}

// The end of an agent ends the run, as does Ctrl-C.
func TestEnds(t *testing.T) {
	b := newBench(t)
	b.field.patience = 1
	tt := test("echo")
	tt.TimeLimit = time.Hour
	once := false
	tt.OnOp = func(history.Op) {
		if !once {
			once = true
			go b.agents[2].Close()
		}
	}
	_, err := b.field.Run(t.Context(), tt)
	require.ErrorContains(t, err, "agent a2 has not answered for 2 s: its nodes are lost")
	b.requireNothingLeft()

	b.field.Agents = 2
	ctx, cancel := context.WithCancel(t.Context())
	tt.OnOp = func(history.Op) { cancel() }
	_, err = b.field.Run(ctx, tt)
	require.ErrorIs(t, err, context.Canceled)
	b.requireNothingLeft()
}

// What cannot be tested in a field is refused.
func TestRefused(t *testing.T) {
	b := newBench(t)
	tt := test("echo")
	tt.Env = []string{"HOME"}
	_, err := b.field.Run(t.Context(), tt)
	require.ErrorContains(t, err, "field: the environment of nodes is that of their agents")
	tt = test("echo")
	tt.Program = harness.InProcess(func(*node.Node) {})
	_, err = b.field.Run(t.Context(), tt)
	require.EqualError(t, err, `field: the program is "in-process": want an executable`)
	_, err = b.field.Run(t.Context(), harness.Test{})
	require.EqualError(t, err, `field: the program is "": want an executable`)
	tt = test("echo")
	tt.Nemesis = []string{"skew"}
	_, err = b.field.Run(t.Context(), tt)
	require.ErrorContains(t, err, "the clock of a process cannot be set")
	tt = test("echo")
	tt.Virtual = true
	_, err = b.field.Run(t.Context(), tt)
	require.ErrorContains(t, err, "Virtual, Faithful and Settle are for the simulated network")
}
