package scopes

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/harness/explore"
)

// Every mutant is caught by a few delays, for the reason that it should be caught for, or is known to be hidden.
func TestMutantsAreCaught(t *testing.T) {
	caught := make(map[string]bool)
	for _, trap := range Traps() {
		caught[trap.Mutant.Name] = true
		t.Run(trap.Mutant.Name, func(t *testing.T) {
			trap.Scope.Strategy = explore.Delays(trap.Delays)
			explore.Catch(t, trap.Scope, trap.Reason)
			if trap.Delays == 0 {
				return
			}
			trap.Scope.Strategy = explore.Delays(trap.Delays - 1)
			explore.Explore(t, trap.Scope)
		})
	}
	for _, m := range mutants.All() {
		_, hidden := Hidden()[m.Name]
		require.NotEqual(t, caught[m.Name], hidden, "%s is either caught or hidden", m.Name)
	}
	require.Len(t, mutants.All(), len(caught)+len(Hidden()), "only mutants are hidden")
	require.Len(t, places(), len(caught), "only mutants have traps")
}

// The traps catch nothing where the mistake is not. Each is tried with one of the baselines of its workload.
func TestBaselinesAreNot(t *testing.T) {
	const most = 30
	turns := make(map[string]int) // of a workload
	for _, trap := range Traps() {
		same := slices.DeleteFunc(baselines.All(), func(b baselines.Baseline) bool {
			return b.Workload != trap.Mutant.Workload || trap.Scope.Kills > 0 && !b.Promise.Durable
		})
		if len(same) == 0 { // our own broadcast is explored with kills
			continue
		}
		b := same[turns[trap.Mutant.Workload]%len(same)]
		turns[trap.Mutant.Workload]++
		t.Run(trap.Mutant.Name+"/"+b.Name, func(t *testing.T) {
			trap.Scope.Program, trap.Scope.Strategy, trap.Scope.Most = b.Register, explore.POS(1), most
			explore.Explore(t, trap.Scope)
		})
	}
}
