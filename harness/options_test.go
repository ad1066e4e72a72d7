package harness

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

func TestWrongOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Test)
		want   []string // in the error
	}{
		"no program":       {func(t *Test) { t.Program = nil }, []string{"Binary or InProcess"}},
		"no workload":      {func(t *Test) { t.Workload = "" }, []string{"echo", "unique-ids", "broadcast"}},
		"unknown workload": {func(t *Test) { t.Workload = "ecko" }, []string{`"ecko"`, "echo", "did you mean echo?"}},
		"many nodes":       {func(t *Test) { t.NodeCount = 1e9 }, []string{"1000000000", "at most 10000"}},
		"long list":        {func(t *Test) { t.Nodes = make([]string, 10_001) }, []string{"10001", "at most 10000"}},
		"many workers":     {func(t *Test) { t.Concurrency = 1e9 }, []string{"1000000000", "at most 100000"}},
		"many keys":        {func(t *Test) { t.KeyCount = 1e18 }, []string{"at most 1000000"}},
		"long transaction": {func(t *Test) { t.MaxTxnLength = 1e18 }, []string{"at most 10000"}},
		"node count":       {func(t *Test) { t.NodeCount = -1 }, []string{"-1", "at least 1"}},
		"empty id":         {func(t *Test) { t.Nodes = []string{"a", ""} }, []string{`node ""`, "letters"}},
		"id with a space":  {func(t *Test) { t.Nodes = []string{"n 1"} }, []string{`node "n 1"`}},
		"id with a slash":  {func(t *Test) { t.Nodes = []string{"../n1"} }, []string{`node "../n1"`}},
		"id of a client":   {func(t *Test) { t.Nodes = []string{"c1"} }, []string{`node "c1"`, "the clients"}},
		"id of a service":  {func(t *Test) { t.Nodes = []string{"n1", "seq-kv"} }, []string{`node "seq-kv"`, "lin-tso"}},
		"id twice":         {func(t *Test) { t.Nodes = []string{"a", "b", "a"} }, []string{`node "a" is given twice`}},
		"init timeout":     {func(t *Test) { t.InitTimeout = -1 }, []string{"init timeout -1ns"}},
		"concurrency":      {func(t *Test) { t.Concurrency = -3 }, []string{"-3", "at least 1"}},
		"negative rate":    {func(t *Test) { t.Rate = -1 }, []string{"rate -1", "more than 0"}},
		"no rate":          {func(t *Test) { t.Rate = math.NaN() }, []string{"rate NaN"}},
		"endless rate":     {func(t *Test) { t.Rate = math.Inf(1) }, []string{"rate +Inf"}},
		"time limit":       {func(t *Test) { t.TimeLimit = -time.Second }, []string{"-1s", "more than 0"}},
		"latency":          {func(t *Test) { t.Latency = -1 }, []string{"latency -1ns", "0 or more"}},
		"distribution":     {func(t *Test) { t.LatencyDist = "normal" }, []string{`"normal"`, "constant", "uniform", "exponential"}},
		"nemesis":          {func(t *Test) { t.Nemesis = []string{"quake"} }, []string{`"quake"`, "partition"}},
		"interval":         {func(t *Test) { t.NemesisInterval = -1 }, []string{"-1ns", "more than 0"}},
		"availability":     {func(t *Test) { t.Availability = "full" }, []string{`"full"`, "total"}},
		"topology":         {func(t *Test) { t.Workload, t.Topology = "broadcast", "ring" }, []string{`"ring"`, "grid"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := Test{Workload: "echo", Program: InProcess(registerEcho), Store: t.TempDir() + "/not-made"}
			tt.change(&test)
			res, err := Run(t.Context(), test)
			require.ErrorContains(t, err, "harness: ")
			for _, want := range tt.want {
				require.ErrorContains(t, err, want)
			}
			require.Equal(t, check.Unknown, res.Valid)
			require.Equal(t, err.Error(), res.Error)
			require.NoDirExists(t, test.Store)
		})
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	test, err := Test{Workload: "echo", Program: InProcess(registerEcho)}.plan()
	require.NoError(t, err)
	require.Equal(t, []string{"n1", "n2", "n3", "n4", "n5"}, test.nodeIDs())
	require.Equal(t, 5, test.Concurrency)
	require.InDelta(t, 5, test.Rate, 0)
	require.Equal(t, time.Minute, test.TimeLimit)
	require.Equal(t, 10*time.Second, test.NemesisInterval)
	require.Equal(t, 5*time.Second, test.limits.call)
	require.Equal(t, 10*time.Second, test.InitTimeout)

	test.Nodes = []string{"eve", "n1", "carol"}
	require.Equal(t, []string{"eve", "n1", "carol"}, test.nodeIDs())
	test.NodeCount = 2 // comes first, as in the reference
	require.Equal(t, []string{"n0", "n1"}, test.nodeIDs())
}
