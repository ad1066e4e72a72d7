package baselines_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/harness/workload"
)

var update = flag.Bool("update", false, "write the explanations to testdata/why")

// A baseline does not keep more than it promises. The explanations of what is then found are in testdata/why.
func TestExplanationOfMoreThanPromised(t *testing.T) {
	for name, test := range map[string]harness.Test{
		"flooding": { // its nodes are told the topology once, and lose that when they are killed
			Workload: "broadcast", Program: harness.InProcess(baselines.Flooding),
			Rate: 10, TimeLimit: 20 * time.Second, Nemesis: []string{"kill"}, NemesisInterval: 3 * time.Second, Seed: 1,
		},
		"last-write-wins": {
			Workload: "txn-rw-register", Program: harness.InProcess(baselines.LastWriteWins), Options: workload.Options{ConsistencyModels: []string{"strict-serializable"}},
			Rate: 50, TimeLimit: 5 * time.Second, Latency: 50 * time.Millisecond, Seed: 1,
		},
		"owner-log": {
			Workload: "kafka", Program: harness.InProcess(baselines.OwnerLog),
			Rate: 100, TimeLimit: 5 * time.Second, Nemesis: []string{"kill"}, NemesisInterval: time.Second, Seed: 1,
		},
		"pn-counter": {
			Workload: "pn-counter", Program: harness.InProcess(baselines.PNCounter),
			Rate: 10, TimeLimit: 20 * time.Second, Nemesis: []string{"kill"}, NemesisInterval: 3 * time.Second, Seed: 3,
		},
		"single-lock": {
			Workload: "lock", Program: harness.InProcess(baselines.SingleLock),
			Rate: 10, TimeLimit: 10 * time.Second, Nemesis: []string{"kill"}, NemesisInterval: 3 * time.Second, Seed: 7,
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.Store = t.TempDir()
			res, err := sim.Run(t, test)
			require.NoError(t, err)
			require.Equal(t, check.Invalid, res.Valid)
			var texts []string
			for _, c := range res.Why {
				texts = append(texts, c.String())
			}
			got, golden := strings.Join(texts, "\n"), filepath.Join("testdata", "why", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}
