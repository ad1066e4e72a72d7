package mutants_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/baselines/mutants"
	"glomers/harness"
	"glomers/harness/sim"
	"glomers/harness/workload"
	"glomers/node"
)

// trapping is a mutant's trap, with a node in it.
func trapping(m mutants.Mutant, register func(*node.Node)) sim.Scenario {
	return sim.Scenario{Seeds: m.Caught.Seeds, Test: harness.Test{
		Workload: m.Workload, Program: harness.InProcess(register),
		Rate: m.Caught.Rate, Concurrency: m.Caught.Workers, TimeLimit: m.Caught.TimeLimit,
		Latency: m.Caught.Latency,
		Options: workload.Options{ConsistencyModels: m.Caught.Models, Strict: m.Caught.Strict},
		Nemesis: m.Caught.Nemesis, NemesisInterval: m.Caught.Interval, Availability: m.Caught.Availability,
	}}
}

// Every mutant is caught, for the reason that it should be caught for.
func TestMutantsAreCaught(t *testing.T) {
	for _, m := range mutants.All() {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			sim.Catch(t, trapping(m, m.Register), m.Caught.Reason)
		})
	}
}

var long = flag.Bool("long", false, "see, too, that every trap spares every baseline of its workload, not one of them")

// In the same tests with the same seeds, nothing is found to be wrong with the baselines. Without -long, each trap is tried with one
// of the workload's baselines, and each baseline is in a trap if there are as many.
func TestBaselinesAreNot(t *testing.T) {
	done := make(map[string]bool) // several mutants have the same trap
	traps := make(map[string]int) // of a workload
	for _, m := range mutants.All() {
		trap := fmt.Sprint(m.Workload, m.Caught.Seeds, m.Caught.Flags())
		if done[trap] {
			continue
		}
		done[trap] = true
		kills := slices.Contains(m.Caught.Nemesis, "kill")
		same := slices.DeleteFunc(baselines.All(), func(b baselines.Baseline) bool { return b.Workload != m.Workload || kills && !b.Promise.Durable })
		if len(same) == 0 { // our own broadcast is tested with kills
			continue
		}
		turn := traps[m.Workload] % len(same)
		traps[m.Workload]++
		for i, b := range same {
			if i != turn && !*long {
				continue
			}
			t.Run(m.Name+"/"+b.Name, func(t *testing.T) {
				t.Parallel()
				s := trapping(m, b.Register)
				for s.Test.Seed = 1; s.Test.Seed <= uint64(s.Seeds); s.Test.Seed++ {
					sim.Check(t, s.Test)
				}
			})
		}
	}
}

// What only Strict looks at does not count without it, as in the reference.
func TestStrictMatters(t *testing.T) {
	for _, m := range mutants.All() {
		if m.Caught.Strict {
			m.Caught.Strict = false
			s := trapping(m, m.Register)
			s.Test.Seed = 1
			sim.Check(t, s.Test)
		}
	}
}

func TestAll(t *testing.T) {
	all := mutants.All()
	require.True(t, slices.IsSortedFunc(all, func(a, b mutants.Mutant) int { return strings.Compare(a.Name, b.Name) }))
	for _, m := range all {
		require.NotEmpty(t, m.Breaks)
		require.Positive(t, m.Caught.Seeds)
		require.NotEmpty(t, m.Caught.Reason)
	}
}

// There is no workload without a baseline that passes and a mutant that is caught.
func TestEveryWorkloadHasBoth(t *testing.T) {
	for _, name := range workload.All().Names() {
		require.True(t, slices.ContainsFunc(baselines.All(), func(b baselines.Baseline) bool { return b.Workload == name }), name)
		require.True(t, slices.ContainsFunc(mutants.All(), func(m mutants.Mutant) bool { return m.Workload == name }), name)
	}
}

func TestREADMENamesAll(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, b := range baselines.All() {
		var marks string
		if b.Promise.Available {
			marks += "A "
		}
		if b.Promise.Durable {
			marks += "D "
		}
		require.Contains(t, string(readme), fmt.Sprintf("| `%s` | %s | %s | %s| ", b.Name, b.Workload, b.About, marks))
	}
	for _, m := range mutants.All() {
		start := "| `" + m.Name + "` | " + m.Breaks + " |"
		_, row, found := strings.Cut(string(readme), start)
		require.True(t, found, start)
		row, _, _ = strings.Cut(row, "\n")
		require.Regexp(t, fmt.Sprintf(`\| %d \|.*%s.*\|$`, m.Caught.Seeds, regexp.QuoteMeta(m.Caught.Reason)), row, m.Name)
		for _, word := range slices.Concat(m.Caught.Nemesis, m.Caught.Models) {
			require.Contains(t, row, "`"+word+"`", m.Name)
		}
		require.Equal(t, len(m.Caught.Nemesis) == 0, strings.Contains(row, "no faults"), m.Name)
	}
}

func TestFlags(t *testing.T) {
	flags := make(map[string]string)
	for _, m := range mutants.All() {
		flags[m.Name] = m.Caught.Flags()
	}
	require.Equal(t, "--rate 100 --concurrency 20 --time-limit 20", flags["echo-swap"])
	require.Equal(t, "--rate 10 --time-limit 20 --availability total", flags["echo-late"])
	require.Equal(t, "--rate 10 --time-limit 20 --nemesis partition --nemesis-interval 3", flags["broadcast-gives-up"])
	require.Equal(t, "--rate 100 --time-limit 20 --latency 10", flags["log-tail"])
	require.Equal(t, "--rate 100 --time-limit 20 --consistency-models read-committed --strict", flags["txn-alone"])
}
