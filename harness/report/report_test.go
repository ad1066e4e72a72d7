package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/network"
)

func TestReport(t *testing.T) {
	p := open(t, small(t).write(t))
	s := p.summary
	require.Empty(t, s.Notes)
	require.Equal(t, "18446744073709551615", s.Test.(map[string]any)["seed"], "JavaScript would round it")
	require.Equal(t, []party{
		{"n0", "node"}, {"n1", "node"}, {"c0", "client"}, {"c1", "client"}, {"c2", "client"}, {"c3", "client"},
	}, s.Parties)
	require.Equal(t, []string{"init", "broadcast", "broadcast_ok", "gossip", "read", "read_ok"}, s.Types)
	require.Equal(t, map[string]string{"0": "c2", "1": "c3"}, s.Clients)
	require.Equal(t, []fault{{
		Name: "partition", Begin: 5 * ms, End: 20 * ms, Text: "partition: one", Cut: [][2]string{{"n1", "n0"}, {"n0", "n1"}},
	}}, s.Faults)
	require.Equal(t, []int{-1, -1, 3, 2, -1, -1, 7, 6}, s.Ops.Pair)
	require.Equal(t, []string{"nemesis", "nemesis", "0", "0", "nemesis", "nemesis", "1", "1"}, s.Ops.Process)
	require.Equal(t, `"timeout"`, s.Ops.Error[7])
	require.Equal(t, map[string]string{"n0": "hello\n", "n1": ""}, s.Logs)
	require.EqualValues(t, 100*ms, s.Duration)
	require.Equal(t, 7, s.Total)

	require.Equal(t, message{sent: 13 * ms, done: 14 * ms, id: 4, src: 0, dest: 1, kind: 3, outcome: dropped, body: 4}, p.messages[4])
	require.Equal(t, `{"type":"gossip","values":[7]}`, p.bodies[4])
	require.Equal(t, underWay, p.messages[6].outcome)
}

// A fault can copy a message: the page has both copies, at the time of sending.
func TestCopies(t *testing.T) {
	f := small(t)
	f["journal.jsonl"] += lines(t, network.Event{Time: 90 * ms, Kind: network.Received, Message: network.Message{
		ID: 2, Src: "c2", Dest: "n0", Body: []byte(`{"type":"broadcast","message":7,"msg_id":1}`),
	}})
	p := open(t, f.write(t))
	require.Len(t, p.messages, 8)
	require.Equal(t, 7, p.summary.Total)
	require.Equal(t, p.bodies[2], p.bodies[3])
	require.EqualValues(t, 11*ms, p.messages[2].done)
	require.EqualValues(t, 90*ms, p.messages[3].done)
	require.EqualValues(t, 12*ms, p.messages[4].sent)
}

// A message that n0 wrote in the name of a client starts at n0, in the page and in the picture, and the report says in whose
// name it was sent.
func TestWrittenInAnotherName(t *testing.T) {
	f := small(t)
	f["journal.jsonl"] += lines(t, network.Event{Time: 90 * ms, Kind: network.Sent, Message: network.Message{
		ID: 7, Src: "c2", Dest: "n1", Writer: "n0", Body: []byte(`{"type":"broadcast","message":7,"msg_id":1}`),
	}})
	dir := f.write(t)
	p := open(t, dir)
	m := p.messages[7]
	id := func(place int) string { return p.summary.Parties[place].ID }
	require.Equal(t, []string{"n0", "c2", "n1"}, []string{id(m.src), id(m.as), id(m.dest)})
	for _, m := range p.messages[:7] {
		require.Equal(t, m.src, m.as)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "messages.svg"))
	require.NoError(t, err)
	require.Contains(t, string(picture), ">broadcast as c2<")
}

func TestMissingFiles(t *testing.T) {
	for name := range small(t) {
		f := small(t)
		delete(f, name)
		p := open(t, f.write(t))
		if strings.HasPrefix(name, "nodes/") {
			require.Empty(t, p.summary.Notes, "a node need not have a log")
			continue
		}
		require.Len(t, p.summary.Notes, 1, name)
		require.Contains(t, p.summary.Notes[0], name+" is missing")
	}
	p := open(t, t.TempDir())
	require.Len(t, p.summary.Notes, 5)

	require.ErrorContains(t, Options{}.Write(filepath.Join(t.TempDir(), "nosuch")), "report: ")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, Options{}.Write(file), "is not a directory")
	require.ErrorContains(t, Options{From: 2, To: 1}.Write(t.TempDir()), "want a time that is not negative, and a later one")
	require.ErrorContains(t, Options{From: -1}.Write(t.TempDir()), "from -1ns")
}

