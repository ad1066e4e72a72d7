package kafka_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// A model is a correct set of logs, with the history of its clients, which act one after the other.
type model struct {
	t       testing.TB
	step    int64 // the distance between offsets
	logs    map[string][]int64
	next    map[history.Process]map[string]int
	history []history.Op
}

func newModel(t testing.TB, step int64) *model {
	return &model{t: t, step: step, logs: make(map[string][]int64), next: make(map[history.Process]map[string]int)}
}

func (m *model) add(p history.Process, typ history.Type, f string, value any) {
	b, err := json.Marshal(value)
	require.NoError(m.t, err)
	m.history = append(m.history, history.Op{
		Index: len(m.history), Time: int64(len(m.history)) * 1e6, Process: p, Type: typ, F: f, Value: b,
	})
}

// send appends the key's next message, which is 0, 1, 2, ….
func (m *model) send(p history.Process, key string) {
	n := len(m.logs[key])
	offset := int64(n) * m.step
	m.logs[key] = append(m.logs[key], offset)
	m.add(p, history.Invoke, "send", []any{[]any{"send", key, n}})
	m.add(p, history.OK, "send", []any{[]any{"send", key, []any{offset, n}}})
}

// poll returns up to most messages of each assigned key.
func (m *model) poll(p history.Process, most int) {
	polled := make(map[string][][2]int64)
	for key, next := range m.next[p] {
		end := min(next+most, len(m.logs[key]))
		for i := next; i < end; i++ {
			polled[key] = append(polled[key], [2]int64{m.logs[key][i], int64(i)})
		}
		m.next[p][key] = max(next, end)
	}
	m.add(p, history.Invoke, "poll", []any{[]any{"poll"}})
	m.add(p, history.OK, "poll", []any{[]any{"poll", polled}})
}

// assign lets the process poll these keys; it begins new keys from the start.
func (m *model) assign(p history.Process, keys []string) {
	next := make(map[string]int)
	for _, key := range keys {
		next[key] = m.next[p][key]
	}
	m.next[p] = next
	m.add(p, history.Invoke, "assign", keys)
	m.add(p, history.OK, "assign", keys)
}

// draw does random operations, and finally lets a new process poll everything.
func (m *model) draw(t *rapid.T) {
	keys := []string{"a", "b", "c"}
	m.send(9, "a")
	for range rapid.IntRange(0, 40).Draw(t, "operations") {
		p := history.Process(rapid.IntRange(0, 3).Draw(t, "process"))
		switch rapid.IntRange(0, 4).Draw(t, "f") {
		case 0:
			m.assign(p, rapid.SliceOfDistinct(rapid.SampledFrom(keys), rapid.ID).Draw(t, "assign"))
		case 1, 2:
			m.send(p, rapid.SampledFrom(keys).Draw(t, "key"))
		default:
			m.poll(p, rapid.IntRange(0, 5).Draw(t, "most"))
		}
	}
	m.assign(10, keys)
	m.poll(10, 1000)
}

// Whatever clients do with correct logs, the history is valid, whatever the distance between offsets.
func TestRightLogsAreValid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(t, rapid.SampledFrom([]int64{1, 2, 1 << 40}).Draw(rt, "step"))
		m.draw(rt)
		r := kafka.Check(m.history)
		require.Empty(rt, r.Reasons())
		require.Equal(rt, check.Valid, r.Valid)
	})
}

// If any one message is removed from all polls, it is reported as lost, or as unseen if it was the last.
func TestLossIsFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(t, 3)
		m.draw(rt)
		key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "key")
		if len(m.logs[key]) == 0 {
			return
		}
		victim := rapid.IntRange(0, len(m.logs[key])-1).Draw(rt, "victim")
		pair := fmt.Sprintf("[%d,%d]", m.logs[key][victim], victim)
		for i, op := range m.history {
			if op.F != "poll" || op.Type != history.OK {
				continue
			}
			var parts [][]json.RawMessage
			require.NoError(rt, json.Unmarshal(op.Value, &parts))
			var polled map[string][]json.RawMessage
			require.NoError(rt, json.Unmarshal(parts[0][1], &polled))
			polled[key] = slices.DeleteFunc(polled[key], func(b json.RawMessage) bool { return string(b) == pair })
			b, err := json.Marshal([]any{[]any{"poll", polled}})
			require.NoError(rt, err)
			m.history[i].Value = b
		}
		r := kafka.Check(m.history)
		require.Equal(rt, check.Invalid, r.Valid)
		require.Equal(rt, map[string]int{key: 1}, r.Unseen.Counts)
		if victim < len(m.logs[key])-1 {
			require.Equal(rt, 1, r.Counts[kafka.LostWrite])
		}
	})
}

