package workload_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/node"
)

// A logClient answers each type of request with a fixed reply, or with an error, and keeps the requests.
type logClient struct {
	replies  map[string]string // by the type wanted
	errors   map[string]error
	requests []string
}

func (c *logClient) Node() string { return "n0" }

func (c *logClient) Call(body any, wantType string, reply any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	c.requests = append(c.requests, string(b))
	if err := c.errors[wantType]; err != nil {
		return err
	}
	return json.Unmarshal([]byte(c.replies[wantType]), reply)
}

func (c *logClient) sent() []string {
	defer func() { c.requests = nil }()
	return c.requests
}

func op(p history.Process, f, value string) history.Op {
	return history.Op{Type: history.Invoke, Process: p, F: f, Value: json.RawMessage(value)}
}

// The bodies are those that Maelstrom sent (corpus, transcripts/kafka-single-node).
func TestKafkaClient(t *testing.T) {
	w := newWorkload(t, "kafka")
	require.NoError(t, w.Setup(nil))
	require.Empty(t, w.Final())
	c := &logClient{replies: map[string]string{
		"send_ok":                   `{"type":"send_ok","offset":1000}`,
		"poll_ok":                   `{"type":"poll_ok","msgs":{}}`,
		"list_committed_offsets_ok": `{"type":"list_committed_offsets_ok","offsets":{"8":5}}`,
		"commit_offsets_ok":         `{"type":"commit_offsets_ok"}`,
	}}
	done := do(w, c, op(1, "send", `[["send","7",2]]`))
	require.Equal(t, `[["send","7",[1000,2]]]`, string(done.Value))
	require.Equal(t, []string{`{"type":"send","key":"7","msg":2}`}, c.sent())

	// Nothing is assigned and nothing comes, so nothing is committed.
	done = do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, `[["poll",{}]]`, string(done.Value))
	require.Equal(t, []string{`{"type":"poll","offsets":{}}`}, c.sent())

	// New keys begin at the committed offset, or at 0 without one.
	done = do(w, c, op(1, "assign", `["8","9"]`))
	require.Equal(t, history.OK, done.Type)
	require.Equal(t, `["8","9"]`, string(done.Value))
	require.Equal(t, []string{`{"type":"list_committed_offsets","keys":["8","9"]}`}, c.sent())

	// A poll commits the offsets that it got and moves on past them; empty lists change nothing.
	c.replies["poll_ok"] = `{"type":"poll_ok","msgs":{"8":[[5,"x"],[7,null]],"9":[]}}`
	done = do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, `[["poll",{"8":[[5,"x"],[7,null]],"9":[]}]]`, string(done.Value))
	require.Equal(t, []string{`{"type":"poll","offsets":{"8":5,"9":0}}`, `{"type":"commit_offsets","offsets":{"8":7}}`}, c.sent())

	// If the commit fails, the poll is not ok and does not move on.
	c.replies["poll_ok"] = `{"type":"poll_ok","msgs":{"9":[[1,1]]}}`
	c.errors = map[string]error{"commit_offsets_ok": node.NewRPCError(node.TxnConflict, "no")}
	done = do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, history.Fail, done.Type)
	c.sent()
	c.errors = nil
	c.replies["poll_ok"] = `{"type":"poll_ok","msgs":{}}`
	do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, []string{`{"type":"poll","offsets":{"8":8,"9":0}}`}, c.sent())

	// A key that stays assigned keeps its position, independent of the committed offset; the others are forgotten.
	do(w, c, op(1, "assign", `["8"]`))
	c.sent()
	do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, []string{`{"type":"poll","offsets":{"8":8}}`}, c.sent())

	// In the final phase every key begins at 0 again.
	final := op(1, "assign", `["8"]`)
	final.Final = true
	do(w, c, final)
	do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, []string{`{"type":"poll","offsets":{"8":0}}`}, c.sent())

	// Every process has its own keys, and a crashed process has none.
	do(w, c, op(2, "poll", `[["poll"]]`))
	done = do(w, c, op(1, "crash", ``))
	require.Equal(t, history.Op{Type: history.Info, Process: 1, F: "crash", Value: json.RawMessage{}}, done)
	do(w, c, op(1, "poll", `[["poll"]]`))
	require.Equal(t, []string{`{"type":"poll","offsets":{}}`, `{"type":"poll","offsets":{}}`}, c.sent())

	_, err := w.Invoke(c, op(1, "pull", ``))
	require.EqualError(t, err, `workload: kafka has no operation "pull"`)
	for _, bad := range []history.Op{op(1, "send", `[]`), op(1, "send", `[["send",1,1]]`), op(1, "send", `x`), op(1, "assign", `5`)} {
		_, err := w.Invoke(c, bad)
		require.ErrorContains(t, err, "workload: kafka: "+bad.F)
	}
	require.Empty(t, c.sent())
}

