package counter_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/baselines/internal/counter"
)

// In whatever order the states of all nodes arrive, including old and repeated ones, the final sum is that of all adds.
func TestMergeOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var states []counter.PN
		sum := 0
		for i := range rapid.IntRange(1, 4).Draw(t, "nodes") {
			own := counter.NewPN()
			for _, delta := range rapid.SliceOfN(rapid.IntRange(-5, 4), 1, 6).Draw(t, "deltas") {
				own.Add(fmt.Sprint("n", i), delta)
				sum += delta
				state := counter.NewPN()
				state.Merge(own)
				states = append(states, state)
			}
		}
		p := counter.NewPN()
		for _, s := range rapid.Permutation(append(states, states...)).Draw(t, "arriving") {
			p.Merge(s)
		}
		require.Equal(t, sum, p.Value())
	})
}
