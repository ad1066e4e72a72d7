package harness

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
)

// A processTable knows the current process of each node, from what the "pid" nodes log.
type processTable struct {
	mu   sync.Mutex
	pids map[string][]int
}

func (p *processTable) log(node, line string) {
	if text, ok := strings.CutPrefix(line, "pid "); ok {
		pid, err := strconv.Atoi(text)
		must(err)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pids[node] = append(p.pids[node], pid)
	}
}

// all returns all processes that the node has had.
func (p *processTable) all(node string) []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.pids[node])
}

func (p *processTable) last(node string) int {
	all := p.all(node)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1]
}

// state returns the kernel's state of a process, such as "S" or "T" (stopped); "" if there is no such process.
func state(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	return string(rest[:1])
}

// faultyProcesses is a run of processes with these faults, which come often. look is called with the victim when a
// fault of the node has begun or ended.
func faultyProcesses(t *testing.T, look func(f, node string, p *processTable), faults ...string) Test {
	table := &processTable{pids: make(map[string][]int)}
	test := quick("broadcast", program(t, "pid"))
	test.Rate, test.TimeLimit, test.Nemesis, test.NemesisInterval = 50, 1500*time.Millisecond, faults, 150*time.Millisecond
	test.limits.call = time.Second
	test.OnLog = table.log
	second := false
	test.OnOp = func(op history.Op) {
		if op.Process == history.Nemesis {
			if second = !second; !second {
				look(op.F, strings.Trim(string(op.Value), `"`), table)
			}
		}
	}
	return test
}

// A pause is SIGSTOP: the process exists and does nothing.
func TestPauseOfProcesses(t *testing.T) {
	needProc(t)
	t.Parallel()
	looked := 0
	res, err := Run(t.Context(), faultyProcesses(t, func(f, node string, p *processTable) {
		pid := p.last(node)
		if pid == 0 { // it has been healed already, or its log is late
			return
		}
		looked++
		require.Eventually(t, func() bool { return (state(pid) == "T") == (f == "start-pause") }, 10*time.Second, time.Millisecond)
	}, "pause"))
	require.NoError(t, err)
	require.Positive(t, looked)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
}

// A kill is SIGKILL, and the node comes back as another process, which is initialised and works.
func TestKillOfProcesses(t *testing.T) {
	needProc(t)
	t.Parallel()
	killed := 0
	var table *processTable
	test := faultyProcesses(t, func(f, node string, p *processTable) {
		table = p
		if pid := p.last(node); pid != 0 && f == "start-kill" {
			killed++
			require.Eventually(t, func() bool { return !running(pid) }, 10*time.Second, time.Millisecond)
		}
	}, "kill")
	final := 0
	onOp := test.OnOp
	test.OnOp = func(op history.Op) {
		onOp(op)
		if op.Final && op.Type == history.OK {
			final++
		}
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Positive(t, killed)
	require.Equal(t, 3, final, "all are back in the end")
	processes := 0
	for _, node := range []string{"n0", "n1", "n2"} {
		pids := table.all(node)
		processes += len(pids)
		for _, pid := range pids {
			require.Eventually(t, func() bool { return !running(pid) }, 10*time.Second, time.Millisecond)
		}
	}
	require.Greater(t, processes, 3)
	require.LessOrEqual(t, processes, 3+res.Nemesis.Started)
}

// A node that is paused until the end is not reported as a node that stopped reading.
func TestPauseIsNotDeafness(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "echo"))
	test.Nemesis, test.NemesisInterval = []string{"pause"}, time.Hour
	test.limits.stall, test.limits.call = 200*time.Millisecond, 300*time.Millisecond
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Positive(t, res.Stats.InfoCount)
}

// On a slow machine, few messages are sent while a fault is in force, so the run is repeated until the faults have hit some.
func TestLinkFaultsOfProcesses(t *testing.T) {
	t.Parallel()
	test := quick("broadcast", program(t, "broadcast"))
	test.Latency = time.Millisecond
	test.Nemesis, test.NemesisInterval = []string{"loss", "duplicate", "reorder", "slow"}, 100*time.Millisecond
	dropped, duplicated, inForce := 0, 0, make(map[string]time.Duration)
	for range 20 {
		res, err := Run(t.Context(), test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, res.Valid, res.Reasons)
		dropped += res.Nemesis.Dropped
		duplicated += res.Nemesis.Duplicated
		for fault, took := range res.Nemesis.InForce {
			inForce[fault] += took
		}
		if dropped > 0 && duplicated > 0 {
			break
		}
	}
	require.Positive(t, dropped)
	require.Positive(t, duplicated)
	for _, fault := range test.Nemesis {
		require.Positive(t, inForce[fault], fault)
	}
}

func TestSkewNeedsNodesInThisProcess(t *testing.T) {
	t.Parallel()
	test := quick("echo", program(t, "echo"))
	test.Nemesis = []string{"skew"}
	_, err := Run(t.Context(), test)
	require.ErrorContains(t, err, "the clock of a process cannot be set")
}
