package baselines

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTreeNeighbours(t *testing.T) {
	ids := []string{"n0", "n1", "n2", "n3", "n4", "n5"}
	for _, c := range []struct {
		node, degree int
		want         []string
	}{
		{0, 2, []string{"n1", "n2"}},
		{1, 2, []string{"n0", "n3", "n4"}},
		{2, 2, []string{"n0", "n5"}},
		{5, 2, []string{"n2"}},
		{0, 6, []string{"n1", "n2", "n3", "n4", "n5"}},
		{3, 6, []string{"n0"}},
	} {
		require.Equal(t, c.want, treeNeighbours(ids, c.node, c.degree), "node %d, degree %d", c.node, c.degree)
	}
	require.Empty(t, treeNeighbours([]string{"n0"}, 0, 1))
}

// A graph whose edges go both ways, which is connected, and has an edge less than nodes, is a tree.
func TestTreeIsATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := make([]string, rapid.IntRange(1, 40).Draw(t, "nodes"))
		for i := range ids {
			ids[i] = fmt.Sprint("n", i)
		}
		degree := rapid.IntRange(1, len(ids)).Draw(t, "degree")
		ends := 0
		reached := map[string]bool{ids[0]: true} // in order: parents have lower numbers
		for i, id := range ids {
			neighbours := treeNeighbours(ids, i, degree)
			ends += len(neighbours)
			for _, to := range neighbours {
				require.Contains(t, treeNeighbours(ids, slices.Index(ids, to), degree), id)
				reached[to] = reached[to] || reached[id]
			}
		}
		require.Equal(t, 2*(len(ids)-1), ends)
		for _, id := range ids {
			require.True(t, reached[id], id)
		}
	})
}
