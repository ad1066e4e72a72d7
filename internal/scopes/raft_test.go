package scopes

import (
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft/bugs"
	"glomers/harness/choice"
	"glomers/harness/explore"
)

var long = flag.Bool("long", false, "find each bug of the Raft core anew, and try the right core much longer")

const kept = "testdata/raft-bugs.json"

// searching is how long TestRaftFind looks for a short trace of a bug.
const searching = 8 * time.Second

// traces returns the decisions of a short trace of each bug, by name.
func traces(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(kept)
	require.NoError(t, err)
	var all map[string]string
	require.NoError(t, json.Unmarshal(data, &all))
	return all
}

// Each bug fails with the decisions that it once failed with, after the actions that were promised: not more than five over the published depth. The right core
// does not fail with them.
func TestRaftTraces(t *testing.T) {
	t.Parallel()
	all := traces(t)
	caught := 0
	for _, trap := range RaftTraps() {
		name := trap.Mutant.Name
		d, err := choice.Parse(all[name])
		require.NoError(t, err)
		e, err := explore.Replay(trap.Scope, d)
		require.NoError(t, err, name)
		require.NotEmpty(t, e.Reasons, name)
		for _, p := range trap.Published {
			require.LessOrEqual(t, len(e.Steps), p.Depth+5, "%s, %s", name, p.Name)
		}
		caught++
	}
	require.Len(t, all, caught)
	require.Len(t, bugs.All(), caught)
}

// The executions of a strategy that finds many bugs soon.
func TestRaftBugsAreCaught(t *testing.T) {
	t.Parallel()
	for _, trap := range RaftTraps() {
		trap.Scope.Strategy, trap.Scope.Most = explore.POS(1), 10_000
		if !*long {
			trap.Scope.Strategy = explore.PCT(1, 3)
			switch trap.Mutant.Name {
			case "commit-goes-back", "commit-stops", "half-majority", "leader-stays", "leader-votes", "retry-empty",
				"session-lost", "snapshot-forgets-members", "snapshot-forgets-term", "vote-twice":
			default:
				continue // see TestRaftTraces
			}
		}
		t.Run(trap.Mutant.Name, func(t *testing.T) { explore.Catch(t, trap.Scope, "") })
	}
}

// The right core is clean in the same scopes.
func TestRaftCoreIsRight(t *testing.T) {
	t.Parallel()
	most := 30
	if *long {
		most = 10_000
	}
	for _, place := range RaftPlaces() {
		t.Run(place, func(t *testing.T) {
			for _, strategy := range []explore.Strategy{explore.POS(1), explore.PCT(1, 3), explore.Random(1)} {
				s := RaftScope(place, "")
				s.Strategy, s.Most = strategy, most
				explore.Explore(t, s)
			}
		})
	}
	t.Run("exhausted", func(t *testing.T) {
		require.True(t, explore.Explore(t, RaftScope("pair", "")).Exhausted)
		if *long {
			require.True(t, explore.Explore(t, RaftScope("elections", "")).Exhausted)
		}
	})
}

// TestRaftFind looks for the traces that TestRaftTraces repeats, where there are none yet, or none that are short enough.
func TestRaftFind(t *testing.T) {
	if !*find {
		t.Skip("skipped: -find looks for traces, and keeps them")
	}
	all := traces(t)
	for _, trap := range RaftTraps() {
		name, best := trap.Mutant.Name, 1000
		if d, err := choice.Parse(all[name]); err == nil && all[name] != "" {
			if e, err := explore.Replay(trap.Scope, d); err == nil && len(e.Reasons) > 0 {
				best = len(e.Steps)
			}
		}
		enough := 20
		for _, p := range trap.Published {
			enough = min(enough, p.Depth+5)
		}
		deadline := time.Now().Add(searching)
		for seed := uint64(1); seed <= 4 && time.Now().Before(deadline) && best > enough; seed++ {
			for _, strategy := range []explore.Strategy{explore.POS(seed), explore.PCT(seed, 3), explore.Random(seed)} {
				s := trap.Scope
				s.Strategy, s.Most = strategy, 3000
				r, err := explore.Run(t.Context(), s)
				require.NoError(t, err)
				if r.Failure != nil && len(r.Failure.Steps) < best {
					best, all[name] = len(r.Failure.Steps), r.Failure.Decisions.String()
				}
			}
		}
		t.Log(name, best, all[name], trap.Published)
		data, err := json.MarshalIndent(all, "", "\t")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(kept, append(data, '\n'), 0o644))
	}
}

var find = flag.Bool("find", false, "look for shorter traces of the bugs of the Raft core")
