package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"glomers/deploy/agent"
	"glomers/deploy/broker"
	"glomers/deploy/host"
	"glomers/deploy/internal/testnode"
	"glomers/deploy/wire"
)

func TestMain(m *testing.M) { testnode.Main(m) }

// A bench is a broker, with clusters on it.
type bench struct {
	*testing.T
	broker *server.Server
	notes  chan agent.Note
}

func newBench(t *testing.T) *bench {
	s, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: "secret"})
	require.NoError(t, err)
	t.Cleanup(s.Shutdown)
	return &bench{t, s, make(chan agent.Note, 1000)}
}

func (b *bench) connect() *nats.Conn {
	conn, err := nats.Connect(b.broker.ClientURL(), append(wire.Options(), nats.Token("secret"))...)
	require.NoError(b, err)
	b.Cleanup(conn.Close)
	return conn
}

func (b *bench) client() Client { return Client{b.connect(), "test"} }

// agent starts an agent, which ends with the test.
func (b *bench) agent(name string) *agent.Agent {
	a, err := agent.Start(b.Context(), agent.Config{Conn: b.connect(), Cluster: "test", Name: name, Dir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(a.Close)
	return a
}

func (b *bench) plan(things ...string) Plan {
	path, args := testnode.Program(things...)
	return Plan{IDs: []string{"n0", "n1", "n2"}, Path: path, Args: args, Note: func(n agent.Note) { b.notes <- n }}
}

func (b *bench) up(p Plan) *Cluster {
	c, err := Up(b.Context(), b.client(), p)
	require.NoError(b, err)
	b.Cleanup(func() { _ = c.Close() }) // it may be closed
	return c
}

func (b *bench) call(c Client, dest, body string) string {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	answer, err := c.Call(ctx, dest, json.RawMessage(body))
	require.NoError(b, err)
	return string(answer)
}

// pids returns the ids of the nodes' processes.
func pids(s Status) (all []int) {
	for _, a := range s.Agents {
		for _, n := range a.Nodes {
			if n.PID != 0 {
				all = append(all, n.PID)
			}
		}
	}
	return all
}

// Nodes are placed over agents, talk to each other, survive a restart, and are gone after the end.
func TestCluster(t *testing.T) {
	b := newBench(t)
	b.agent("host1")
	b.agent("host2")
	c := b.up(b.plan())
	client := b.client()
	status, err := client.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"n0": "host1", "n1": "host2", "n2": "host1"}, status.Placed)
	require.Len(t, pids(status), 3)
	require.Contains(t, status.Program, "node")

	require.Contains(t, b.call(client, "n0", `{"type":"relay","to":"n1","echo":"over there"}`), `"echo":"over there"`)
	require.Contains(t, b.call(client, "n2", `{"type":"starts"}`), `"starts":1`)
	require.NoError(t, client.Restart(t.Context(), "n2"))
	require.Contains(t, b.call(client, "n2", `{"type":"starts"}`), `"starts":2`)
	require.EqualError(t, client.Restart(t.Context(), "n9"), "cluster test: there is no node n9: want one of n0, n1, n2")

	_, err = Up(t.Context(), b.client(), b.plan())
	require.EqualError(t, err, "cluster test: "+errTaken.Error())

	require.NoError(t, client.Down(t.Context()))
	<-c.AskedDown()
	status, err = client.Status(t.Context())
	require.NoError(t, err)
	require.Empty(t, pids(status))
	require.NoError(t, c.Close())
	_, err = client.Status(t.Context())
	require.ErrorIs(t, err, ErrNotUp)
	require.Empty(t, b.notes)
}

// Of several coordinators that claim a name at the same time, one gets it.
func TestClaims(t *testing.T) {
	b := newBench(t)
	b.agent("host1")
	for range 5 {
		var claiming sync.WaitGroup
		results := make(chan error, 4)
		clients := []Client{b.client(), b.client(), b.client(), b.client()}
		var mu sync.Mutex
		var won []*claim
		for _, client := range clients {
			claiming.Go(func() {
				c, err := newClaim(t.Context(), client)
				if err == nil {
					mu.Lock()
					won = append(won, c)
					mu.Unlock()
				}
				results <- err
			})
		}
		claiming.Wait()
		close(results)
		for err := range results {
			if err != nil {
				require.ErrorIs(t, err, errTaken)
			}
		}
		require.Len(t, won, 1)
		won[0].stop()
		require.NoError(t, won[0].conn.Flush())
	}
}

// If a node cannot be started, none is left.
func TestUpFailsAsAWhole(t *testing.T) {
	b := newBench(t)
	b.agent("host1")
	plan := b.plan("refuses")
	_, err := Up(t.Context(), b.client(), plan)
	require.ErrorContains(t, err, "agent host1: host: node n1: did not answer init with init_ok")
	hellos, err := agent.RollCall(t.Context(), b.connect(), "test", patience)
	require.NoError(t, err)
	require.Empty(t, pids(Status{Agents: hellos}))
	b.up(b.plan())
}

// A coordinator waits for its agents.
func TestWaitsForAgents(t *testing.T) {
	b := newBench(t)
	plan := b.plan()
	plan.Agents = 2
	var told []int
	plan.Waiting = func(agents []agent.Hello) {
		told = append(told, len(agents))
		b.agent([]string{"host1", "host2"}[len(agents)])
	}
	b.up(plan)
	require.Equal(t, []int{0, 1}, told)

	_, err := agent.Start(t.Context(), agent.Config{Conn: b.connect(), Cluster: "test", Name: "host1", Dir: t.TempDir()})
	require.EqualError(t, err, "agent: the cluster test has an agent host1 already: want another name")
	_, err = agent.Start(t.Context(), agent.Config{Conn: b.connect(), Cluster: "test", Name: "a.b", Dir: t.TempDir()})
	require.ErrorContains(t, err, `agent: name "a.b": want a name of letters`)
}

