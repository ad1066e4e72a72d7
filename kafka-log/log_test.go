package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A world is some logs that get runs of each other's journals in any way that the network may choose.
type world struct {
	t    *rapid.T
	logs []*log
	msgs int

	shown      map[string]int64 // by key, the highest watermark that any log ever had
	watermarks []map[string]int64
	committed  map[string]int64 // by key, the highest offset

	// answers[i] is how much of the other node's journal is the answer to the last closing of node i.
	answers []int
}

// unanswered is a length that no journal reaches.
const unanswered = 1 << 30

func newWorld(t *rapid.T) *world {
	w := &world{t: t, shown: make(map[string]int64), committed: make(map[string]int64)}
	n := rapid.IntRange(1, 4).Draw(t, "nodes")
	orderOnly := rapid.Bool().Draw(t, "orderOnly")
	for i := range n {
		l := newLog(i, n, orderOnly)
		l.whole, l.lead = true, 2*int64(n) // so small that it is exceeded
		w.logs = append(w.logs, l)
		w.answers = append(w.answers, unanswered)
		w.watermarks = append(w.watermarks, make(map[string]int64))
	}
	return w
}

func (w *world) node(label string) int {
	return rapid.IntRange(0, len(w.logs)-1).Draw(w.t, label)
}

var keys = []string{"a", "b"}

func (w *world) key() string { return rapid.SampledFrom(keys).Draw(w.t, "key") }

func (w *world) send(*rapid.T) {
	i, key := w.node("node"), w.key()
	w.msgs++
	offset := w.logs[i].send(key, json.RawMessage(strconv.Itoa(w.msgs)))
	require.GreaterOrEqual(w.t, offset, w.shown[key], "an offset below a watermark")
	require.EqualValues(w.t, i, offset%int64(len(w.logs)))
}

func (w *world) promise(*rapid.T) { w.logs[w.node("node")].promise() }

func (w *world) commit(*rapid.T) {
	key, offset := w.key(), rapid.Int64Range(0, 20).Draw(w.t, "offset")
	w.logs[w.node("node")].commit(key, offset)
	w.committed[key] = max(w.committed[key], offset)
}

// deliver gives a log any piece of another's journal: new, old or beyond a gap.
func (w *world) deliver(*rapid.T) {
	from, to := w.node("from"), w.node("to")
	if from == to {
		return
	}
	j := w.logs[from].own()
	start := rapid.IntRange(0, len(j)).Draw(w.t, "start")
	end := rapid.IntRange(start, len(j)).Draw(w.t, "end")
	before := len(w.logs[to].journals[from])
	progress := w.logs[to].extend(from, run{start, j[start:end]})
	after := len(w.logs[to].journals[from])
	require.Equal(w.t, after > before, progress)
	if closed := w.logs[from].closed; before < closed && closed <= after {
		w.answers[from] = len(w.logs[to].own())
	}
	if after >= w.answers[to] {
		w.logs[to].pending = false
	}
	if start <= before {
		require.Equal(w.t, max(before, end), after)
	} else {
		require.Equal(w.t, before, after, "a gap")
	}
}

// close closes an epoch, if nodes do that.
func (w *world) close(*rapid.T) {
	i := w.node("node")
	if l := w.logs[i]; l.epochs() && !l.pending {
		l.close()
		w.answers[i] = unanswered
	}
}

// settle tells a log how much of its journal every node has.
func (w *world) settle(*rapid.T) {
	i := w.node("node")
	everywhere := len(w.logs[i].own())
	for _, l := range w.logs {
		everywhere = min(everywhere, len(l.journals[i]))
	}
	w.logs[i].stabilise(everywhere)
}

// truth returns the messages of a key in the order of their offsets, as their own nodes have them.
func (w *world) truth(key string) []entry {
	all := []entry{}
	for _, l := range w.logs {
		for _, it := range l.own() {
			if it.Op == opSend && it.Key == key {
				all = append(all, entry{it.Offset, it.Msg})
			}
		}
	}
	slices.SortFunc(all, func(x, y entry) int { return int(x.offset - y.offset) })
	return all
}

func (w *world) check(*rapid.T) {
	for _, key := range keys {
		truth := w.truth(key)
		for i, l := range w.logs {
			t := l.topics[key]
			if t == nil {
				require.Empty(w.t, l.poll(key, 0, 10))
				continue
			}
			mark := t.watermark(i)
			require.GreaterOrEqual(w.t, mark, w.watermarks[i][key], "a watermark that goes back")
			w.watermarks[i][key] = mark
			w.shown[key] = max(w.shown[key], mark)
			for k, o := range w.logs {
				if ot := o.topics[key]; ot != nil && !o.pending { // otherwise it may, but only after it has moved on
					require.GreaterOrEqual(w.t, ot.next, mark, "node %d may give out an offset below the watermark of %d", k, i)
				}
			}

			visible, _ := slices.BinarySearchFunc(truth, mark, func(e entry, o int64) int { return int(e.offset - o) })
			require.Equal(w.t, truth[:visible], append([]entry{}, l.poll(key, 0, len(truth)+1)...))
			// Consumers that read in small steps see the same.
			var steps []entry
			for offset := int64(0); ; {
				got := l.poll(key, offset, 2)
				if len(got) == 0 {
					break
				}
				steps = append(steps, got...)
				offset = got[len(got)-1].offset + 1
			}
			require.Equal(w.t, visible, len(steps))
			require.Equal(w.t, truth[:visible], append([]entry{}, steps...))
		}
	}
}

