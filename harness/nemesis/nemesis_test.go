package nemesis

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/internal/wording"
)

// A testSystem is a network that records the actions on its nodes.
type testSystem struct {
	*network.Network
	done       []string
	emptyDisks bool
}

func (s *testSystem) Pause(node string) error   { return s.note("pause", node) }
func (s *testSystem) Resume(node string) error  { return s.note("resume", node) }
func (s *testSystem) Kill(node string) error    { return s.note("kill", node) }
func (s *testSystem) Restart(node string) error { return s.note("restart", node) }

func (s *testSystem) Skew(node string, ahead time.Duration) error {
	return s.note("skew", fmt.Sprint(node, " ", ahead))
}

func (s *testSystem) SetDisk(node string, state DiskState) error {
	return s.note("disk", fmt.Sprint(node, " ", state))
}

func (s *testSystem) FlipBit(node string, bit int64) (int64, bool) {
	if s.emptyDisks {
		return 0, false
	}
	_ = s.note("flip", node) // no error
	return bit / 8 % 1000, true
}

func (s *testSystem) note(what, node string) error {
	s.done = append(s.done, what+" "+node)
	return nil
}

// newPartitioned returns a partition fault and a network of the same n nodes.
func newPartitioned(t *testing.T, n int, seed uint64, faithful bool) (Fault, *testSystem) {
	return newFaulty(t, "partition", n, seed, faithful)
}

func newFaulty(t *testing.T, name string, n int, seed uint64, faithful bool) (Fault, *testSystem) {
	faults, err := All().New([]string{name}, Options{Nodes: nodes(n), Gate: choice.Seeded(seed), Faithful: faithful})
	require.NoError(t, err)
	require.Len(t, faults, 1)
	net := network.New(network.Config{})
	for _, id := range nodes(n) {
		net.Add(id, network.Node)
	}
	return faults[0], &testSystem{Network: net}
}

// lost returns the links that lose messages now.
func lost(t *testing.T, net *testSystem, n int) []network.Link {
	var links []network.Link
	for _, dest := range nodes(n) {
		for _, src := range nodes(n) {
			if src == dest {
				continue
			}
			_, err := net.Send(0, src, dest, nil)
			require.NoError(t, err)
			if _, _, ok := net.Deliver(0); !ok {
				links = append(links, network.Link{Dest: dest, Src: src})
			}
		}
	}
	return links
}

func TestNew(t *testing.T) {
	faults, err := All().New(nil, Options{})
	require.NoError(t, err)
	require.Empty(t, faults)

	for _, name := range All().Names() {
		faults, err := All().New([]string{name}, Options{Nodes: nodes(3)})
		require.NoError(t, err)
		require.Equal(t, name, faults[0].Name())
	}

	_, err = All().New([]string{"partition", "flood"}, Options{})
	require.EqualError(t, err, `nemesis: unknown fault "flood": want `+wording.Or(All().Names()))
	_, err = All().New([]string{"partition", "partition"}, Options{})
	require.EqualError(t, err, `nemesis: fault "partition" is given twice`)
	_, err = All().New([]string{"partition"}, Options{Interval: -time.Second})
	require.EqualError(t, err, `nemesis: interval -1s: want a positive duration, or 0 for 10 s`)
}

// Starts and stops alternate. A start cuts exactly the links that it reports, and after a stop no link is cut.
func TestPartitionAlternates(t *testing.T) {
	for n := 2; n <= 25; n++ {
		f, net := newPartitioned(t, n, uint64(n), false)
		for range 8 {
			require.Empty(t, f.InForce())
			start, err := f.Step(0, net)
			require.NoError(t, err)
			require.Equal(t, "start-partition", start.F)
			require.Equal(t, fmt.Sprintf("partition: %s", start.Value), f.InForce())
			result := start.Result.([]any)
			require.Equal(t, "isolated", result[0])
			cut := lost(t, net, n)
			require.NotEmpty(t, cut, "a partition cuts somebody off")
			require.ElementsMatch(t, result[1].(Grudge).links(), cut)
			require.Equal(t, start.Value, start.Effect.Text)
			require.ElementsMatch(t, cut, Grudge(start.Effect.Links).links())

			stop, err := f.Step(0, net)
			require.NoError(t, err)
			require.Equal(t, Op{F: "stop-partition", Result: "network-healed"}, stop)
			require.Empty(t, lost(t, net, n))
		}
	}
}

// Heal may be called at any time, even twice, and a start follows it.
func TestHeal(t *testing.T) {
	f, net := newPartitioned(t, 5, 1, false)
	for _, steps := range []int{0, 1, 2, 3} {
		for range steps {
			_, err := f.Step(0, net)
			require.NoError(t, err)
		}
		for range 2 {
			op, err := f.Heal(0, net)
			require.NoError(t, err)
			require.Equal(t, Op{F: "stop-partition", Result: "network-healed"}, op)
			require.Empty(t, f.InForce())
			require.Empty(t, lost(t, net, 5))
		}
		op, err := f.Step(0, net)
		require.NoError(t, err)
		require.Equal(t, "start-partition", op.F)
	}
}

