package service

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A call is an operation in the model for porcupine.
type call struct {
	kind, key string
	from, to  int
	body      string
}

// registers is the model of a linearizable store: one register per key. The state of a register is its value as text, or "20"
// (the error) if it has no value.
func registers() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byKey := map[string][]porcupine.Operation{}
			for _, op := range history {
				key := op.Input.(call).key
				byKey[key] = append(byKey[key], op)
			}
			var parts [][]porcupine.Operation
			for _, part := range byKey {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() any { return "20" },
		Step: func(state, input, output any) (bool, any) {
			c := input.(call)
			want, next := "ok", fmt.Sprint(c.to)
			switch {
			case c.kind == read:
				want, next = state.(string), state.(string)
			case c.kind == cas && state == "20":
				want, next = "20", "20"
			case c.kind == cas && state != fmt.Sprint(c.from):
				want, next = "22", state.(string)
			}
			return output == want, next
		},
	}
}

// run sends requests of concurrent clients to s. A request arrives some time after it is sent, and its reply some time after
// that.
func run(t *testing.T, s Service, seed uint64) []porcupine.Operation {
	const clients, operations = 5, 300
	rng := rand.New(rand.NewPCG(seed, 0))
	type stage int
	const (
		idle stage = iota
		sent
		answered
	)
	var stages [clients]stage
	var current [clients]porcupine.Operation
	var history []porcupine.Operation
	for now := int64(0); len(history) < operations; now++ {
		i := rng.IntN(clients)
		switch stages[i] {
		case idle:
			c := call{
				kind: []string{read, write, cas}[rng.IntN(3)],
				key:  []string{`"x"`, `"y"`, `"z"`}[rng.IntN(3)],
				from: rng.IntN(3), to: rng.IntN(3),
			}
			c.body = map[string]string{
				read:  readBody(c.key),
				write: writeBody(c.key, c.to),
				cas:   casBody(c.key, c.from, c.to),
			}[c.kind]
			current[i] = porcupine.Operation{ClientId: i, Input: c, Call: now}
			stages[i] = sent
		case sent:
			body := current[i].Input.(call).body
			current[i].Output = ask(t, s, fmt.Sprintf("n%d", i), body).outcome()
			stages[i] = answered
		case answered:
			current[i].Return = now
			history = append(history, current[i])
			stages[i] = idle
		}
	}
	for i, op := range current {
		if stages[i] == answered { // it has had its effect, so it belongs to the history
			op.Return = math.MaxInt64
			history = append(history, op)
		}
	}
	return history
}

// lin-kv is linearizable under concurrency. The same test shows that the others are not.
func TestLinearizable(t *testing.T) {
	for _, c := range []struct {
		name string
		want bool
	}{{node.LinKV, true}, {node.SeqKV, false}, {node.LWWKV, false}} {
		for seed := range uint64(20) {
			history := run(t, newService(t, c.name, seed), seed)
			require.Equal(t, c.want, porcupine.CheckOperations(registers(), history), "%s, seed %d", c.name, seed)
		}
	}
}
