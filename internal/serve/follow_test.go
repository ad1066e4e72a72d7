package serve

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

func (f *follower) feed(t *testing.T, ops ...history.Op) {
	t.Helper()
	for _, op := range ops {
		line, err := json.Marshal(op)
		require.NoError(t, err)
		f.line(line)
	}
}

func op(at time.Duration, kind history.Type, process history.Process, f, value string) history.Op {
	return history.Op{Time: int64(at), Type: kind, Process: process, F: f, Value: json.RawMessage(value)}
}

func TestFollower(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	f := newFollower(20*time.Second, 1000)
	require.Equal(t, int64(100*ms), f.width)
	f.feed(
		t,
		op(0, history.Invoke, 0, "read", "null"),
		op(0, history.Invoke, 1, "add", "1"),
		op(10*ms, history.OK, 0, "read", "[]"),
		op(20*ms, history.Invoke, 0, "read", "null"),
		op(50*ms, history.OK, 0, "read", "[]"),
		op(60*ms, history.Fail, 1, "add", "1"),
	)
	u := f.update()
	require.Equal(t, int64(60*ms), u.Now)
	require.Zero(t, u.Open)
	require.Equal(t, []*outcomes{{F: "add", Fail: 1}, {F: "read", OK: 2}}, u.Functions)
	require.Len(t, u.Buckets, 1)
	require.Equal(t, outcomes{OK: 2, Fail: 1}, u.Buckets[0].outcomes)
	require.Equal(t, int64(30*ms), u.Buckets[0].Median)
	require.Equal(t, int64(30*ms), u.Buckets[0].Max)

	f.feed(
		t,
		op(90*ms, history.Invoke, 2, "read", "null"),
		op(99*ms, history.OK, 2, "read", "[]"),
		op(250*ms, history.Info, 7, "add", "1"), // nothing invoked it
	)
	u = f.update()
	require.Len(t, u.Buckets, 2, "the one that has changed, and a new one")
	require.Equal(t, 3, u.Buckets[0].OK)
	require.Equal(t, int64(10*ms), u.Buckets[0].Median)
	require.Equal(t, int64(2), u.Buckets[1].Number)
	require.Equal(t, 1, u.Buckets[1].Info)
	require.Len(t, f.update().Buckets, 1, "the last one may still change")

	f.line([]byte("rubbish"))
	f.line([]byte(`{"process":"somebody"}`))
	require.Equal(t, []string{"2 lines of the history cannot be read."}, f.update().Notes)
}

func TestFollowerWidth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit time.Duration
		rate  float64
		want  time.Duration
	}{
		{20 * time.Second, 100, 100 * time.Millisecond},
		{time.Second, 1000, 50 * time.Millisecond},
		{20 * time.Second, 10, 500 * time.Millisecond},
		{24 * time.Hour, 100, 5 * time.Second},
		{0, 0, 5 * time.Second}, // unknown
	} {
		require.Equal(t, int64(c.want), newFollower(c.limit, c.rate).width, fmt.Sprint(c))
	}
}

func TestFollowerFaults(t *testing.T) {
	t.Parallel()
	f := newFollower(time.Second, 100)
	step := func(at time.Duration, name, value string) history.Op {
		return op(at, history.Info, history.Nemesis, name, value)
	}
	did := func(at time.Duration, name, text string) history.Op {
		op := step(at, name, "null")
		op.Effect = &history.Effect{Text: text}
		return op
	}
	f.feed(
		t,
		step(1, "start-partition", `"majority"`), did(2, "start-partition", "majority"),
		step(3, "start-pause", "null"), did(4, "start-pause", "n1"),
	)
	require.Equal(t, []fault{{"partition", "majority", 1, 0}, {"pause", "n1", 3, 0}}, f.update().Faults)
	f.feed(
		t,
		step(5, "stop-partition", "null"), step(6, "stop-partition", `"network-healed"`),
		step(7, "start-partition", `"one"`), did(8, "start-partition", "one"),
		step(9, "stop-loss", "null"), // it never began
	)
	require.Equal(t, []fault{{"partition", "majority", 1, 6}, {"pause", "n1", 3, 0}, {"partition", "one", 7, 0}}, f.update().Faults)
}

// A history of hostile size takes bounded memory, and the page is told what it does not show.
func TestFollowerIsBounded(t *testing.T) {
	t.Parallel()
	const n = 200_000
	f := newFollower(time.Second, 1000)
	for i := range n {
		name := strings.Repeat("x", maxName) + fmt.Sprint(i) // they begin alike
		if i%2 == 0 {
			name = fmt.Sprint("kind ", i, "\u202e")
		}
		f.take(op(time.Duration(i)*time.Second, history.OK, history.Process(i), name, "null"))
		f.take(op(time.Duration(i)*time.Second, history.Invoke, history.Process(n+i), "read", "null"))
		f.take(op(time.Duration(i)*time.Second, history.Info, history.Nemesis, fmt.Sprint("start-", i), `"about"`))
	}
	u := f.update()
	require.Len(t, u.Functions, maxKinds)
	counted := u.Others.OK
	for _, each := range u.Functions {
		counted += each.OK
		require.LessOrEqual(t, len(each.F), 2*maxName)
		require.NotContains(t, each.F, "\u202e")
	}
	require.Equal(t, n, counted, "all are counted")
	require.Len(t, u.Buckets, maxBuckets)
	require.Len(t, u.Faults, maxFaults)
	require.Equal(t, n, u.Open)
	require.Len(t, f.open, maxOpen)
	require.Len(t, u.Notes, 4)
	require.Contains(t, u.Notes[0], "more than 100 kinds of operations")
	text, err := json.Marshal(u)
	require.NoError(t, err)
	require.Less(t, len(text), 4<<20)
	text, err = json.Marshal(f.update())
	require.NoError(t, err)
	require.Less(t, len(text), 64<<10, "it is sent often")
}

// Of very many operations in one bucket, the median is that of some of them.
func TestBucketIsBounded(t *testing.T) {
	t.Parallel()
	b := &bucket{stride: 1}
	const n = 20*maxLatencies + 7
	for i := range n {
		b.time(int64(i))
		if i%maxLatencies == 0 {
			b.measure() // changes nothing
		}
	}
	b.measure()
	require.LessOrEqual(t, len(b.latencies), maxLatencies)
	require.InDelta(t, n/2, b.Median, n/100)
	require.Equal(t, int64(n-1), b.Max)
}
