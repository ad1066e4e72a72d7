package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/deploy/broker"
	"glomers/deploy/cluster"
	"glomers/deploy/internal/testnode"
)

// TestMain runs the tests, a node, or, if the first argument is "cli", the command line.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "cli" {
		os.Exit(run(context.Background(), os.Args[2:], os.Stdout, os.Stderr))
	}
	testnode.Main(m)
}

// A screen is what a command writes.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) await(t *testing.T, pattern string) {
	t.Helper()
	expr := regexp.MustCompile(pattern)
	require.Eventually(t, func() bool { return expr.MatchString(s.String()) }, time.Minute, time.Millisecond, "%s", s)
}

// A job is a command that goes on.
type job struct {
	screen
	stop   context.CancelFunc
	status chan int
}

// begin starts a command, which ends with the test.
func begin(t *testing.T, args ...string) *job {
	ctx, cancel := context.WithCancel(t.Context())
	j := &job{stop: cancel, status: make(chan int, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		j.status <- run(ctx, args, &j.screen, &j.screen)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return j
}

// command carries out a command, and returns its exit status and what it writes.
func command(t *testing.T, args ...string) (int, string) {
	var out screen
	return run(t.Context(), args, &out, &out), out.String()
}

// good carries out a command that must succeed.
func good(t *testing.T, args ...string) string {
	t.Helper()
	status, out := command(t, args...)
	require.Equal(t, statusFine, status, out)
	return out
}

// up returns the words of up for a test's node.
func up(dir string, flags []string, things ...string) []string {
	path, args := testnode.Program(things...)
	return append(append([]string{"up", "--dir", dir, "--bin", path}, flags...), append([]string{"--"}, args...)...)
}

// A cluster comes up, can be talked to, and goes down, with nothing left but what nodes keep.
func TestUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deployed")
	j := begin(t, up(dir, []string{"--nodes", "2"})...)
	j.await(t, `2 nodes of .* on this machine: n0 n1\n`)
	info, err := os.Stat(filepath.Join(dir, stateFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	tail := begin(t, "tail", "--dir", dir, "--node", "n1")
	require.Eventually(t, func() bool {
		require.Equal(t, `{"type":"relay_ok","in_reply_to":1,"echo":"hello"}`+"\n", good(t, "call", "--dir", dir, "n0", `{"type":"relay","to":"n1","echo":"hello"}`))
		return strings.Contains(tail.String(), `{"src":"n0","dest":"n1","body":{"type":"echo"`)
	}, time.Minute, time.Millisecond)
	require.NotContains(t, tail.String(), "relay")

	require.Equal(t, `{"type":"starts_ok","in_reply_to":1,"starts":1}`+"\n", good(t, "call", "--dir", dir, "n1", `{"type":"starts"}`))
	good(t, "restart", "--dir", dir, "n1")
	require.Contains(t, good(t, "call", "--dir", dir, "n1", `{"type":"starts"}`), `"starts":2`)
	tail.await(t, `n1 \| it begins\n`)
	tail.stop()
	require.Equal(t, statusFine, <-tail.status)

	require.Regexp(t, `(?m)^NODE +AGENT +STATE .*\nn0 +here +up +\d+ .*\nn1 +here +up +\d+ `, good(t, "status", "--dir", dir))
	var s cluster.Status
	require.NoError(t, json.Unmarshal([]byte(good(t, "status", "--dir", dir, "--json")), &s))
	require.Len(t, s.Agents[0].Nodes, 2)

	status, out := command(t, "call", "--dir", dir, "n0", `{"type":"nonsense"}`)
	require.Equal(t, statusError, status)
	require.Contains(t, out, `"code":10`)
	for _, c := range []struct {
		says string
		args []string
	}{
		{"there is no node n9: want one of n0, n1", []string{"call", "n9", `{"type":"echo"}`}},
		{`the body "nonsense" is not a JSON object with a type`, []string{"call", "n0", "nonsense"}},
		{"there is no node n9", []string{"restart", "n9"}},
		{"cluster other: it is not up", []string{"status", "--name", "other"}},
		{`--name "a b": want a name of letters`, []string{"status", "--name", "a b"}},
		{"another glomers-deploy uses the directory", []string{"up", "--bin", os.Args[0]}},
		{"--logs and --messages exclude each other", []string{"tail", "--logs", "--messages"}},
	} {
		status, out := command(t, append(c.args, "--dir", dir)...)
		require.Equal(t, statusBroken, status)
		require.Contains(t, out, c.says)
	}

	good(t, "down", "--dir", dir)
	require.Equal(t, statusFine, <-j.status)
	status, out = command(t, "status", "--dir", dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, out, "no cluster is up in "+dir)

	j = begin(t, up(dir, nil)...)
	j.await(t, "3 nodes of")
	require.Contains(t, good(t, "call", "--dir", dir, "n1", `{"type":"starts"}`), `"starts":3`, "it has found its directory again")
	j.stop()
	require.Equal(t, statusFine, <-j.status)
}

// Nodes go to the agents of another server.
func TestAgents(t *testing.T) {
	s, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: "secret"})
	require.NoError(t, err)
	defer s.Shutdown()
	dir, url := t.TempDir(), strings.Replace(s.ClientURL(), "nats://", "nats://secret@", 1)
	j := begin(t, up(filepath.Join(dir, "up"), []string{"--nats", url, "--agents", "2"})...)
	j.await(t, "0 of 2 agents are there")
	for _, name := range []string{"host1", "host2"} {
		a := begin(t, "agent", "--nats", url, "--as", name, "--dir", dir)
		a.await(t, "agent "+name+" of the cluster glomers at nats://")
		require.NotContains(t, a.String(), "secret")
	}
	j.await(t, "3 nodes of .* on the agents of nats://")
	require.NotContains(t, j.String(), "secret")
	require.Regexp(t, `n0 +host1 .*\nn1 +host2 .*\nn2 +host1 `, good(t, "status", "--nats", url))
	require.Contains(t, good(t, "call", "--nats", url, "n2", `{"type":"relay","to":"n1","echo":"far"}`), "far")
	require.DirExists(t, filepath.Join(dir, "host2", "data", "n1"))
	good(t, "down", "--nats", url)
	require.Equal(t, statusFine, <-j.status)
}

// The same over TCP alone, in two processes.
func TestTCP(t *testing.T) {
	dir := t.TempDir()
	var text strings.Builder
	for _, id := range []string{"n1", "n2"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		fmt.Fprintln(&text, id, l.Addr())
		require.NoError(t, l.Close())
	}
	peers := filepath.Join(dir, "peers.txt")
	require.NoError(t, os.WriteFile(peers, []byte(text.String()), 0o644))
	for _, id := range []string{"n1", "n2"} {
		j := begin(t, up(filepath.Join(dir, id), []string{"--tcp", peers, "--only", id})...)
		j.await(t, "1 node of .*, over TCP: "+id)
	}
	require.Contains(t, good(t, "call", "--tcp", peers, "n1", `{"type":"relay","to":"n2","echo":"by wire"}`), `"echo":"by wire"`)

	for _, c := range []struct {
		says string
		args []string
	}{
		{"peers.txt has no node n9: want one of n1, n2", []string{"call", "--tcp", peers, "n9", `{"type":"echo"}`}},
		{"--only n9: ", up(filepath.Join(dir, "x"), []string{"--tcp", peers, "--only", "n9"})},
		{"--nats and --tcp exclude each other", up(filepath.Join(dir, "x"), []string{"--tcp", peers, "--nats", "nats://127.0.0.1:1"})},
		{"address already in use", up(filepath.Join(dir, "x"), []string{"--tcp", peers, "--only", "n1"})},
		{"--tcp: open ", []string{"call", "--tcp", filepath.Join(dir, "none"), "n1", "{}"}},
	} {
		status, out := command(t, c.args...)
		require.Equal(t, statusBroken, status)
		require.Contains(t, out, c.says)
	}
}

// Flags that make no sense, and servers that are not there, get a clear error.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		says string
		args []string
	}{
		{"no node given: want --bin", []string{"up"}},
		{"--nodes 0: want 1 to 1000", []string{"up", "--bin", os.Args[0], "--nodes", "0"}},
		{"--agents 2: want 1 or more, and more than one only with --nats", []string{"up", "--bin", os.Args[0], "--agents", "2"}},
		{`broker: address "4222": want HOST:PORT`, []string{"up", "--bin", os.Args[0], "--listen", "4222"}},
		{"--bin: stat ", []string{"up", "--bin", filepath.Join(dir, "none")}},
		{"NATS server nats://127.0.0.1:1: ", []string{"up", "--bin", os.Args[0], "--nats", "nats://secret@127.0.0.1:1"}},
		{"agent: want --nats", []string{"agent"}},
		{`--as "a.b": want a name`, []string{"agent", "--as", "a.b", "--nats", "nats://127.0.0.1:1"}},
		{"--tls-cert and --tls-key: want both or neither", []string{"status", "--tls-key", "x", "--nats", "nats://127.0.0.1:1"}},
		{`unknown command "nonsense"`, []string{"nonsense"}},
		{"accepts 2 arg(s)", []string{"call", "n0"}},
	} {
		status, out := command(t, append(c.args, "--dir", filepath.Join(dir, "deployed"))...)
		require.Equal(t, statusBroken, status)
		require.Contains(t, out, c.says)
		require.NotContains(t, out, "secret")
	}
}