func TestKafkaMalformedReplies(t *testing.T) {
	for _, c := range []struct {
		f, value, reply, field string
		bad                    []string
	}{
		{
			f: "send", value: `[["send","a",1]]`, reply: "send_ok", field: "offset",
			bad: []string{`null`, `"1"`, `1.0`, `1e3`, `[1]`, `9223372036854775807`, `-9223372036854775809`},
		},
		{
			f: "poll", value: `[["poll"]]`, reply: "poll_ok", field: "msgs",
			bad: []string{
				`null`, `[]`, `5`, `{"a":5}`, `{"a":[5]}`, `{"a":[null]}`, `{"a":[[]]}`, `{"a":[[1]]}`, `{"a":[[1,2,3]]}`,
				`{"a":[["1",2]]}`, `{"a":[[null,2]]}`, `{"a":[[1.5,2]]}`,
			},
		},
		{
			f: "assign", value: `["a"]`, reply: "list_committed_offsets_ok", field: "offsets",
			bad: []string{`null`, `[]`, `{"a":null}`, `{"a":"1"}`, `{"a":0.5}`},
		},
	} {
		for _, bad := range append(c.bad, "") {
			t.Run(c.f+" "+bad, func(t *testing.T) {
				body := fmt.Sprintf(`{"type":%q,%q:%s}`, c.reply, c.field, bad)
				if bad == "" {
					body = fmt.Sprintf(`{"type":%q}`, c.reply)
				}
				to := &logClient{replies: map[string]string{c.reply: body}}
				done := do(newWorkload(t, "kafka"), to, op(1, c.f, c.value))
				require.Equal(t, history.Info, done.Type)
				require.Len(t, to.requests, 1)
				require.Len(t, check.NewExceptions([]history.Op{done}).Exceptions, 1)
			})
		}
	}
}

// Each operation comes as often as in the reference.
func TestKafkaDistribution(t *testing.T) {
	const n = 100_000
	w := newWorkload(t, "kafka").(workload.Reactive)
	count := make(map[string]int)
	last := make(map[string]int) // message of each key
	ok := history.Op{Type: history.OK, F: "send", Value: json.RawMessage(`[["send","unseen",[3,1]]]`)}
	w.Observe(ok)
	long := 0
	for range n {
		next := w.Next()
		count[next.F]++
		switch next.F {
		case "send":
			var key string
			var message int
			fields := strings.NewReplacer(`[["send","`, ``, `",`, ` `, `]]`, ``).Replace(string(next.Value))
			_, err := fmt.Sscan(fields, &key, &message)
			require.NoError(t, err)
			last[key]++
			require.Equal(t, last[key], message)
			require.LessOrEqual(t, message, 16)
		case "poll":
			require.Equal(t, `[["poll"]]`, string(next.Value))
		case "assign":
			var keys []string
			require.NoError(t, json.Unmarshal(next.Value, &keys))
			require.NotEmpty(t, keys)
			if len(keys) > 1 {
				require.Equal(t, "unseen", keys[0])
				long++
			}
		}
	}
	require.InDelta(t, n/64, count["assign"], 150)
	require.InDelta(t, float64(count["assign"])/3, long, 75)
	// Half are sends, but one send in 17 finds its key full and is drawn again: p = ½ (16/17 + p/17).
	require.InDelta(t, 16.0/33, float64(count["send"])/float64(count["send"]+count["poll"]), 0.01)
	require.Equal(t, 1, count["crash"]) // no time passes

	// All but ten keys are full, and keys are numbered as they come.
	partial := 0
	for key := range len(last) {
		if last[fmt.Sprint(key)] < 16 {
			partial++
		}
	}
	require.LessOrEqual(t, partial, 10)
	require.Greater(t, len(last), count["send"]/16-1)
}

