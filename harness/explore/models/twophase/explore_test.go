package twophase

import (
	"context"
	"flag"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/node"
)

var long = flag.Bool("long", false, "run also the explorations that take more than a second")

// scope has no operations: only timers, in any order, each with the random numbers for either vote of each manager.
func scope(program func(n *node.Node), managers int) explore.Scope {
	return explore.Scope{
		Program: program, Kind: Kind(), Nodes: managers + 1, Given: []explore.Op{},
		Ticks: explore.Unlimited, Rolls: 3, Shown: true,
		Invariant: func(c explore.Cluster) error {
			var all []*Manager
			for i := 1; i <= managers; i++ {
				all = append(all, c.Shown(i).(*Manager))
			}
			return Consistent(all)
		},
	}
}

// counted returns the number of states; see README.md.
func counted(managers int) int {
	n := float64(managers)
	return int(math.Pow(4, n) + math.Pow(2, n) + math.Pow(6, n))
}

func TestEverySchedule(t *testing.T) {
	t.Parallel()
	for _, managers := range []int{1, 3, 5} {
		t.Run(fmt.Sprint(managers), func(t *testing.T) {
			if managers == 5 && !*long {
				t.Skip("skipped: needs -long: it takes more than a second")
			}
			r := explore.Explore(t, scope(Register, managers))
			require.Equal(t, counted(managers), r.States)
			require.Equal(t, 2, r.Executions, "all commit, or all abort")
		})
	}
	require.Equal(t, 8_832, counted(5), "as in stateright")
}

// Managers are alike: states in which some have only changed places are the same.
func TestAlike(t *testing.T) {
	t.Parallel()
	for managers, want := range map[int]int{3: 20 + 4 + 56, 5: 56 + 6 + 252} { // n managers in 4, 2 and 6 classes
		t.Run(fmt.Sprint(managers), func(t *testing.T) {
			if managers == 5 && !*long {
				t.Skip("skipped: needs -long: it takes more than a second")
			}
			s := scope(Register, managers)
			for i := range managers {
				s.Alike = append(s.Alike, i+1)
			}
			require.Equal(t, want, explore.Explore(t, s).States)
		})
	}
}

// A coordinator that commits when a majority is prepared overrules the others.
func TestCommitOfAMajority(t *testing.T) {
	t.Parallel()
	majority := func(n *node.Node) {
		register(n, func(managers []string) *Coordinator {
			c := NewCoordinator(managers)
			c.quorum = len(managers)/2 + 1
			return c
		})
	}
	r := explore.Catch(t, scope(majority, 3), "has committed and manager")
	require.LessOrEqual(t, len(r.Failure.Steps), 7, "3 votes, 2 of which arrive, the decision, and its arrival")
}

// Two managers commit together or abort together, in every schedule.
func ExampleRegister() {
	r, err := explore.Run(context.Background(), scope(Register, 2))
	fmt.Println(r.States, "states, exhausted:", r.Exhausted, r.Failure, err)
	// Output: 56 states, exhausted: true <nil> <nil>
}