func TestDamagedFiles(t *testing.T) {
	f := small(t)
	f["test.json"] = `{"workload":7,"nodes":"n0","concurrency":-3}`
	f["results.json"] = `{"valid":fal`
	f["history.jsonl"] = f["history.jsonl"][:len(f["history.jsonl"])/2]
	f["journal.jsonl"] = "rubbish\n{\"time\":1,\"event\":\"explode\",\"id\":0,\"src\":\"a\",\"dest\":\"b\",\"body\":{}}\n" +
		f["journal.jsonl"][:len(f["journal.jsonl"])-20]
	p := open(t, f.write(t))
	require.Len(t, p.summary.Notes, 5)
	require.Contains(t, p.summary.Notes[0], "test.json is not as this version writes it")
	require.Contains(t, p.summary.Notes[1], "results.json cannot be read (unexpected EOF)")
	require.Contains(t, p.summary.Notes[2], "The last line of history.jsonl is only half there")
	require.Contains(t, p.summary.Notes[3], "The last line of journal.jsonl is only half there")
	require.Contains(t, p.summary.Notes[4], "2 lines of journal.jsonl are damaged")
	require.Len(t, p.messages, 6)
	require.Len(t, p.summary.Ops.Time, 3)

	f = small(t)
	delete(f, "results.json") // like a run that was killed
	f["history.jsonl"] = strings.Replace(f["history.jsonl"], `"type":"ok"`, `"type":"OK"`, 1)
	p = open(t, f.write(t))
	require.Contains(t, p.summary.Notes[0], "results.json is missing: the run goes on, or was cut short before it was judged. Its history can be judged: glomers check DIR.")
	require.Regexp(t, `history.jsonl is damaged \(.*line 4: .*\): the 3 events before that are shown`, p.summary.Notes[1])

	f = small(t)
	f["history.jsonl"] = `{"index":0,"time":-9000000000000000000,"type":"invoke","process":0,"f":"read"}` + "\n" +
		`{"index":1,"time":9000000000000000000,"type":"ok","process":0,"f":"read"}` + "\n" +
		`{"index":2,"time":-1,"type":"ok","process":9223372036854775807,"f":"read"}` + "\n"
	open(t, f.write(t)) // impossible times
}

// The page of a long run shows a part of it and says so; the options choose the part.
func TestLongRun(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := large(maxMessages + 1000).write(t) // a message every 50 µs
	p := open(t, dir)
	require.Len(t, p.messages, maxMessages)
	require.Equal(t, []string{
		"nodes is missing: no logs are shown.",
		"Messages are shown from 0.000 s to 15.000 s: 300000 of 301000. Others: glomers report DIR --from SECONDS.",
	}, p.summary.Notes)

	require.NoError(t, Options{From: 14 * time.Second, To: 14*time.Second + 500*time.Millisecond}.Write(dir))
	picture, err := os.ReadFile(filepath.Join(dir, "messages.svg"))
	require.NoError(t, err)
	require.Contains(t, string(picture), "messages from 14.000 s to 14.051 s", "the first 1,000")
	for _, name := range []string{"latency.svg", "rate.svg", "messages.svg", "report.html"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(8<<20), name)
	}
}

// If all messages fit, a window affects only the picture.
func TestWindow(t *testing.T) {
	dir := small(t).write(t)
	require.NoError(t, Options{From: 12 * time.Millisecond, To: 14 * time.Millisecond}.Write(dir))
	picture, err := os.ReadFile(filepath.Join(dir, "messages.svg"))
	require.NoError(t, err)
	require.Contains(t, string(picture), "gossip")
	require.NotContains(t, string(picture), "init")
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	require.NoError(t, Options{}.Write(dir))
	again, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	require.Equal(t, page, again)
}

func TestLongTexts(t *testing.T) {
	f := small(t)
	long := strings.Repeat("x", longText)
	f["journal.jsonl"] = lines(t, sent(0, 1, "n0", "n1", fmt.Sprintf(`{"type":"long","text":%q}`, long), "")...)
	f["nodes/n0.log"] = strings.Repeat("line\n", maxLog/4)
	p := open(t, f.write(t))
	require.Len(t, p.bodies[0], longText+len("… (16409 bytes)"))
	require.True(t, strings.HasSuffix(p.bodies[0], "xxx… (16409 bytes)"))
	require.Equal(t, 1, p.summary.Truncated)
	require.Equal(t, []string{"Of nodes/n0.log the last 256 KiB are shown."}, p.summary.Notes)
	require.True(t, strings.HasPrefix(p.summary.Logs["n0"], "line\n"))

	b := budget{left: 10}
	kept, rest := b.cut([]byte("1234567890"), 10)
	require.Equal(t, "1234567890", string(kept)+rest)
	kept, rest = b.cut([]byte(long), len(long))
	require.Equal(t, long[:shortText]+"… (16384 bytes)", string(kept)+rest, "the budget is used up")
}

// The page has the pictures of cycles, as images: as many as fit, whatever they contain.
func TestCyclesAreShown(t *testing.T) {
	f := small(t)
	f["cycle-G0-1.svg"] = "<svg/>"
	f["cycle-G1c-1.svg"] = "</script><svg onload=alert(1)>\xff"
	f["cycle-G2-item-1.svg"] = strings.Repeat("x", maxPictureSize+1)
	f["other.svg"] = "<svg/>"
	p := open(t, f.write(t))
	require.Equal(t, []drawing{{"cycle-G0-1.svg", "<svg/>"}, {"cycle-G1c-1.svg", "</script><svg onload=alert(1)>\uFFFD"}}, p.summary.Pictures)
	require.Equal(t, []string{"cycle-G2-item-1.svg is larger than 256 KiB, and not shown."}, p.summary.Notes)
	require.NotContains(t, p.html, "onload")

	for i := range 20 {
		f[fmt.Sprintf("cycle-G0-%02d.svg", i+2)] = "<svg/>"
	}
	p = open(t, f.write(t))
	require.Len(t, p.summary.Pictures, maxPictures)
	require.Contains(t, p.summary.Notes[0], "more pictures of cycles are beside this page")
}
