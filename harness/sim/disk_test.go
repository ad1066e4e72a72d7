package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/internal/notebook"
	"glomers/harness/record"
	"glomers/harness/sim"
)

// kept is a test of notebooks with faults that come often. So many workers do not all wait at a time for a node that is down.
func kept(m notebook.Mistake, nodes int, faults ...string) harness.Test {
	return harness.Test{
		Workload: "g-set", Program: harness.InProcess(notebook.Serve(m)), NodeCount: nodes, Concurrency: 150, Rate: 100,
		TimeLimit: 4 * time.Second, Nemesis: faults, NemesisInterval: 400 * time.Millisecond, Seed: 1,
	}
}

// What a notebook has acknowledged survives every fault of its disk but bitrot, alone or with others.
func TestDisks(t *testing.T) {
	sim.Test(t,
		sim.Scenario{Name: "kill", Test: kept(notebook.None, 1, "kill"), Seeds: 10},
		sim.Scenario{Name: "kill, disk", Test: kept(notebook.None, 1, "kill", "disk"), Seeds: 20},
		sim.Scenario{Name: "pause, kill, disk", Test: kept(notebook.None, 3, "pause", "kill", "disk"), Seeds: 10},
		sim.Scenario{Name: "bitrot", Test: kept(notebook.None, 3, "kill", "bitrot"), Seeds: 10},
	)
}

// Each mistake with a store loses what was acknowledged.
func TestDisksCatchMistakes(t *testing.T) {
	for _, c := range []struct {
		mistake notebook.Mistake
		faults  []string
	}{
		{notebook.Forgets, []string{"kill"}},
		{notebook.Hasty, []string{"kill"}},
		{notebook.Impatient, []string{"kill", "disk"}},
	} {
		t.Run(string(c.mistake), func(t *testing.T) {
			sim.Catch(t, sim.Scenario{Test: kept(c.mistake, 1, c.faults...), Seeds: 10}, "is missing from")
		})
	}
}

// What disks do is decided at the gate: the decisions of a run, recorded, give this run with another seed, too. Whatever kills leave of
// writes, here of each third one nothing, or all of it, or a part, a notebook keeps what it has promised.
func TestDecisionsOfDisks(t *testing.T) {
	torn := uint64(0)
	for seed := uint64(1); seed <= 10; seed++ {
		test := kept(notebook.None, 1, "kill", "disk")
		test.Seed, test.NemesisInterval = seed, 200*time.Millisecond
		recorder := choice.Record(choice.Func(func(d choice.Decision) uint64 {
			if strings.HasSuffix(d.Stream, "/torn") && d.Options == 3 {
				torn++
				return torn % 3
			}
			return d.Drawn
		}))
		test.Strategy = recorder
		first, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, first.Valid, first.Reasons)
		test.Strategy, test.Seed, test.Choices = nil, 100, recorder.All()
		again, err := sim.Run(t, test)
		require.NoError(t, err)
		require.Equal(t, first.Hash, again.Hash)
		require.Equal(t, first.Disks, again.Disks)
		require.Equal(t, first.Nemesis, again.Nemesis)
	}
	require.GreaterOrEqual(t, torn, uint64(3))
}

// A node that finds a flipped bit on its disk stays down, and the run goes on without it.
func TestDamageIsFound(t *testing.T) {
	test := kept(notebook.None, 3, "kill", "bitrot")
	test.Store = t.TempDir()
	found := 0
	for test.Seed = 1; test.Seed <= 5; test.Seed++ {
		res := sim.Check(t, test)
		if len(res.Nemesis.Damaged) == 0 {
			continue
		}
		found++
		d := res.Nemesis.Damaged[0]
		require.Len(t, res.Nemesis.Damaged, 1, "only a minority is hit")
		says := fmt.Sprintf("%s found its disk damaged at byte %d, and stayed down", d.Node, d.Byte)
		require.Contains(t, strings.Join(res.Warnings, "\n"), says)

		run, err := record.Open(res.Dir)
		require.NoError(t, err)
		faults, err := run.Faults()
		require.NoError(t, err)
		require.NoError(t, run.Close())
		i := slices.IndexFunc(faults, func(f *history.Fault) bool { return f.Name == history.Damage })
		require.Equal(t, history.Effect{Nodes: []string{d.Node}, Text: says}, faults[i].Effect)
		require.Greater(t, faults[i].End, int64(test.TimeLimit), "it ends with the run")
	}
	require.Positive(t, found)
}
