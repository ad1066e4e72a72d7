package baselines_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/baselines/internal/lock"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/sim"
	"glomers/harness/workload"
)

// survived are the faults that a baseline promises to survive.
func survived(b baselines.Baseline) []string {
	faults := []string{"partition", "loss", "duplicate", "reorder", "slow", "pause", "skew"}
	if b.Promise.Durable {
		faults = append(faults, "kill")
	}
	return faults
}

// scenarios run a baseline with no faults, with many nodes, under partitions, and with all faults that it promises to
// survive.
func scenarios(b baselines.Baseline) []sim.Scenario {
	base := harness.Test{
		Workload: b.Workload, Program: harness.InProcess(b.Register), Options: workload.Options{ConsistencyModels: b.Promise.Models},
		Rate: 10, TimeLimit: 20 * time.Second, NemesisInterval: 3 * time.Second,
	}
	if b.Workload == "lin-kv" {
		base.Rate = 50 // one in fifteen operations is a cas that finds what it looks for, and there must be one
	}
	quiet, large, partition, faulty := base, base, base, base
	quiet.Rate, quiet.TimeLimit, quiet.Strict = 100, 5*time.Second, true
	large.NodeCount, large.TimeLimit, large.Latency, large.Strict = 25, 5*time.Second, 100*time.Millisecond, true
	partition.Nemesis = []string{"partition"}
	faulty.Nemesis = survived(b)
	return []sim.Scenario{
		{Name: "quiet", Test: quiet, Seeds: 1},
		{Name: "large", Test: large, Seeds: 1},
		{Name: "partition", Test: partition, Seeds: 1},
		{Name: "all", Test: faulty, Seeds: 2},
	}
}

func TestSim(t *testing.T) {
	for _, b := range baselines.All() {
		t.Run(b.Name, func(t *testing.T) { sim.Test(t, scenarios(b)...) })
	}
}

// Under all faults that they survive, too, transactions over registers satisfy what their baseline promises, decided completely.
func TestDecided(t *testing.T) {
	for name, promise := range map[string]func(*elle.Decided) check.Verdict{
		"last-write-wins": func(d *elle.Decided) check.Verdict { return d.ReadAtomic },
		"single-copy":     func(d *elle.Decided) check.Verdict { return d.Causal },
	} {
		b := baselines.All()[slices.IndexFunc(baselines.All(), func(b baselines.Baseline) bool { return b.Name == name })]
		for _, s := range scenarios(b) {
			t.Run(name+"/"+s.Name, func(t *testing.T) {
				for s.Test.Seed = 1; s.Test.Seed <= 3; s.Test.Seed++ {
					d := sim.Check(t, s.Test).Workload.(*elle.Result).Decided
					require.Equal(t, check.Valid, promise(d), d.Text)
				}
			})
		}
	}
}

// Without faults all baselines answer everything. Under partitions those do that promise to, and no others.
func TestAvailability(t *testing.T) {
	for _, b := range baselines.All() {
		for _, s := range scenarios(b) {
			if s.Name != "quiet" && s.Name != "partition" {
				continue
			}
			t.Run(b.Name+"/"+s.Name, func(t *testing.T) {
				s.Test.Seed = 1
				n := unanswered(b.Workload, sim.Check(t, s.Test))
				if b.Promise.Available || s.Name == "quiet" {
					require.Zero(t, n)
				} else {
					require.Positive(t, n)
				}
			})
		}
	}
}

// unanswered returns how many operations failed or are of unknown outcome. In lin-kv and lock some fail because that is the answer: a cas
// that found another value, a client whose turn did not come in time.
func unanswered(workloadName string, res harness.Result) int {
	n := res.Stats.Count - res.Stats.OKCount - res.Stats.ByF[workload.Crash].Count
	if workloadName == "lin-kv" || workloadName == "lock" {
		n -= res.Stats.FailCount
	}
	return n
}

func TestAll(t *testing.T) {
	all := baselines.All()
	require.True(t, slices.IsSortedFunc(all, func(a, b baselines.Baseline) int { return strings.Compare(a.Name, b.Name) }))
	for _, b := range all {
		require.NotEmpty(t, b.About)
	}
}

// The lock gives a client as long as the workload promises it.
func TestLease(t *testing.T) { require.Equal(t, check.LockLease, lock.Lease) }