// Every key is drawn twice as often as the key before it.
func TestKafkaKeys(t *testing.T) {
	w, err := workload.All().New("kafka", workload.Config{Options: workload.Options{KeyCount: 4, MaxWritesPerKey: 1 << 40}, Rand: choice.From(rand.NewPCG(5, 6))})
	require.NoError(t, err)
	sends := make(map[string]int)
	total := 0
	for range 60_000 {
		if next := w.Next(); next.F == "send" {
			sends[strings.Split(string(next.Value), `"`)[3]]++
			total++
		}
	}
	require.Len(t, sends, 4)
	for key, share := range map[string]float64{"3": 8, "2": 4, "1": 2, "0": 1} {
		require.InDelta(t, share/15, float64(sends[key])/float64(total), 0.01)
	}
	for _, o := range []workload.Options{{KeyCount: -1}, {MaxWritesPerKey: -1}} {
		_, err := workload.All().New("kafka", workload.Config{Options: o})
		require.ErrorContains(t, err, "want at least 1 of both")
	}
}

// With any options, a key gets its messages in order, and never more than the limit.
func TestKafkaMessagesPerKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := workload.Config{
			Options: workload.Options{KeyCount: rapid.IntRange(1, 80).Draw(t, "keys"), MaxWritesPerKey: rapid.IntRange(1, 20).Draw(t, "writes")},
			Rand:    choice.From(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)),
		}
		w, err := workload.All().New("kafka", o)
		require.NoError(t, err)
		last := make(map[string]int)
		for range 300 {
			if next := w.Next(); next.F == "send" {
				key := strings.Split(string(next.Value), `"`)[3]
				last[key]++
				require.Equal(t, fmt.Sprintf(`[["send",%q,%d]]`, key, last[key]), string(next.Value))
				require.LessOrEqual(t, last[key], o.MaxWritesPerKey)
			}
		}
	})
}

// Crashes come every 30 s ÷ workers on average.
func TestKafkaCrashes(t *testing.T) {
	w, err := workload.All().New("kafka", workload.Config{Workers: 5, Rand: choice.From(rand.NewPCG(5, 6))})
	require.NoError(t, err)
	crashes := 0
	for now := time.Duration(0); now < time.Hour; now += 10 * time.Millisecond {
		if w.Next().F == workload.Crash {
			crashes++
		}
		w.(workload.Reactive).Observe(history.Op{Type: history.Fail, Time: int64(now), F: "poll"})
	}
	require.InDelta(t, 3600/6, crashes, 60)
}

// An assign adds exactly the keys with messages that no client has polled.
func TestKafkaAssignsUnseenKeys(t *testing.T) {
	w := newWorkload(t, "kafka").(workload.Reactive)
	observe := func(typ history.Type, f, value string) {
		w.Observe(history.Op{Type: typ, F: f, Value: json.RawMessage(value)})
	}
	longest := func() []string {
		var longest []string
		for range 5000 {
			var keys []string
			if next := w.Next(); next.F == "assign" {
				require.NoError(t, json.Unmarshal(next.Value, &keys))
				if len(keys) > len(longest) {
					longest = keys
				}
			}
		}
		return longest[:len(longest)-1] // without that of the next operation
	}
	require.Empty(t, longest())
	observe(history.OK, "send", `[["send","x10",[7,1]]]`)
	observe(history.OK, "send", `[["send","x9",[0,1]]]`)
	observe(history.Info, "send", `[["send","x8",1]]`)
	observe(history.Fail, "send", `[["send","x7",1]]`)
	require.Equal(t, []string{"x9", "x10"}, longest())
	observe(history.OK, "poll", `[["poll",{"x9":[],"x10":[[3,1],[7,2],[5,1]]}]]`)
	require.Equal(t, []string{"x9"}, longest())
	observe(history.OK, "poll", `[["poll",{"x9":[[0,1]]}]]`)
	require.Empty(t, longest())
}

