package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"glomers/deploy/agent"
	"glomers/deploy/broker"
	"glomers/deploy/internal/testnode"
	"glomers/deploy/wire"
)

// tested returns the words of a test of a test's node.
func tested(t *testing.T, words []string, things ...string) []string {
	path, args := testnode.Program(things...)
	words = append(words, "--bin", path, "--time-limit", "1", "--store", filepath.Join(t.TempDir(), "store"), "--")
	return append(words, args...)
}

// Tests and challenges are those of glomers, with its exit statuses.
func TestTest(t *testing.T) {
	out := good(t, tested(t, []string{"test", "-w", "echo", "--node-count", "2", "--rate", "50"})...)
	require.Contains(t, out, "valid: echo")
	require.Contains(t, out, "again         glomers-deploy test --")

	out = good(t, tested(t, []string{"challenge", "1", "--agents", "1"})...)
	require.Regexp(t, `1 echo +valid`, out)

	status, out := command(t, tested(t, []string{"test", "-w", "broadcast", "--node-count", "3", "--rate", "100", "--recovery", "0.5"}, "lonely")...)
	require.Equal(t, 1, status, out)
	require.Contains(t, out, "why: value")

	status, out = command(t, tested(t, []string{"test", "-w", "echo"}, "ends")...)
	require.Equal(t, 3, status, out)
	require.Contains(t, out, "ended during the run: exit status 3")
}

// The agents of another server do it, too.
func TestTestElsewhere(t *testing.T) {
	s, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Token: "secret"})
	require.NoError(t, err)
	t.Cleanup(s.Shutdown)
	conn, err := nats.Connect(s.ClientURL(), append(wire.Options(), nats.Token("secret"))...)
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	a, err := agent.Start(t.Context(), agent.Config{Conn: conn, Cluster: "glomers", Name: "far", Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(a.Close)
	url := "nats://secret@" + s.Addr().String()
	out := good(t, tested(t, []string{"test", "-w", "echo", "--node-count", "2", "--nats", url, "--agents", "1"})...)
	require.Contains(t, out, "valid: echo")
}

func TestTestMistakes(t *testing.T) {
	for says, words := range map[string][]string{
		"--agents 0: want 1 to 100":                    {"--agents", "0"},
		"NATS server nats://127.0.0.1:1: ":             {"--nats", "nats://secret@127.0.0.1:1"},
		"are for the simulated network":                {"--faithful"},
		"the environment of nodes is that of their ag": {"--env", "HOME"},
		"unknown flag: --nonsense":                     {"--nonsense"},
	} {
		status, out := command(t, append(append([]string{"test", "-w", "echo", "--bin", os.Args[0]}, words...), "--", "node")...)
		require.Equal(t, statusBroken, status, out)
		require.Contains(t, out, says)
		require.NotContains(t, out, "secret")
	}
	out := good(t, "test", "--help")
	require.Contains(t, out, "--agents")
	require.Contains(t, out, "--nats")
	require.Contains(t, out, "--nemesis")
}
