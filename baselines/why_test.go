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

// A baseline does not keep more than it promises. The explanation of what is then found is in testdata/why.
func TestExplanationOfMoreThanPromised(t *testing.T) {
	res, err := sim.Run(t, harness.Test{
		Workload: "txn-rw-register", Program: harness.InProcess(baselines.LastWriteWins), Options: workload.Options{ConsistencyModels: []string{"strict-serializable"}},
		Rate: 50, TimeLimit: 5 * time.Second, Latency: 50 * time.Millisecond, Seed: 1, Store: t.TempDir(),
	})
	require.NoError(t, err)
	require.Equal(t, check.Invalid, res.Valid)
	var texts []string
	for _, c := range res.Why {
		texts = append(texts, c.String())
	}
	got, golden := strings.Join(texts, "\n"), filepath.Join("testdata", "why", "last-write-wins.txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
