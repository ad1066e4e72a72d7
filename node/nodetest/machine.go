package nodetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"glomers/node"
)

// repetitions is how often Deterministic gives a machine its inputs. The order of a map with two keys is the same in that many
// iterations once in 500,000 times.
const repetitions = 20

// Deterministic fails the test unless each machine that start makes does the same with the same inputs: returns the same messages in the
// same order, and wants its next Tick at the same time. What differs is most often the order of a map, or a random number that is not from
// a seed. Then a failing run cannot be repeated.
//
// An input calls a method of the machine, with a time: Receive, Tick, or what a client's request calls. Start must make machines that share
// nothing.
func Deterministic[M any, R node.Machine[M]](tb testing.TB, start func() R, inputs ...func(machine R) []node.Envelope[M]) {
	tb.Helper()
	var first []string
	for range repetitions {
		machine := start()
		for i, input := range inputs {
			did := fmt.Sprintf("%s, and wants its next Tick at %v", sent(tb, input(machine)), machine.Next())
			switch {
			case len(first) == i:
				first = append(first, did)
			case first[i] != did:
				tb.Fatalf("nodetest: the machine does not always do the same at input %d: once it sends\n\t%s\nand once\n\t%s", i+1, first[i], did)
			}
		}
	}
}

// Idempotent fails the test unless an input that comes twice leaves a machine as if it had come once, for each of the inputs. It is for
// machines that promise that of messages, which a network may deliver twice. state returns what the promise is about; answers to both
// copies do no harm.
func Idempotent[M any, R node.Machine[M]](tb testing.TB, start func() R, state func(machine R) any, inputs ...func(machine R) []node.Envelope[M]) {
	tb.Helper()
	for twice := range inputs {
		once, again := start(), start()
		for i, input := range inputs[:twice+1] {
			input(once)
			input(again)
			if i == twice {
				input(again)
			}
		}
		if a, b := state(once), state(again); !reflect.DeepEqual(a, b) {
			tb.Fatalf("nodetest: input %d leaves the machine in another state if it comes twice: once\n\t%+v\ntwice\n\t%+v", twice+1, a, b)
		}
	}
}

// sent returns messages as text.
func sent[M any](tb testing.TB, out []node.Envelope[M]) string {
	tb.Helper()
	text, err := json.Marshal(out)
	if err != nil {
		tb.Fatalf("nodetest: the messages of a machine: %v", err)
	}
	return string(text)
}
