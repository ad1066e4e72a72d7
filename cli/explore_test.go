package cli

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var twoBroadcasts = []string{"--ops", "c0 broadcast 1; c1 broadcast 2; c2 read"}

// A node that passes each value on once fails when one message is lost: in this process, and as a program. The command that is
// printed repeats the execution.
func TestExploreFindsAFailure(t *testing.T) {
	t.Parallel()
	inProcess := append([]string{"explore", "broadcast-no-retry", "--losses", "1"}, twoBroadcasts...)
	asProgram := append([]string{"explore", "-w", "broadcast", "--losses", "1", "--bin", os.Args[0]}, twoBroadcasts...)
	asProgram = append(asProgram, "--", asGlomers, "node", "broadcast-no-retry")
	for _, line := range [][]string{inProcess, asProgram} {
		status, out, stderr := execute(line...)
		require.Equal(t, statusInvalid, status, stderr)
		require.Contains(t, out, "\ninvalid: broadcast, 3 nodes, 3 operations of 3 clients, at most 1 lost message, no timers, every schedule\n  value 2, acknowledged")
		require.Regexp(t, `\n   7  lose n0 → n2 \{"type":"broadcast",.*\}\n   8  deliver n0 → n1 `, out)
		require.Regexp(t, `\nexecutions +[0-9]+, and [0-9]+ left early`, strings.ReplaceAll(out, "\n  ", "\n"))
		require.Contains(t, out, "no: an execution failed")
		require.Contains(t, out, "--ops 'c0 broadcast 1; c1 broadcast 2; c2 read'")
		require.Contains(t, out, "--seed 1 --decisions 7.4")

		dash := slices.Index(line, "--")
		if dash < 0 {
			dash = len(line)
		}
		status, again, stderr := execute(slices.Insert(slices.Clone(line), dash, "--decisions", "7.4")...)
		require.Equal(t, statusInvalid, status, stderr)
		require.Contains(t, again, "\ninvalid: decisions 7.4\n  value 2, acknowledged")
		require.Contains(t, again, "\n   9  client c2 asks n2: read null\n")
		require.NotContains(t, again, "executions")
	}
}

func TestExploreSaysWhatItCovered(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		status int
		says   string
	}{
		"explore flooding --node-count 2 --operations 2":                                             {statusValid, "yes: there are no other executions within this bound"},
		"explore flooding --node-count 2 --operations 2 --most 2":                                    {statusUnknown, "no: there are more than 2 executions"},
		"explore flooding --node-count 2 --operations 2 --depth 1":                                   {statusUnknown, "went on after 1 actions (--depth)"},
		"explore flooding --node-count 2 --clients 3 --strategy delays:1 --duplicates 1":             {statusValid, "at most 1 duplicate, no timers, at most 1 delay"},
		"explore flooding --strategy random --most 5 --seed 7 --duplicates 1 --recovery 2 --ticks 1": {statusValid, "at most 1 duplicate, at most 1 timer of each node, drawn at random"},
		"explore flooding --strategy pct:3 --most 5":                                                 {statusValid, "no: the executions were drawn"},
	} {
		status, out, stderr := execute(words(line)...)
		require.Equal(t, want.status, status, line+out+stderr)
		require.Contains(t, out, want.says, line)
	}
}

func TestExploreAsJSON(t *testing.T) {
	t.Parallel()
	status, out, stderr := execute(append(words("explore broadcast-no-retry --losses 1 --json"), twoBroadcasts...)...)
	require.Equal(t, statusInvalid, status)
	require.Contains(t, stderr, "invalid: broadcast, 3 nodes")
	var o exploreOutcome
	require.NoError(t, json.Unmarshal([]byte(out), &o))
	require.Equal(t, "invalid", o.Valid)
	require.Positive(t, o.Executions)
	require.Equal(t, "7.4", o.Failure.Decisions)
	require.Equal(t, "client c0 asks n0: broadcast 1", o.Failure.Actions[0])

	_, out, _ = execute(append(words("explore broadcast-no-retry --losses 1 --json --decisions 0"), twoBroadcasts...)...)
	var x exploreExecution
	require.NoError(t, json.Unmarshal([]byte(out), &x))
	require.Equal(t, "valid", x.Valid)
	require.Equal(t, []string{}, x.Reasons)
}

// A program that cannot be explored: the error has the command that shows what led there.
func TestExploreAProgramThatEnds(t *testing.T) {
	t.Parallel()
	status, out, stderr := execute("explore", "-w", "echo", "--node-count", "1", "--bin", os.Args[0], "--", asGlomers, "version")
	require.Equal(t, statusBroken, status)
	require.Empty(t, out)
	require.Contains(t, stderr, "node n0: ")
	require.Contains(t, stderr, "\n(decisions: 0)\nagain: glomers explore --bin ")
}

func TestMistakesInExplore(t *testing.T) {
	t.Parallel()
	for says, flags := range map[string][]string{
		"Given[0] is of client 3: want 0 to 2":                 {"--ops", "c3 read"},
		`broadcast has no function "raed": did you mean read?`: {"--ops", "c0 raed"},
	} {
		status, out, stderr := execute(append([]string{"explore", "flooding"}, flags...)...)
		require.Equal(t, statusBroken, status)
		require.Empty(t, out)
		require.Contains(t, stderr, says)
	}
}
