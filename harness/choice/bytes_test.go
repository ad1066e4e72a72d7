package choice_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
)

func TestBytes(t *testing.T) {
	draw := func(strategy choice.Strategy) []any {
		gate := choice.New(5, strategy)
		s, node := gate.Stream("s"), gate.Around(rand.NewPCG(1, 1), "node")
		return []any{
			s.IntN(10), node.IntN(1000), s.Chance(0.5), s.Uniform(time.Second), // decisions 0, 1, 2
			s.Exponential(time.Second), node.Chance(0.5), s.Uint64(), s.IntN(2), // 3, 4, 5
		}
	}
	seed := draw(nil)
	for name, c := range map[string]struct {
		bytes  []byte
		change func(want []any)
	}{
		"none":             {nil, func([]any) {}},
		"half a pair":      {[]byte{0}, func([]any) {}},
		"pick":             {[]byte{0, 1}, func(want []any) { want[0] = 0 }},
		"pick modulo":      {[]byte{0, 28}, func(want []any) { want[0] = 7 }},
		"nothing changed":  {[]byte{0, 0}, func([]any) {}},
		"chance":           {[]byte{1, 77}, func(want []any) { want[2] = !want[2].(bool) }},
		"shortest":         {[]byte{2, 1}, func(want []any) { want[3] = time.Duration(0) }},
		"longest":          {[]byte{2, 255}, func(want []any) { want[3] = time.Second }},
		"middle":           {[]byte{2, 128}, func(want []any) { want[3] = time.Second / 2 }},
		"at once":          {[]byte{3, 1}, func(want []any) { want[4] = time.Duration(0) }},
		"eight times":      {[]byte{3, 255}, func(want []any) { want[4] = 8 * time.Second / 254 * 254 }},
		"word":             {[]byte{4, 1}, func(want []any) { want[6] = uint64(0xe220a8397b1dcdaf) }},
		"two, with a skip": {[]byte{0, 3, 0, 0, 3, 2}, func(want []any) { want[0], want[7] = 2, 1 }},
		"too far":          {[]byte{6, 1}, func([]any) {}},
	} {
		t.Run(name, func(t *testing.T) {
			want := append([]any{}, seed...)
			c.change(want)
			require.Equal(t, want, draw(choice.Bytes(c.bytes)))
		})
	}
}
