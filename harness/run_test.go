package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/node"
)

// quick is a run that takes about a second of real time.
func quick(workload string, p Program) Test {
	return Test{
		Workload: workload, Program: p, NodeCount: 3, Rate: 100, TimeLimit: 500 * time.Millisecond,
		InitTimeout: time.Minute, // a loaded machine starts nodes late
		limits:      limits{recovery: 500 * time.Millisecond},
	}
}

// virtually runs a test of in-process nodes in virtual time, where neither the speed nor the load of the machine matters.
func virtually(t *testing.T, test Test) (res Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test.Settle = synctest.Wait
		var err error
		res, err = Run(t.Context(), test)
		require.NoError(t, err)
	})
	return res
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	sameID := InProcess(func(n *node.Node) {
		node.HandleRPC(n, "generate", func(context.Context, struct{}) (map[string]int, error) {
			return map[string]int{"id": 4711}, nil
		})
	})
	misheard := InProcess(func(n *node.Node) {
		node.HandleRPC(n, "echo", func(context.Context, echoBody) (echoBody, error) {
			return echoBody{json.RawMessage(`"what?"`)}, nil
		})
	})
	malformed := InProcess(func(n *node.Node) {
		node.HandleRPC(n, "echo", func(context.Context, echoBody) (struct{}, error) { return struct{}{}, nil })
	})
	tests := []struct {
		name, workload string
		program        Program
		want           check.Verdict
		reason         string
	}{
		{name: "echo", workload: "echo", program: InProcess(registerEcho)},
		{name: "echo of processes", workload: "echo", program: program(t, "echo")},
		{name: "broadcast", workload: "broadcast", program: InProcess(registerBroadcast)},
		{name: "broadcast of processes", workload: "broadcast", program: program(t, "broadcast")},
		{
			name: "lost value", workload: "broadcast", want: check.Invalid, reason: "value 3",
			program: InProcess(func(n *node.Node) { broadcastWithout(n, 3) }),
		},
		{name: "same id", workload: "unique-ids", program: sameID, want: check.Invalid, reason: "4711"},
		{name: "wrong echo", workload: "echo", program: misheard, want: check.Invalid, reason: "what?"},
		{name: "malformed replies", workload: "echo", program: malformed, want: check.Invalid, reason: "no echo succeeded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res, err := Run(t.Context(), quick(tt.workload, tt.program))
			require.NoError(t, err)
			require.Equal(t, tt.want, res.Valid, res.Reasons)
			if tt.want == check.Valid {
				require.Empty(t, res.Reasons)
				require.InDelta(t, 1, res.Availability.OKFraction, 0)
				require.Equal(t, res.Stats.Count, res.Stats.OKCount)
				require.Positive(t, res.Latencies[tt.workload].Count+res.Latencies["echo"].Count)
				require.Positive(t, res.Lag.Count)
				return
			}
			require.Contains(t, join(res.Reasons), tt.reason)
		})
	}
}

func join(lines []string) string {
	var b bytes.Buffer
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	return b.String()
}

// In a run without faults every message is counted, including those of init and of the setup.
func TestNetFigures(t *testing.T) {
	t.Parallel()
	res := virtually(t, quick("echo", InProcess(registerEcho)))
	ops := res.Stats.Count
	require.Equal(t, 2*3+2*ops, res.Net.All.Messages)
	require.Equal(t, res.Net.All.Counts, res.Net.Clients.Counts)
	require.Zero(t, res.Net.Servers.Messages)
	require.InDelta(t, float64(2*3+2*ops)/float64(ops), res.Net.All.MsgsPerOp, 1e-9)
}

func TestCutsNothing(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(registerEcho))
	test.NodeCount, test.Nemesis = 1, []string{"partition"}
	res := virtually(t, test)
	require.Equal(t, check.Unknown, res.Valid)
	require.Contains(t, join(res.Reasons), "asked for partition, but there never was any")
}

// A partition starts with the main phase and is healed at its end, even if there is no final phase.
func TestPartition(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", InProcess(registerBroadcast))
	test.Nemesis, test.NemesisInterval, test.Store = []string{"partition"}, time.Hour, t.TempDir()
	res := virtually(t, test)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.GreaterOrEqual(t, res.Nemesis.Cut, test.TimeLimit)
	require.Positive(t, res.Nemesis.Dropped)

	var faults []string
	for _, op := range readHistory(t, res) {
		if op.Process == history.Nemesis {
			require.Equal(t, history.Info, op.Type)
			faults = append(faults, op.F)
		}
	}
	require.Equal(t, []string{"start-partition", "start-partition", "stop-partition", "stop-partition"}, faults)
}

