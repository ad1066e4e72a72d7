package harness

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/network"
	"glomers/node"
)

// A full journal affects only the journal: verdict, figures and hash are the same as without a limit.
func TestJournalIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 20_000
	test := quick("broadcast", InProcess(registerBroadcast))
	want := virtually(t, test)
	test.Store, test.Limits.Journal = t.TempDir(), limit
	res := virtually(t, test)
	require.Equal(t, check.Valid, res.Valid)
	require.Equal(t, want.Hash, res.Hash)
	require.Equal(t, want.Net, res.Net)
	require.Empty(t, want.Warnings)
	require.Len(t, res.Warnings, 1)
	require.Regexp(t, `^journal.jsonl and the report have the messages until \d\.\d+ s, when the journal had 20 kB; .*--max-journal`, res.Warnings[0])

	text, err := os.ReadFile(filepath.Join(res.Dir, "journal.jsonl"))
	require.NoError(t, err)
	require.Less(t, len(text), limit+200)
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	for i, line := range lines {
		var e network.Event
		require.NoError(t, json.Unmarshal(line, &e))
		require.Equal(t, i == len(lines)-1, e.Kind == network.Full)
	}
	require.JSONEq(t, `{"limit":20000}`, string(lastBody(t, lines)))
	require.Greater(t, len(text), limit-1000, "there is no room for the next event")
}

func lastBody(t *testing.T, lines [][]byte) json.RawMessage {
	var e network.Event
	require.NoError(t, json.Unmarshal(lines[len(lines)-1], &e))
	return e.Body
}

// A history that takes too much memory ends the run. The history so far is judged, and the verdict is not valid.
func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "echo"))
	test.Limits.History, test.TimeLimit = 1000, time.Hour
	res, err := Run(t.Context(), test)
	require.ErrorContains(t, err, "harness: the history is full")
	require.ErrorContains(t, err, "--max-history")
	require.Equal(t, check.Unknown, res.Valid)
	require.Positive(t, res.Stats.OKCount)
}

// All kinds of data that nodes can make the harness hold are bounded.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const mebi = 1 << 20
	for _, tt := range []struct {
		name   string
		test   Test
		reason string
	}{
		// Each of these lines is shorter than a third of the limit.
		{"lines", Test{NodeCount: 4, Program: program(t, "endless", "300000")}, `^has begun a line of stdout that has \d+ kB so far and no end: .* such lines of all nodes have 1\.\d+ MB; .*--max-memory`},
		{"a line", Test{NodeCount: 1, Program: program(t, "endless", "3000000")}, `^wrote a line of more than 350 kB to stdout; .*--max-memory`},
		{"keys", Test{NodeCount: 1, Program: program(t, "hoard", node.LinKV)}, `^fills the services: at \d+\.\d s, the keys and values of lin-kv take .*--max-memory`},
		{"states", Test{NodeCount: 1, Program: program(t, "hoard", node.SeqKV)}, `^fills the services: .* seq-kv .*--max-memory`},
		{"copies", Test{NodeCount: 1, Program: program(t, "hoard", node.LWWKV)}, `^fills the services: .* lww-kv .*--max-memory`},
		{"unread", Test{NodeCount: 4, Program: program(t, "starve"), limits: limits{backlog: 1 << 30}}, `^leaves its input unread: at \d+\.\d s, .* for all nodes together; most messages were sent by n\d: .*--max-memory`},
		{
			"names",
			Test{NodeCount: 1, Concurrency: 100, Program: program(t, "pose")},
			`^writes in the names of others: at \d+\.\d s, \d+ links from or to clients .*--max-memory`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			test := tt.test
			test.Workload, test.TimeLimit, test.Limits.Memory = "echo", time.Hour, mebi
			test.limits.call, test.Rate = time.Minute, 100
			res, err := Run(t.Context(), test)
			var broken *NodeError
			require.ErrorAs(t, err, &broken)
			require.Regexp(t, tt.reason, broken.Reason)
			require.NotEqual(t, check.Valid, res.Valid)
		})
	}
}

// Messages that nodes have read, or that are no longer under way, no longer count.
func TestMemoryIsGivenBack(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", program(t, "broadcast"))
	test.Nemesis, test.NemesisInterval = []string{"kill", "pause", "duplicate", "loss"}, 100*time.Millisecond
	p, err := test.plan()
	require.NoError(t, err)
	place, err := p.newPlace()
	require.NoError(t, err)
	st, err := newStore(p.Test, place)
	require.NoError(t, err)
	r := newRun(p, st, place)
	require.NoError(t, r.live(t.Context()))
	r.stop()
	r.collect() // what was on the network
	r.memory.set(underWay, 0)
	r.memory.set(posted, 0) // the mailbox is closed
	require.Zero(t, r.memory.of(waiting))
	require.Zero(t, r.memory.of(unended))
	require.Positive(t, r.memory.of(addressed))
}

func TestLimits(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), Test{Workload: "echo", Program: InProcess(registerEcho), Limits: Limits{Journal: -1}})
	require.ErrorContains(t, err, "a limit is negative")
	require.EqualValues(t, (128+128+192)<<20, Limits{}.Heap())
	require.EqualValues(t, (128+64+32)<<20, Limits{History: 64 << 20, Memory: 32 << 20}.Heap())
}
