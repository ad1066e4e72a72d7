package nemesis

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func nodes(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("n%d", i)
	}
	return ids
}

// hears returns the nodes that each node can hear under g, including itself, in the order of all.
func hears(g Grudge, all []string) map[string][]string {
	h := make(map[string][]string, len(all))
	for _, node := range all {
		for _, src := range all {
			if !slices.Contains(g[node], src) {
				h[node] = append(h[node], src)
			}
		}
	}
	return h
}

// sides returns the sizes of the two parts into which g splits a cluster, the smaller first. It fails unless g is a clean
// split: every node hears exactly the nodes of its own part.
func sides(t *rapid.T, g Grudge, all []string) (int, int) {
	h := hears(g, all)
	for node, part := range h {
		require.Contains(t, part, node)
		for _, other := range part {
			require.Equal(t, part, h[other], "%s and %s hear each other", node, other)
		}
	}
	parts := map[string]int{}
	for _, part := range h {
		parts[strings.Join(part, " ")] = len(part)
	}
	require.LessOrEqual(t, len(parts), 2)
	a := len(h[all[0]])
	return min(a, len(all)-a), max(a, len(all)-a)
}

// The definition of each kind holds for every order of the nodes.
func TestKinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(t, "n")
		all := nodes(n)
		order := rapid.Permutation(all).Draw(t, "order")
		for _, k := range referenceKinds {
			g := k.grudge(order)
			require.Len(t, g, n, "every node has an entry")
			for node, srcs := range g {
				require.NotContains(t, srcs, node)
				require.True(t, slices.IsSorted(srcs))
				require.Subset(t, all, srcs)
			}
			switch k {
			case one:
				small, _ := sides(t, g, all)
				require.Equal(t, min(1, n-1), small)
			case minorityThird:
				small, _ := sides(t, g, all)
				require.Less(t, 3*small, n, "less than a third")
				require.GreaterOrEqual(t, 3*(small+1), n, "and the most that is")
			case majority:
				small, large := sides(t, g, all)
				require.Equal(t, n/2, small)
				require.Equal(t, n-n/2, large, "on an even number, neither half is a majority")
			case majoritiesRing:
				seen := map[string]string{}
				for node, heard := range hears(g, all) {
					require.Contains(t, heard, node)
					require.Greater(t, 2*len(heard), n, "a majority")
					if set := strings.Join(heard, " "); n >= 3 {
						require.NotContains(t, seen, set, "%s hears the same as another", node)
						seen[set] = node
					}
				}
			}
		}
	})
}

// The definition of a kind determines for which cluster sizes it cuts nothing.
func TestKindsThatCutNothing(t *testing.T) {
	for k, largest := range map[kind]int{one: 1, majority: 1, majoritiesRing: 2, minorityThird: 3} {
		for n := 0; n <= 25; n++ {
			require.Equal(t, n > largest, len(k.grudge(nodes(n)).links()) > 0, "%s of %d", k, n)
		}
	}
}

// The ring as recorded by the reference on three nodes: each node hears itself and one other node, but that node does not
// hear it.
func TestRingOfThree(t *testing.T) {
	require.Equal(t, Grudge{"n0": {"n1"}, "n1": {"n2"}, "n2": {"n0"}}, ring(nodes(3)))
}

func TestRingOfFive(t *testing.T) {
	require.Equal(t, Grudge{
		"n0": {"n2", "n3"},
		"n1": {"n3", "n4"},
		"n2": {"n0", "n4"},
		"n3": {"n0", "n1"},
		"n4": {"n1", "n2"},
	}, ring(nodes(5)))
}
