package service

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"glomers/harness/choice"
	"glomers/harness/internal/jsonvalue"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/node"
)

// A state maps keys to values. Each state is a full copy.
type state map[string]json.RawMessage

// step carries out op on a copy of the state, and returns that copy.
func (s state) step(op operation) (next state, value json.RawMessage, code int) {
	next = maps.Clone(s)
	current, ok := s[op.key]
	switch {
	case op.kind == write:
		next[op.key] = op.to
	case op.kind == read && ok:
		return next, current, 0
	case op.kind == cas && ok && jsonvalue.Key(current) != jsonvalue.Key(op.from):
		return next, nil, node.PreconditionFailed
	case op.kind == cas && (ok || op.create):
		next[op.key] = op.to
	default:
		return next, nil, node.KeyDoesNotExist
	}
	return next, nil, 0
}

// same compares whole states.
func (s state) same(o state) bool {
	return maps.EqualFunc(s, o, func(a, b json.RawMessage) bool { return jsonvalue.Key(a) == jsonvalue.Key(b) })
}

// seqModel is a literal model of seq-kv: it keeps 32 full states.
type seqModel struct {
	choices  choice.Stream
	states   []state // the last 32
	newest   int
	position map[string]int
}

func (m *seqModel) do(client string, op operation) (json.RawMessage, int) {
	oldest := m.newest - len(m.states) + 1
	at := max(m.position[client], oldest)
	at += m.choices.IntN(m.newest - at + 1)
	next, value, code := m.states[at-oldest].step(op)
	if next.same(m.states[at-oldest]) {
		m.position[client] = at
		return value, code
	}
	next, value, code = m.states[len(m.states)-1].step(op)
	m.states = append(m.states, next)
	m.states = m.states[max(0, len(m.states)-32):]
	m.newest++
	m.position[client] = m.newest
	return value, code
}

// lwwModel is a literal model of lww-kv: a merge considers all keys.
type lwwModel struct {
	choices  choice.Stream
	replicas [2]struct {
		clock  int
		values state
		stamps map[string]int
	}
}

func (m *lwwModel) do(_ string, op operation) (json.RawMessage, int) {
	source, dest, at := m.choices.IntN(2), m.choices.IntN(2), m.choices.IntN(2)
	from, to := &m.replicas[source], &m.replicas[dest]
	to.clock = max(to.clock, from.clock)
	for key, value := range from.values {
		if _, ok := to.values[key]; !ok || to.stamps[key] <= from.stamps[key] {
			to.values[key], to.stamps[key] = value, from.stamps[key]
		}
	}
	r := &m.replicas[at]
	op.create = false
	next, value, code := r.values.step(op)
	if op.kind != read && code == 0 {
		r.values, r.stamps[op.key] = next, r.clock
		r.clock++
	}
	return value, code
}

// drawOperation draws from few keys and values. Some of them are equal but spelled differently.
func drawOperation(t *rapid.T) (client string, op operation) {
	keys := []string{`"a"`, `"\u0061"`, `1`, `1.0`, `{"p":1,"q":2}`, `{"q":2,"p":1}`}
	values := []string{`0`, `-0`, `0.0`, `1`, `1.0`, `10e-1`, `null`, `[1]`, `{"p":1,"q":[]}`, `{"q":[],"p":1}`}
	value := func(label string) json.RawMessage {
		return json.RawMessage(rapid.SampledFrom(values).Draw(t, label))
	}
	op.kind = rapid.SampledFrom([]string{read, write, write, cas}).Draw(t, "kind")
	op.name = json.RawMessage(rapid.SampledFrom(keys).Draw(t, "key"))
	op.key = jsonvalue.Key(op.name)
	switch op.kind {
	case cas:
		op.from = value("from")
		op.create = rapid.Bool().Draw(t, "create")
		fallthrough
	case write:
		op.to = value("to")
	}
	// Some clients send requests so rarely that seq-kv no longer keeps the state of their position.
	clients := []string{"n1", "n1", "n1", "n1", "n1", "n1", "n1", "n1", "n1", "n2", "n2", "n3"}
	return rapid.SampledFrom(clients).Draw(t, "client"), op
}

// compare checks a store against its model, operation by operation.
func compare(t *rapid.T, s store, model func(string, operation) (json.RawMessage, int)) {
	for i := range rapid.SampledFrom([]int{3, 30, 300}).Draw(t, "operations") {
		client, op := drawOperation(t)
		value, fault := s.do(client, op)
		code := 0
		if fault != nil {
			code = fault.Code
		}
		wantValue, wantCode := model(client, op)
		what := fmt.Sprintf("operation %d: %s of %s by %s", i, op.kind, op.name, client)
		require.Equal(t, wantCode, code, what)
		require.Equal(t, string(wantValue), string(value), what)
	}
}

func TestSeqKVIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		s := newSeqKV(choice.Seeded(seed).Stream(node.SeqKV))
		m := &seqModel{choices: choice.Seeded(seed).Stream(node.SeqKV), states: []state{{}}, position: map[string]int{}}
		compare(t, s, m.do)

		versions := 0
		for _, r := range s.keys {
			versions += len(r.versions)
		}
		require.Less(t, versions, len(s.keys)+window, "one value for each key, and one for each further state")
	})
}

func TestLWWKVIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		m := &lwwModel{choices: choice.Seeded(seed).Stream(node.LWWKV)}
		for i := range m.replicas {
			m.replicas[i].values, m.replicas[i].stamps = state{}, map[string]int{}
		}
		compare(t, newLWWKV(choice.Seeded(seed).Stream(node.LWWKV)), m.do)
	})
}
