package explore_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/node"
)

// timed is a node that shows its clock at the latest echo, and has a timer: n0 after two seconds of its clock, and n1 after one.
func timed(n *node.Node) {
	var start, asked time.Time
	n.OnInit(func(context.Context) error {
		start, asked = n.Now(), n.Now()
		n.Every(time.Duration(2-n.Index())*time.Second, func(context.Context) {})
		return nil
	})
	n.Show(func() any { return asked.Sub(start) })
	node.HandleRPC(n, "echo", func(_ context.Context, m map[string]any) (map[string]any, error) {
		asked = n.Now()
		return map[string]any{"echo": m["echo"]}, nil
	})
}

// With Clocks, the clocks go on together, each at its rate, with any timer: that of n1 comes after half a second of n0's clock. Without, each goes
// on alone.
func TestClocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rates []float64
		want  []time.Duration // that n0's clock may show
	}{
		{[]float64{1, 2}, []time.Duration{0, 500 * time.Millisecond, 2 * time.Second}},
		{nil, []time.Duration{0, 2 * time.Second}},
	} {
		shown := make(map[time.Duration]bool)
		scope := explore.Scope{
			Program: timed, Workload: "echo", Nodes: 2, Ticks: 1, Given: []explore.Op{{Client: 0, F: "echo", Value: "a"}}, Clocks: c.rates,
			Invariant: func(c explore.Cluster) error {
				shown[c.Shown(0).(time.Duration).Round(time.Millisecond)] = true
				return nil
			},
		}
		r, err := explore.Run(t.Context(), scope)
		require.NoError(t, err)
		require.True(t, r.Exhausted)
		require.Equal(t, c.want, slices.Sorted(maps.Keys(shown)))
		require.Equal(t, c.rates != nil, strings.Contains(r.Bound, "clocks with the rates 1 2"), r.Bound)
	}
}

func TestClocksAreChecked(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]explore.Scope{
		"Clocks has 1 rates: want one for each of the 2 nodes": {Clocks: []float64{1}},
		"Clocks[1] is 0: want a rate":                          {Clocks: []float64{1, 0}},
		"Clocks and Alike do not go together":                  {Clocks: []float64{1, 1}, Alike: []int{0, 1}, Shown: true},
	} {
		s.Program, s.Workload, s.Nodes, s.Given = timed, "echo", 2, []explore.Op{}
		_, err := explore.Run(t.Context(), s)
		require.ErrorContains(t, err, want)
	}
	_, err := explore.Run(t.Context(), explore.Scope{Command: []string{"true"}, Workload: "echo", Nodes: 1, Clocks: []float64{1}})
	require.ErrorContains(t, err, "Clocks are for a Program")
}