// An agent that ends takes its nodes along, and the rest goes on. A new one of its name gets them again.
func TestAgentEnds(t *testing.T) {
	b := newBench(t)
	b.agent("host1")
	second := b.agent("host2")
	b.up(b.plan())
	client := b.client()
	second.Close()
	status, err := client.Status(t.Context())
	require.NoError(t, err)
	require.Len(t, status.Agents, 1)
	require.Len(t, pids(status), 2)
	require.Contains(t, b.call(client, "n0", `{"type":"relay","to":"n2","echo":"still here"}`), "still here")
	require.EqualError(t, client.Restart(t.Context(), "n1"), "cluster test: agent host2: it is not there")
	b.agent("host2")
	require.NoError(t, client.Restart(t.Context(), "n1"))
	require.Contains(t, b.call(client, "n0", `{"type":"relay","to":"n1","echo":"back"}`), "back")
}

// An agent that does not have the program fetches it.
func TestProgramsTravel(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	a, err := agent.Start(t.Context(), agent.Config{Conn: b.connect(), Cluster: "test", Name: "host1", Dir: dir})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	plan := b.plan()
	hash, err := agent.HashFile(plan.Path)
	require.NoError(t, err)
	stop, err := agent.ServeFile(b.connect(), "test", plan.Path, hash)
	require.NoError(t, err)
	defer stop()
	remote := agent.NewRemote(b.connect(), "test", "host1")
	spec := func(id string) host.Spec {
		return host.Spec{ID: id, IDs: plan.IDs, Path: "/on/the/other/machine", Args: plan.Args}
	}
	require.NoError(t, remote.Start(t.Context(), spec("n0"), hash))
	got, err := agent.HashFile(filepath.Join(dir, "programs", hash))
	require.NoError(t, err)
	require.Equal(t, hash, got)
	require.NoError(t, remote.Start(t.Context(), spec("n1"), hash), "it has it now")
	files, err := os.ReadDir(filepath.Join(dir, "programs"))
	require.NoError(t, err)
	require.Len(t, files, 1)

	err = remote.Start(t.Context(), spec("n2"), strings.Repeat("0", 64))
	require.ErrorContains(t, err, "agent host1: the program machine of the hash 000")
	require.ErrorContains(t, err, nats.ErrNoResponders.Error())
	require.EqualError(t, remote.Start(t.Context(), spec("n2"), "../n1"), `agent host1: "../n1" is not the hash of a program`)
}

// A node that ends is told to the operator.
func TestNotes(t *testing.T) {
	b := newBench(t)
	b.agent("host1")
	b.up(b.plan("ends"))
	n := <-b.notes
	require.Equal(t, "host1", n.Agent)
	require.Contains(t, n.Text, "exit status 3")
}

// Programs of different versions do not work together.
func TestVersions(t *testing.T) {
	b := newBench(t)
	conn := b.connect()
	_, err := conn.Subscribe(wire.Subject("test", "agents"), func(m *nats.Msg) { _ = m.Respond([]byte(`{"name":"old","protocol":0}`)) })
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	_, err = Up(t.Context(), b.client(), b.plan())
	require.EqualError(t, err, fmt.Sprintf("cluster: agent old speaks version 0 of the protocol of agents, and this program version %d: use the same glomers-deploy on all machines", agent.Protocol))
}

// Requests that make no sense get a clear error.
func TestCallErrors(t *testing.T) {
	b := newBench(t)
	client := b.client()
	for _, body := range []string{"", "7", "{}", `{"type":7}`, "null"} {
		_, err := client.Call(t.Context(), "n0", json.RawMessage(body))
		require.ErrorContains(t, err, "is not a JSON object with a type", body)
	}
	_, err := client.Call(t.Context(), "n 0", json.RawMessage(`{"type":"x"}`))
	require.ErrorContains(t, err, `the request has the address "n 0": want a name`)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, errors.New("too slow"))
	defer cancel()
	_, err = client.Call(ctx, "n0", json.RawMessage(`{"type":"x"}`))
	require.EqualError(t, err, "n0 has not answered: too slow")
	_, err = client.Status(t.Context())
	require.EqualError(t, err, "cluster test: it is not up")
}

// The broker lets nobody in without the token, and says what is wrong with an address.
func TestBroker(t *testing.T) {
	b := newBench(t)
	_, err := nats.Connect(b.broker.ClientURL())
	require.ErrorIs(t, err, nats.ErrAuthorization)
	for address, says := range map[string]string{
		"":                                      "want HOST:PORT",
		"localhost":                             "want HOST:PORT",
		":4222":                                 "want HOST:PORT",
		"127.0.0.1:99999":                       "want HOST:PORT",
		b.broker.Addr().(*net.TCPAddr).String(): "address already in use",
	} {
		_, err := broker.Start(broker.Config{Listen: address, Token: "x"})
		require.ErrorContains(t, err, says, address)
	}
	_, err = broker.Start(broker.Config{Listen: "127.0.0.1:0"})
	require.ErrorContains(t, err, "no token")
}