// There are as many groups of early reads as the graph of all operations has strongly connected components of more than one node.
func TestEarlyReadsAreTheCycles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		// Each process sends one message or polls one, in a random order of events.
		n := rapid.IntRange(1, 12).Draw(rt, "operations")
		var events []int // each operation twice: invocation, completion
		for i := range n {
			events = append(events, i, i)
		}
		events = rapid.Permutation(events).Draw(rt, "events")
		message := make([]int, n) // operation i polls the message that operation message[i] sends; it is i itself for a send
		for i := range n {
			message[i] = i
			if i%2 == 1 {
				message[i] = 2 * rapid.IntRange(0, i/2).Draw(rt, "message")
			}
		}
		start, end := make([]int, n), make([]int, n)
		var b strings.Builder
		begun := make(map[int]bool)
		for at, i := range events {
			typ := history.OK
			if !begun[i] {
				typ, begun[i], start[i] = history.Invoke, true, at
			}
			end[i] = at
			switch {
			case i%2 == 0 && typ == history.OK:
				fmt.Fprintf(&b, "%d ok send a %d:%d\n", i, i, i)
			case i%2 == 0:
				fmt.Fprintf(&b, "%d invoke send a %d\n", i, i)
			default:
				fmt.Fprintf(&b, "%d %s poll a %d:%d\n", i, typ, message[i], message[i])
			}
		}
		reach := make([][]bool, n)
		for i := range n {
			reach[i] = make([]bool, n)
			for j := range n {
				reach[i][j] = i != j && (end[i] < start[j] || message[j] == i)
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		components := 0
		for i := range n {
			// A component counts at its first operation.
			if reach[i][i] {
				first := 0
				for !reach[i][first] || !reach[first][i] {
					first++
				}
				if first == i {
					components++
				}
			}
		}
		r := kafka.Check(parse(t, b.String()))
		require.Equal(rt, components, r.Counts[kafka.EarlyRead], b.String())
		require.Len(rt, r.Cycles, components)
	})
}

// No history makes the checker fail, and every Result is complete.
func FuzzCheck(f *testing.F) {
	for _, c := range corpus.Read[corpusCase](f, "kafka") {
		if len(c.History) < 30 {
			var b bytes.Buffer
			require.NoError(f, history.Write(&b, c.History))
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, _ := history.Read(bytes.NewReader(b))
		r := kafka.Check(h)
		require.Equal(t, r.Valid == check.Valid, len(r.Reasons()) == 0)
		require.Equal(t, r.Valid == check.Invalid, len(r.ErrorTypes) > 0)
		_, err := json.Marshal(r)
		require.NoError(t, err)
	})
}

// A run of 20 s at 1000 operations a second, and a final phase in which all five workers poll everything.
func BenchmarkCheck(b *testing.B) {
	m := newModel(b, 5)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		p := history.Process(r.IntN(5))
		key := fmt.Sprint(i/320*10 + r.IntN(10))
		switch {
		case r.IntN(64) == 0:
			m.assign(p, []string{key, fmt.Sprint(i / 320 * 10), fmt.Sprint(i/320*10 + 9)})
		case r.IntN(2) == 0:
			m.send(p, key)
		default:
			m.poll(p, 100)
		}
	}
	var keys []string
	for key := range m.logs {
		keys = append(keys, key)
	}
	for p := history.Process(5); p < 10; p++ {
		m.assign(p, keys)
		for range 50 {
			m.poll(p, 5000)
		}
	}
	require.Empty(b, kafka.Check(m.history).Reasons())
	for b.Loop() {
		kafka.Check(m.history)
	}
}
