package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/network"
)

// The report shows the beginning of a long line of the journal, and the length of its body.
func TestLongLine(t *testing.T) {
	f := small(t)
	long := `{"type":"gossip","text":"` + strings.Repeat("x", 3<<20) + `"}`
	name := strings.Repeat("n", 10*maxName)
	f["journal.jsonl"] = lines(t, sent(0, 1, "n0", "n1", long, network.Received)...) + f["journal.jsonl"] +
		lines(t, sent(9, 50*ms, name, "n1", `{"type":"`+name+`"}`, network.Received)...)
	p := open(t, f.write(t))
	require.Empty(t, p.summary.Notes)
	require.Len(t, p.messages, 9)
	require.Equal(t, received, p.messages[0].outcome)
	require.Equal(t, "gossip", p.summary.Types[p.messages[0].kind])
	require.Equal(t, long[:longText]+fmt.Sprintf("… (%d bytes)", len(long)), p.bodies[0])
	require.Equal(t, name[:maxName]+"…", p.summary.Parties[p.messages[8].src].ID)
	require.Equal(t, name[:maxName]+"…", p.summary.Types[p.messages[8].kind])
}

// A message that arrives a million times does not take the space of a million messages.
func TestEndlessCopies(t *testing.T) {
	f := small(t)
	arrived := lines(t, sent(3, 20*ms, "n0", "c2", `{"type":"broadcast_ok","in_reply_to":1}`, network.Received)[1])
	f["journal.jsonl"] += strings.Repeat(arrived, maxMessages)
	p := open(t, f.write(t))
	require.Len(t, p.messages, maxMessages)
	require.Equal(t, []string{"7 deliveries of copies are left out, for which there is no room."}, p.summary.Notes)
}

// A file of 4 GiB is read up to the limit, and the page says how far that was.
func TestLimit(t *testing.T) {
	f := small(t)
	limit := int64(strings.Index(f["journal.jsonl"], `"event":"drop"`)) // the history is shorter
	dir := f.write(t)
	require.NoError(t, Options{Limit: limit}.Write(dir))
	p := unpack(t, dir)
	require.Len(t, p.messages, 5)
	require.Len(t, p.summary.Notes, 1)
	require.Regexp(t, `^Of journal.jsonl the first \d+ bytes are read, which have 5 messages. To read more: glomers report DIR --limit SIZE.$`, p.summary.Notes[0])

	require.NoError(t, Options{Limit: 400}.Write(dir))
	p = unpack(t, dir)
	require.Contains(t, p.summary.Notes[0], "Of history.jsonl the first 400 bytes are read, which have 3 events.")
}

func TestLargeResults(t *testing.T) {
	for text, says := range map[string]string{
		`{"valid":true,"x":"` + strings.Repeat("x", maxJSON) + `"}`:             "results.json is larger than 8 MiB, which is the limit for it: what it says is not shown.",
		strings.Repeat("[", maxJSON/2) + strings.Repeat("]", maxJSON/2):         "results.json cannot be read (invalid character '[' exceeded max depth): what it says is not shown.",
		`{"x":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + "}": "exceeded max depth",
	} {
		f := small(t)
		f["results.json"] = text
		p := open(t, f.write(t))
		require.Nil(t, p.summary.Result)
		require.Len(t, p.summary.Notes, 1)
		require.Contains(t, p.summary.Notes[0], says)
	}
}

// The page has the logs of the run's nodes, as far as they fit.
func TestManyLogs(t *testing.T) {
	f := small(t)
	f["nodes/n10.log"] = "planted by a node"
	p := open(t, f.write(t))
	require.Equal(t, map[string]string{"n0": "hello\n", "n1": ""}, p.summary.Logs)

	f = files{}
	log := strings.Repeat("0123456789abcde\n", maxLog/16)
	for i := range maxLogs/maxLog + 3 {
		f[fmt.Sprintf("nodes/n%03d.log", i)] = log
	}
	p = open(t, f.write(t))
	require.Len(t, p.summary.Logs, maxLogs/maxLog)
	require.Contains(t, p.summary.Notes, "3 more logs are in nodes: the page has room for 16 MiB of them.")
}