// Whatever the network does, polls of all nodes are prefixes of one order, which does not change; and when
// everything has arrived, everybody shows everything.
func TestLogs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		t.Repeat(map[string]func(*rapid.T){
			"send":    w.send,
			"promise": w.promise,
			"close":   w.close,
			"commit":  w.commit,
			"deliver": w.deliver,
			"settle":  w.settle,
			"":        w.check,
		})

		deliverAll := func() {
			for to, l := range w.logs {
				for from, o := range w.logs {
					if from != to {
						l.extend(from, run{0, o.own()})
					}
				}
			}
		}
		deliverAll()
		for _, l := range w.logs {
			l.promise()
			l.stabilise(len(l.own()))
		}
		deliverAll()
		w.check(t)
		for _, key := range keys {
			truth := w.truth(key)
			for _, l := range w.logs {
				require.Len(t, l.poll(key, 0, len(truth)+1), len(truth))
				c, ok := l.committed(key)
				want, wantOK := w.committed[key]
				require.Equal(t, wantOK, ok)
				require.Equal(t, want, c)
			}
		}
	})
}

// A message of ours that is not everywhere hides what comes after it, though nobody will give out a lower offset.
func TestUnstableIsHidden(t *testing.T) {
	a, b := newLog(0, 2, false), newLog(1, 2, false)
	a.send("k", json.RawMessage(`"a"`))
	b.send("k", json.RawMessage(`"b"`))
	b.send("k", json.RawMessage(`"c"`))
	a.extend(1, b.own().from(0))
	require.Empty(t, a.poll("k", 0, 9))
	a.stabilise(1)
	require.Equal(t, []entry{{0, json.RawMessage(`"a"`)}, {1, json.RawMessage(`"b"`)}, {3, json.RawMessage(`"c"`)}}, a.poll("k", 0, 9))
	require.Equal(t, []entry{{1, json.RawMessage(`"b"`)}}, a.poll("k", 1, 1))
	require.Empty(t, b.poll("k", 0, 9), "b cannot know of a's message")
}

// Offsets follow the larger of what a node gave out and what it saw, so they stay small and close.
func TestOffsets(t *testing.T) {
	a, b := newLog(0, 3, false), newLog(1, 3, false)
	null := json.RawMessage("null")
	require.EqualValues(t, 0, a.send("k", null))
	require.EqualValues(t, 3, a.send("k", null))
	require.EqualValues(t, 0, a.send("l", null), "each key has its own counter")
	b.extend(0, a.own().from(0))
	require.EqualValues(t, 4, b.send("k", null))
	a.extend(1, b.own().from(0))
	require.EqualValues(t, 6, a.send("k", null))
}

// What everybody knows is not stated again.
func TestJournalSaysNothingTwice(t *testing.T) {
	a, b := newLog(0, 2, false), newLog(1, 2, false)
	a.commit("k", 5)
	a.commit("k", 5)
	a.commit("k", 4)
	require.Len(t, a.own(), 1)
	a.send("k", json.RawMessage("1"))
	a.send("k", json.RawMessage("2"))
	b.extend(0, a.own().from(0))
	b.promise()
	b.promise()
	require.Equal(t, journal{{Op: opPromise, Key: "k", Offset: 3}}, b.own())
	b.send("k", json.RawMessage("3"))
	a.extend(1, b.own().from(0))
	a.send("k", json.RawMessage("4"))
	a.promise()
	require.Len(t, a.own(), 4, "a message is a promise, too")
}

func TestJournalRuns(t *testing.T) {
	big := make(json.RawMessage, maxBytes-1)
	var j journal
	for range maxItems {
		j = append(j, item{Op: opPromise})
	}
	j = append(j, item{Op: opSend, Msg: big}, item{Op: opSend, Msg: json.RawMessage("1")}, item{Op: opSend, Msg: make(json.RawMessage, maxBytes)})
	require.Equal(t, maxItems, j.from(0).end())
	require.Equal(t, maxItems+1, j.from(1).end())
	require.Equal(t, maxItems+2, j.from(maxItems).end())
	require.Equal(t, maxItems+2, j.from(maxItems+1).end(), "the next is too large for this one")
	require.Equal(t, maxItems+3, j.from(maxItems+2).end())
	require.Equal(t, run{From: 9999}, j.from(9999))
	require.False(t, j.from(0).sends())
	require.True(t, j.from(1).sends())
}

func TestRunJSON(t *testing.T) {
	for text, want := range map[string]bool{
		`{"from":3}`: true,
		`{"from":0,"items":[{"op":"send","key":"k","offset":1,"msg":null}]}`:   true,
		`{"from":0,"items":[{"op":"send","key":"","offset":1,"msg":{"a":1}}]}`: true,
		`{"from":0,"items":[{"op":"promise","key":"k","offset":1}]}`:           true,
		`{"from":0,"items":[{"op":"commit","key":"k","offset":0}]}`:            true,
		`{"from":-1}`: false,
		`{"from":0,"items":[{"op":"send","key":"k","offset":1}]}`:           false,
		`{"from":0,"items":[{"op":"commit","key":"k","offset":1,"msg":1}]}`: false,
		`{"from":0,"items":[{"op":"commit","key":"k","offset":-1}]}`:        false,
		`{"from":0,"items":[{"op":"other","key":"k","offset":1}]}`:          false,
		`{"from":0,"items":[{}]}`:                                           false,
	} {
		var r run
		require.NoError(t, json.Unmarshal([]byte(text), &r), text)
		require.Equal(t, want, r.valid(), text)
		if want {
			out, err := json.Marshal(r)
			require.NoError(t, err)
			require.Equal(t, text, string(out))
		}
	}
}

func BenchmarkSendAndPoll(b *testing.B) {
	l := newLog(0, 1, false)
	msg := json.RawMessage("1")
	for b.Loop() {
		offset := l.send("k", msg)
		l.stabilise(len(l.own()))
		l.poll("k", offset-10, maxPoll)
	}
}
