package workload_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/workload"
)

func names(n int) []string {
	ids := []string{}
	for i := range n {
		ids = append(ids, "n"+strconv.Itoa(i))
	}
	return ids
}

// The grid of three is what Maelstrom sent (corpus, transcripts/broadcast).
func TestTopologies(t *testing.T) {
	for _, c := range []struct {
		name  string
		nodes int
		want  map[string][]string
	}{
		{"grid", 0, map[string][]string{}},
		{"grid", 1, map[string][]string{"n0": {}}},
		{"", 3, map[string][]string{"n0": {"n2", "n1"}, "n1": {"n0"}, "n2": {"n0"}}},
		{"grid", 5, map[string][]string{
			"n0": {"n3", "n1"}, "n1": {"n4", "n2", "n0"}, "n2": {"n1"}, "n3": {"n0", "n4"}, "n4": {"n1", "n3"},
		}},
		{"line", 1, map[string][]string{}},
		{"line", 3, map[string][]string{"n0": {"n1"}, "n1": {"n0", "n2"}, "n2": {"n1"}}},
		{"total", 3, map[string][]string{"n0": {"n1", "n2"}, "n1": {"n0", "n2"}, "n2": {"n0", "n1"}}},
		{"tree", 4, map[string][]string{"n0": {"n1", "n2"}, "n1": {"n0", "n3"}, "n2": {"n0"}, "n3": {"n1"}}},
		{"tree3", 6, map[string][]string{
			"n0": {"n1", "n2", "n3"}, "n1": {"n0", "n4", "n5"}, "n2": {"n0"}, "n3": {"n0"}, "n4": {"n1"}, "n5": {"n1"},
		}},
	} {
		got, err := workload.NewTopology(c.name, names(c.nodes))
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%s of %d", c.name, c.nodes)
	}
}

// In every topology, neighbours are mutual, no node is its own neighbour, and every node can be reached.
func TestTopologiesAreConnected(t *testing.T) {
	degree := map[string]int{"grid": 4, "line": 2, "tree": 3, "tree2": 3, "tree3": 4, "tree4": 5}
	rapid.Check(t, func(t *rapid.T) {
		ids := names(rapid.IntRange(2, 60).Draw(t, "nodes"))
		name := rapid.SampledFrom(workload.Topologies()).Draw(t, "topology")
		topology, err := workload.NewTopology(name, ids)
		require.NoError(t, err)
		require.Len(t, topology, len(ids))
		for id, neighbours := range topology {
			require.NotContains(t, neighbours, id)
			if most, limited := degree[name]; limited {
				require.LessOrEqual(t, len(neighbours), most)
			}
			for _, n := range neighbours {
				require.Contains(t, topology[n], id)
			}
		}
		reached := []string{ids[0]}
		for i := 0; i < len(reached); i++ {
			for _, n := range topology[reached[i]] {
				if !slices.Contains(reached, n) {
					reached = append(reached, n)
				}
			}
		}
		require.Len(t, reached, len(ids))
	})
}