// What a node writes reaches a terminal escaped.
func TestEscapes(t *testing.T) {
	dir := t.TempDir()
	j := begin(t, up(dir, []string{"--nodes", "2"}, "hostile")...)
	j.await(t, "2 nodes of")
	j.await(t, `n1 on here: wrote a message in the name of n9; it goes nowhere`)
	j.await(t, `hello`)
	require.NotContains(t, j.String(), "\x1b")
	require.Regexp(t, `n1 .* 4\n`, good(t, "status", "--dir", dir))
}

func TestDemo(t *testing.T) {
	out := good(t, "demo")
	require.Contains(t, out, `"msgs":{"k":[[0,10],`)
	require.Equal(t, 2, strings.Count(out, `"type":"poll_ok"`))
}

// When up is killed, its nodes and its server end with it, and the next one finds what the nodes have kept.
func TestKilledUp(t *testing.T) {
	dir := t.TempDir()
	var out screen
	cmd := exec.Command(os.Args[0], append([]string{"cli"}, up(dir, nil)...)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	out.await(t, "3 nodes of")
	var s cluster.Status
	require.NoError(t, json.Unmarshal([]byte(good(t, "status", "--dir", dir, "--json")), &s))
	require.Len(t, s.Agents[0].Nodes, 3)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	for _, n := range s.Agents[0].Nodes {
		require.Eventually(t, func() bool { return exec.Command("kill", "-0", strconv.Itoa(n.PID)).Run() != nil }, time.Minute, time.Millisecond)
	}
	status, text := command(t, "call", "--dir", dir, "n0", `{"type":"starts"}`)
	require.Equal(t, statusBroken, status)
	require.Contains(t, text, "the cluster in "+dir+" does not answer; if its up was killed, start it again: NATS server nats://")
	j := begin(t, up(dir, nil)...)
	j.await(t, "3 nodes of")
	require.Contains(t, good(t, "call", "--dir", dir, "n0", `{"type":"starts"}`), `"starts":2`)
}
