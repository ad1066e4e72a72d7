package bound_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/bound"
)

// A knowing is a set of bits, one for each fact that node i knows that node j has the news of node s.
type knowing uint64

func knows(i, j, s, n int) knowing { return 1 << ((i*n+j)*n + s) }

// send returns the knowledge after a message from a to b that contains all that a knows. A later arrival or a shorter
// message would gain nothing, so considering only these messages is enough.
func (w knowing) send(a, b, n int) knowing {
	for j := range n {
		for s := range n {
			if w&knows(a, j, s, n) != 0 {
				w |= knows(b, j, s, n)
			}
			if w&knows(a, a, s, n) != 0 {
				w |= knows(b, b, s, n)
			}
		}
	}
	return w
}

// shown reports whether every node has everything, and knows that enough nodes have it.
func (w knowing) shown(n, k, copies int) bool {
	for i := range n {
		for s := range k {
			have := 0
			for j := range n {
				if w&knows(i, j, s, n) != 0 {
					have++
				}
			}
			if have < copies || w&knows(i, i, s, n) == 0 {
				return false
			}
		}
	}
	return true
}

// arrived adds a's knowledge after its message to b, if messages are never lost.
func (w knowing) arrived(a, b, n int) knowing {
	for s := range n {
		if w&knows(a, a, s, n) != 0 {
			w |= knows(a, b, s, n)
		}
	}
	return w
}

// fewest searches all sequences of messages and returns the length of the shortest after which everything is shown. If sure
// is set, no message is lost and each arrives within a known time; after that time, a node knows that its message has
// arrived.
func fewest(n, k, copies int, sure bool) int {
	var first knowing
	for s := range k {
		first |= knows(s, s, s, n)
	}
	seen := map[knowing]bool{first: true}
	for level, messages := []knowing{first}, 0; ; messages++ {
		var next []knowing
		for _, w := range level {
			if w.shown(n, k, copies) {
				return messages
			}
			for a := range n {
				for b := range n {
					to := w.send(a, b, n)
					if sure {
						to = to.arrived(a, b, n)
					}
					if a != b && !seen[to] {
						seen[to] = true
						next = append(next, to)
					}
				}
			}
		}
		level = next
	}
}

// No sequence of messages is shorter than the bound, and one has exactly its length. The bound for two copies is for
// messages that may be lost: if all messages are sure to arrive, a second copy costs nothing.
func TestRound(t *testing.T) {
	for n := 2; n <= 4; n++ {
		for k := 1; k <= n; k++ {
			for copies := 1; copies <= 2; copies++ {
				t.Run(fmt.Sprintf("n=%d/k=%d/copies=%d", n, k, copies), func(t *testing.T) {
					l := bound.Log{Nodes: float64(n), Copies: float64(copies)}
					require.Equal(t, int(l.Round(float64(k))), fewest(n, k, copies, false))
					require.Equal(t, n+k-2, fewest(n, k, copies, true))
				})
			}
		}
	}
}

// The figures of the write-up: two nodes, 490 messages of clients and 1,000 operations a second.
func TestLog(t *testing.T) {
	l := bound.Log{Nodes: 2, Ops: 1000, Writes: 490, Stale: 0.055, Copies: 1}
	require.InEpsilon(t, 0.0339, l.Least(), 0.01)
	l.Copies = 2
	require.InEpsilon(t, 0.044, l.Least(), 0.01)

	// Where all nodes are always busy, a round takes the whole time allowed.
	l.Writes = 1e9
	require.InEpsilon(t, 3/0.055/1000, l.Least(), 0.01)
	l.Copies = 1
	require.InEpsilon(t, 2/0.055/1000, l.Least(), 0.01)
}