func TestKafkaFinalPhase(t *testing.T) {
	w := newWorkload(t, "kafka").(workload.Reactive)
	// No offset is known, so there is nothing to wait for; but there is a final phase.
	scripts := workload.FinalScripts(w, 2)
	require.Len(t, scripts, 2)
	_, _, ok := scripts[0](history.Op{})
	require.False(t, ok)

	w.Observe(history.Op{Type: history.OK, F: "send", Value: json.RawMessage(`[["send","2",[5,1]]]`)})
	w.Observe(history.Op{Type: history.OK, F: "poll", Value: json.RawMessage(`[["poll",{"10":[[6,1]],"3":[]}]]`)})
	scripts = workload.FinalScripts(w, 2)
	for _, script := range scripts {
		done := history.Op{}
		step := func(want string, value string) time.Duration {
			next, pause, ok := script(done)
			require.True(t, ok)
			require.Equal(t, want, next.F)
			require.Equal(t, value, string(next.Value))
			done = next
			done.Type, done.Time = history.OK, done.Time+int64(pause)
			return pause
		}
		require.Zero(t, step("crash", ``))
		done.Type, done.Time = history.Info, int64(time.Minute)
		require.Zero(t, step("assign", `["2","10"]`))
		require.Zero(t, step("poll", `[["poll"]]`))
		pauses := []time.Duration{}
		for range 20 {
			done.Value = json.RawMessage(`[["poll",{"2":[[5,1]],"10":[[2,2]]}]]`)
			done.Time = int64(time.Minute)
			pauses = append(pauses, step("poll", `[["poll"]]`))
		}
		require.LessOrEqual(t, slices.Max(pauses), 400*time.Millisecond)
		require.Greater(t, slices.Max(pauses), slices.Min(pauses))

		late := done
		late.Time = int64(time.Minute + 10*time.Second)
		_, _, ok = script(late)
		require.False(t, ok, "time is over")

		done.Value = json.RawMessage(`[["poll",{"10":[[6,1]]}]]`)
		_, _, ok = script(done)
		require.False(t, ok, "all is seen")
	}
}

func TestFinalScripts(t *testing.T) {
	require.Nil(t, workload.FinalScripts(newWorkload(t, "echo"), 3))
	scripts := workload.FinalScripts(newWorkload(t, "broadcast"), 3)
	require.Len(t, scripts, 3)
	for _, script := range scripts {
		next, pause, ok := script(history.Op{})
		require.True(t, ok)
		require.Zero(t, pause)
		require.Equal(t, history.Op{F: "read", Final: true}, next)
		_, _, ok = script(history.Op{})
		require.False(t, ok)
	}
}

func TestKafkaCheck(t *testing.T) {
	events := func(polled string) []history.Op {
		h := []history.Op{
			op(1, "send", `[["send","a",1]]`), op(1, "send", `[["send","a",[0,1]]]`), op(1, "poll", `[["poll"]]`), op(1, "poll", polled),
		}
		for i := range h {
			h[i].Index = i
			if i%2 == 1 {
				h[i].Type = history.OK
			}
		}
		return h
	}
	w := newWorkload(t, "kafka")
	require.Equal(t, check.Valid, w.Check(events(`[["poll",{"a":[[0,1]]}]]`)).Verdict())
	require.Equal(t, check.Invalid, w.Check(events(`[["poll",{}]]`)).Verdict())
}

// The memory that the checker needs for the messages of a poll counts.
func TestKafkaCost(t *testing.T) {
	t.Parallel()
	w, err := workload.All().New("kafka", workload.Config{Nodes: []string{"n0"}, Workers: 1, Rand: choice.From(rand.NewPCG(1, 1))})
	require.NoError(t, err)
	costly := w.(workload.Costly)
	require.Equal(t, 4*16, costly.Cost(history.Op{F: "poll", Value: json.RawMessage(`[["poll",{"1":[[0,7],[1,8]]}]]`)}))
	require.Zero(t, costly.Cost(history.Op{F: "poll"}))
}