// kindsDrawn returns how often each kind is drawn.
func kindsDrawn(t *testing.T, n int, faithful bool) map[any]int {
	drawn := map[any]int{}
	f, net := newPartitioned(t, n, 3, faithful)
	for range 400 {
		op, err := f.Step(0, net)
		require.NoError(t, err)
		drawn[op.Value]++
		_, err = f.Step(0, net)
		require.NoError(t, err)
	}
	return drawn
}

func TestFaithful(t *testing.T) {
	for n, want := range map[int][]kind{
		2: {one, majority, oneWay, singleLink},
		3: {one, majority, majoritiesRing, oneWay, singleLink},
		4: slices.Concat(referenceKinds, ownKinds),
		5: slices.Concat(referenceKinds, ownKinds),
	} {
		drawn := kindsDrawn(t, n, false)
		require.Len(t, drawn, len(want), "%d nodes", n)
		for _, k := range want {
			require.InDelta(t, 400/len(want), drawn[string(k)], 60, "%d nodes: as often as the others", n)
		}
	}
	for n := 1; n <= 5; n++ {
		drawn := kindsDrawn(t, n, true)
		require.Len(t, drawn, len(referenceKinds), "%d nodes", n)
	}
}

// A kind that cuts nothing reports that it isolated no node, as in the reference.
func TestFaithfulWithoutEffect(t *testing.T) {
	f, net := newPartitioned(t, 2, 1, true)
	for range 100 {
		op, err := f.Step(0, net)
		require.NoError(t, err)
		if op.Value == "minority-third" || op.Value == "majorities-ring" {
			require.Equal(t, []any{"isolated", Grudge{"n0": {}, "n1": {}}}, op.Result)
			require.Empty(t, op.Effect.Links)
			require.Empty(t, f.InForce())
			require.Empty(t, lost(t, net, 2))
		} else {
			require.Len(t, lost(t, net, 2), 2, "all of the reference's kinds cut both ways here")
		}
		_, err = f.Step(0, net)
		require.NoError(t, err)
	}
}

func TestSingleNode(t *testing.T) {
	f, net := newPartitioned(t, 1, 1, false)
	op, err := f.Step(time.Second, net)
	require.NoError(t, err)
	require.Equal(t, Op{F: "start-partition", Result: "nothing-to-cut", Effect: &history.Effect{Text: "nothing to cut"}}, op)
	require.Empty(t, f.InForce())
	op, err = f.Step(2*time.Second, net)
	require.NoError(t, err)
	require.Equal(t, "stop-partition", op.F)
	require.Zero(t, net.CutTime(3*time.Second))
}

// The values in the history have the form of the reference's values.
func TestHistoryValues(t *testing.T) {
	f, net := newPartitioned(t, 2, 1, true)
	op, err := f.Step(0, net)
	require.NoError(t, err)
	for op.Value != "one" {
		op, err = f.Step(0, net)
		require.NoError(t, err)
	}
	got, err := json.Marshal(op.Result)
	require.NoError(t, err)
	require.Equal(t, `["isolated",{"n0":["n1"],"n1":["n0"]}]`, string(got))

	op, err = f.Step(0, net)
	require.NoError(t, err)
	got, err = json.Marshal([]any{op.Value, op.Result})
	require.NoError(t, err)
	require.Equal(t, `[null,"network-healed"]`, string(got))
}

func TestScheduleFollowsTheSeed(t *testing.T) {
	schedule := func(seed uint64) string {
		f, net := newPartitioned(t, 25, seed, false)
		var s []byte
		for range 20 {
			gap := f.Next()
			op, err := f.Step(0, net)
			require.NoError(t, err)
			s = fmt.Appendf(s, "%v %v %v %v\n", gap, op.F, op.Value, op.Result)
		}
		return string(s)
	}
	require.Equal(t, schedule(1), schedule(1))
	require.NotEqual(t, schedule(1), schedule(2))
}

// Gaps are uniform between 0 and twice the interval.
func TestNext(t *testing.T) {
	for interval, mean := range map[time.Duration]time.Duration{
		0:               10 * time.Second,
		4 * time.Second: 4 * time.Second,
	} {
		faults, err := All().New([]string{"partition"}, Options{Nodes: nodes(3), Interval: interval, Gate: choice.Seeded(5)})
		require.NoError(t, err)
		var sum time.Duration
		quarters := [4]int{}
		const samples = 20_000
		for range samples {
			gap := faults[0].Next()
			require.GreaterOrEqual(t, gap, time.Duration(0))
			require.Less(t, gap, 2*mean)
			sum += gap
			quarters[gap*2/mean]++
		}
		require.InDelta(t, float64(mean), float64(sum)/samples, float64(mean)/50)
		for _, q := range quarters {
			require.InDelta(t, samples/4, q, 300)
		}
	}
}

// If the cluster does not have the nodes, the result is an error, not a partition that cuts less than it reports.
func TestCutError(t *testing.T) {
	f, _ := newPartitioned(t, 3, 1, false)
	_, err := f.Step(0, &testSystem{Network: network.New(network.Config{})})
	require.ErrorContains(t, err, "nemesis: partition: network: cannot impair the link")
}
