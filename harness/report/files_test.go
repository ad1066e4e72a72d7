package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/network"
)

// files maps the names of the files in a run's directory to their contents.
type files map[string]string

// write writes the files to a new directory.
func (f files) write(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range f {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

// lines encodes each value as a line.
func lines[T any](t testing.TB, values ...T) string {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		line, err := json.Marshal(v)
		require.NoError(t, err)
		b.Write(append(line, '\n'))
	}
	return b.String()
}

const ms = 1e6

// sent returns the events of a message that was received a millisecond later, or had the given outcome.
func sent(id int64, at int64, src, dest, body, outcome string) []network.Event {
	m := network.Message{ID: id, Src: src, Dest: dest, Body: json.RawMessage(body)}
	events := []network.Event{{Time: time.Duration(at), Kind: network.Sent, Message: m}}
	if outcome != "" {
		events = append(events, network.Event{Time: time.Duration(at + ms), Kind: outcome, Message: m})
	}
	return events
}

// small returns a run of two nodes in which a partition loses a message, and a client does not get an answer.
func small(t testing.TB) files {
	t.Helper()
	var journal []network.Event
	for _, m := range [][]network.Event{
		sent(0, 1*ms, "c0", "n0", `{"type":"init","msg_id":1}`, network.Received),
		sent(1, 1*ms, "c1", "n1", `{"type":"init","msg_id":1}`, network.Received),
		sent(2, 10*ms, "c2", "n0", `{"type":"broadcast","message":7,"msg_id":1}`, network.Received),
		sent(3, 12*ms, "n0", "c2", `{"type":"broadcast_ok","in_reply_to":1}`, network.Received),
		sent(4, 13*ms, "n0", "n1", `{"type":"gossip","values":[7]}`, network.Dropped),
		sent(5, 30*ms, "c3", "n1", `{"msg_id":1,"type":"read"}`, network.Received),
		sent(6, 40*ms, "n1", "c3", `{"type":"read_ok","messages":[],"in_reply_to":1}`, ""),
	} {
		journal = append(journal, m...)
	}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	ops := []history.Op{
		{Time: 5 * ms, Type: history.Info, Process: history.Nemesis, F: "start-partition", Value: raw(`"one"`)},
		{Time: 5 * ms, Type: history.Info, Process: history.Nemesis, F: "start-partition", Value: raw(`["isolated",{"n1":["n0"],"n0":["n1"]}]`)},
		{Time: 9 * ms, Type: history.Invoke, Process: 0, Client: "c2", F: "broadcast", Value: raw("7")},
		{Time: 14 * ms, Type: history.OK, Process: 0, Client: "c2", F: "broadcast", Value: raw("7")},
		{Time: 20 * ms, Type: history.Info, Process: history.Nemesis, F: "stop-partition"},
		{Time: 20 * ms, Type: history.Info, Process: history.Nemesis, F: "stop-partition", Value: raw(`"network-healed"`)},
		{Time: 29 * ms, Type: history.Invoke, Process: 1, Client: "c3", F: "read"},
		{Time: 80 * ms, Type: history.Info, Process: 1, Client: "c3", F: "read", Error: raw(`"timeout"`)},
	}
	for i := range ops {
		ops[i].Index = i
	}
	return files{
		"test.json":     `{"workload":"broadcast","nodes":["n0","n1"],"concurrency":2,"seed":18446744073709551615}`,
		"results.json":  `{"valid":false,"reasons":["value 7 (op 3) is missing"],"elapsed-ns":100000000}`,
		"history.jsonl": lines(t, ops...),
		"journal.jsonl": lines(t, journal...),
		"nodes/n0.log":  "hello\n",
		"nodes/n1.log":  "",
	}
}

// large returns a run with the given number of messages among five nodes, and an operation for every twenty messages.
func large(messages int) files {
	var journal, ops strings.Builder
	for i := range messages {
		at, src, dest := i*50_000, i%5, (i+1+i%3)%5
		for k, kind := range []string{"send", "recv"} {
			fmt.Fprintf(&journal, `{"time":%d,"event":%q,"id":%d,"src":"n%d","dest":"n%d","body":{"type":"gossip%d","round":%d,"values":[%d,%d,%d],"from":"n%d"}}`+"\n",
				at+k*1_000_000, kind, i, src, dest, i%3, i/25, i, i+1, i+2, src)
		}
		if i%20 == 0 {
			n := i / 20 * 2
			fmt.Fprintf(&ops, `{"index":%d,"time":%d,"type":"invoke","process":%d,"f":"broadcast","value":%d}`+"\n", n, at, i/20%10, i)
			fmt.Fprintf(&ops, `{"index":%d,"time":%d,"type":"ok","process":%d,"f":"broadcast","value":%d}`+"\n", n+1, at+i%700*1000+200_000, i/20%10, i)
		}
	}
	return files{
		"test.json":     `{"workload":"broadcast","nodes":["n0","n1","n2","n3","n4"],"concurrency":10}`,
		"results.json":  `{"valid":true}`,
		"journal.jsonl": journal.String(),
		"history.jsonl": ops.String(),
	}
}

func BenchmarkWrite(b *testing.B) {
	dir := large(200_000).write(b)
	for b.Loop() {
		require.NoError(b, Options{}.Write(dir))
	}
}

// The report says that a journal was full. The mark in the journal is neither a message nor damage.
func TestFullJournal(t *testing.T) {
	f := small(t)
	full := network.Event{Time: 60 * ms, Kind: network.Full, Message: network.Message{ID: 9, Body: json.RawMessage(`{"limit":1048576}`)}}
	before, err := loadDir(t, f.write(t))
	require.NoError(t, err)
	f["journal.jsonl"] += lines(t, full)
	r, err := loadDir(t, f.write(t))
	require.NoError(t, err)
	require.Contains(t, strings.Join(r.notes, "\n"), "journal.jsonl was full at 0.060 s: later messages are not shown")
	require.Zero(t, r.journal.lines.Damaged)
	require.Equal(t, before.journal.total, r.journal.total)
	require.Equal(t, before.journal.parties.list, r.journal.parties.list)
}

func loadDir(t testing.TB, dir string) (*contents, error) {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	return load(root, Options{Limit: 1 << 20})
}