// After an operation of unknown outcome the worker continues as another process.
func TestInfoReplacesProcess(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(func(n *node.Node) {
		requests := 0
		node.HandleRPC(n, "echo", func(ctx context.Context, b echoBody) (echoBody, error) {
			if requests++; requests == 1 {
				return b, errors.Join(n.Sleep(ctx, 200*time.Millisecond), node.NewRPCError(node.Timeout, "late")) // nobody hears
			}
			return b, nil
		})
	}))
	test.NodeCount, test.Store, test.limits.call = 1, t.TempDir(), 100*time.Millisecond
	invoked, sent := make(map[string]int), make(map[string]int) // by client
	test.OnMessage = func(e network.Event) {
		if e.Kind == network.Sent {
			sent[e.Src]++
		}
	}
	res := virtually(t, test)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	ops := readHistory(t, res)
	for _, op := range ops {
		if op.Type == history.Invoke {
			invoked[op.Client]++
		}
	}
	require.Equal(t, 1, invoked[ops[1].Client])
	for client, n := range invoked {
		require.Equal(t, n, sent[client], client)
	}
	require.Equal(t, history.Info, ops[1].Type)
	require.JSONEq(t, `"net-timeout"`, string(ops[1].Error))
	require.Equal(t, history.Process(0), ops[1].Process)
	require.Equal(t, history.Process(1), ops[2].Process)
	require.Equal(t, 1, res.Stats.InfoCount)
}

// Operations and faults depend on the seed, not on timing. In real time, only their number depends on timing.
func TestSameSeed(t *testing.T) {
	t.Parallel()
	plan := func(seed uint64) (ops, faults []string) {
		test := quick("broadcast", InProcess(registerBroadcast))
		test.Nemesis, test.NemesisInterval, test.Seed, test.Store = []string{"partition"}, 100*time.Millisecond, seed, t.TempDir()
		res, err := Run(t.Context(), test)
		require.NoError(t, err)
		require.Equal(t, seed, res.Seed)
		for _, op := range readHistory(t, res) {
			switch {
			case op.Process == history.Nemesis:
				faults = append(faults, op.F+string(op.Value))
			case op.Type == history.Invoke && !op.Final:
				ops = append(ops, op.F+string(op.Value))
			}
		}
		return ops, faults[:len(faults)-2] // the last step is the healing at the end
	}
	ops, faults := plan(1)
	sameOps, sameFaults := plan(1)
	otherOps, _ := plan(2)
	requireSameStart(t, ops, sameOps)
	requireSameStart(t, faults, sameFaults)
	require.NotEqual(t, ops, otherOps)
}

func requireSameStart(t *testing.T, a, b []string) {
	t.Helper()
	n := min(len(a), len(b))
	require.Positive(t, n)
	require.Equal(t, a[:n], b[:n])
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	tired := errors.New("tired")
	test := quick("broadcast", program(t, "broadcast"))
	test.TimeLimit, test.Store = time.Hour, t.TempDir()
	test.Progress = func(p Progress) {
		if p.OK > 10 {
			cancel(tired)
		}
	}
	res, err := Run(ctx, test)
	require.ErrorIs(t, err, tired)
	require.Equal(t, check.Unknown, res.Valid)
	require.Greater(t, res.Stats.OKCount, 10)
	require.NotEmpty(t, readHistory(t, res))
}

func TestProgress(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", InProcess(registerBroadcast))
	test.Nemesis = []string{"partition"}
	var phases []string
	var last Progress
	fault := false
	test.Progress = func(p Progress) {
		if p.Phase != last.Phase {
			phases = append(phases, p.Phase)
		}
		require.GreaterOrEqual(t, p.Invoked, last.Invoked)
		require.GreaterOrEqual(t, p.Messages, last.Messages)
		fault = fault || p.Fault != ""
		last = p
	}
	res := virtually(t, test)
	require.Equal(t, []string{PhaseSetup, PhaseMain, PhaseRecovery, PhaseFinal, PhaseCheck}, phases)
	require.Equal(t, res.Stats.Count, last.Invoked)
	require.Equal(t, res.Stats.OKCount, last.OK)
	require.True(t, fault)
	require.Empty(t, last.Fault)
}

// A node's random numbers come from the test's seed, and differ between nodes.
func TestNodeSeeds(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) []string {
		test := quick("unique-ids", InProcess(func(n *node.Node) {
			first := uint64(0)
			n.OnInit(func(context.Context) error { first = n.Rand().Uint64(); return nil })
			count := 0
			node.HandleRPC(n, "generate", func(context.Context, struct{}) (map[string]any, error) {
				count++
				return map[string]any{"id": []any{n.ID(), count, first}}, nil
			})
		}))
		test.Seed, test.Store = seed, t.TempDir()
		res := virtually(t, test)
		firsts := make([]string, 3)
		for _, op := range readHistory(t, res) {
			var id []json.RawMessage
			if op.Type == history.OK {
				require.NoError(t, json.Unmarshal(op.Value, &id))
				firsts[id[0][2]-'0'] = string(id[2])
			}
		}
		return firsts
	}
	first := ids(5)
	require.NotEqual(t, first[0], first[1])
	require.Equal(t, first, ids(5))
	require.NotEqual(t, first, ids(6))
}
