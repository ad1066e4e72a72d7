package network

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/choice"
)

var link01 = []Link{{Dest: "n1", Src: "n0"}}

// arrivals sends count messages from n0 to n1 at time 0 and returns the latency of each arrival. A duplicated message is in the
// result twice; a lost message is not in it.
func arrivals(t require.TestingT, n *Network, count int) map[int64][]time.Duration {
	got := make(map[int64][]time.Duration)
	for range count {
		send(t, n, 0, "n0", "n1")
	}
	for {
		now, ok := n.NextDue()
		if !ok {
			require.Zero(t, n.BytesInFlight())
			return got
		}
		if m, due, ok := n.Deliver(now); ok {
			require.Equal(t, now, due)
			got[m.ID] = append(got[m.ID], now)
		}
	}
}

func impair(t require.TestingT, n *Network, owner string, im Impairment) {
	require.NoError(t, n.Impair(0, owner, link01, im))
}

func TestLoss(t *testing.T) {
	const count = 10_000
	n := newCluster(2, Config{Gate: choice.Seeded(1)})
	impair(t, n, "loss", Impairment{Loss: 0.3})
	require.InDelta(t, 0.7*count, len(arrivals(t, n, count)), 200)
	require.InDelta(t, 0.3*count, n.Dropped(), 200)

	before := n.Dropped()
	send(t, n, 0, "n1", "n0") // the other direction is sound
	n.Mend(0, "loss")
	require.Len(t, arrivals(t, n, 100), 101)
	require.Equal(t, before, n.Dropped())
}

// Probabilities of 0 and 1 are exact.
func TestExtremes(t *testing.T) {
	n := newCluster(2, Config{})
	impair(t, n, "all", Impairment{Loss: 1})
	require.Empty(t, arrivals(t, n, 50))
	require.Equal(t, 50, n.Dropped())
	require.Zero(t, n.CutTime(time.Second), "a lossy link is not cut")
	n.Mend(0, "all")
	impair(t, n, "all", Impairment{Duplicate: 1})
	for _, times := range arrivals(t, n, 50) {
		require.Len(t, times, 2)
	}
	require.Equal(t, 50, n.Duplicated())
}

// A copy has the same id and a separate latency, and does not count as another sent message.
func TestDuplicate(t *testing.T) {
	const count = 10_000
	n := newCluster(2, Config{Latency: 100 * ms, Dist: Exponential, Gate: choice.Seeded(2)})
	impair(t, n, "duplicate", Impairment{Duplicate: 0.2})
	twice, apart := 0, 0
	for _, times := range arrivals(t, n, count) {
		if len(times) == 2 {
			twice++
			if times[0] != times[1] {
				apart++
			}
		}
	}
	require.InDelta(t, 0.2*count, twice, 200)
	require.Equal(t, twice, apart)
	require.Equal(t, twice, n.Duplicated())
	require.Equal(t, count, n.Stats(1).All.Sent)
	require.Equal(t, count+twice, n.Stats(1).All.Received)
}

func TestSpike(t *testing.T) {
	const count = 10_000
	n := newCluster(2, Config{Latency: 100 * ms, Gate: choice.Seeded(3)})
	impair(t, n, "reorder", Impairment{Spike: 0.25, SpikeMax: 400 * ms})
	late, sum := 0, time.Duration(0)
	for _, times := range arrivals(t, n, count) {
		require.GreaterOrEqual(t, times[0], 100*ms)
		require.Less(t, times[0], 500*ms)
		if times[0] > 100*ms {
			late++
			sum += times[0] - 100*ms
		}
	}
	require.InDelta(t, 0.25*count, late, 200)
	require.InDelta(t, 200, (sum / time.Duration(late)).Milliseconds(), 10, "uniform")
}

func TestSlowAndDelay(t *testing.T) {
	for _, c := range []struct {
		latency time.Duration
		im      Impairment
		want    time.Duration
	}{
		{100 * ms, Impairment{}, 100 * ms},
		{100 * ms, Impairment{Slow: 10}, 1000 * ms},
		{0, Impairment{Slow: 10}, 0},
		{0, Impairment{Slow: 10, Delay: 10 * ms}, 10 * ms},
		{100 * ms, Impairment{Slow: 10, Delay: 10 * ms}, 1010 * ms},
		{100 * ms, Impairment{Slow: 0.5}, 50 * ms},
	} {
		n := newCluster(2, Config{Latency: c.latency})
		impair(t, n, "slow", c.im)
		require.Equal(t, map[int64][]time.Duration{0: {c.want}}, arrivals(t, n, 1))
	}
}

// The impairments of a link are applied when a message is sent; only cuts are applied when it is due.
func TestImpairmentCountsAtSending(t *testing.T) {
	n := newCluster(2, Config{Latency: 100 * ms})
	send(t, n, 0, "n0", "n1")
	impair(t, n, "loss", Impairment{Loss: 1})
	require.Equal(t, []string{"n0>n1"}, deliverAll(n, 100*ms))
	send(t, n, 100*ms, "n0", "n1")
	n.Mend(100*ms, "loss")
	require.Empty(t, deliverAll(n, 200*ms))
}

// The impairments of different owners are independent, and one owner may impair in several steps.
func TestLayers(t *testing.T) {
	n := newCluster(2, Config{Latency: 10 * ms})
	latency := func() time.Duration {
		n.queue = nil
		send(t, n, 0, "n0", "n1")
		due, _ := n.NextDue()
		return due
	}
	impair(t, n, "a", Impairment{Slow: 10})
	impair(t, n, "b", Impairment{Delay: 5 * ms})
	require.Equal(t, 105*ms, latency())
	impair(t, n, "b", Impairment{Slow: 2})
	require.Equal(t, 210*ms, latency())
	n.Mend(0, "nobody")
	require.Equal(t, 210*ms, latency())
	n.Mend(0, "b")
	require.Equal(t, 100*ms, latency())
	n.Mend(0, "a")
	require.Equal(t, 10*ms, latency())
	require.Empty(t, n.impaired)
}

// A link that two owners have cut is whole only when both have mended it.
func TestCutByTwo(t *testing.T) {
	n := newCluster(2, Config{})
	impair(t, n, "a", Impairment{Cut: true})
	impair(t, n, "b", Impairment{Cut: true})
	n.Mend(10*ms, "a")
	require.Equal(t, 20*ms, n.CutTime(20*ms))
	send(t, n, 20*ms, "n0", "n1")
	require.Empty(t, deliverAll(n, 20*ms))
	n.Mend(30*ms, "b")
	require.Equal(t, 30*ms, n.CutTime(50*ms))
	send(t, n, 50*ms, "n0", "n1")
	require.Equal(t, []string{"n0>n1"}, deliverAll(n, 50*ms))
}

// After any impairments, a mended network has no faults, and its statistics add up.
func TestImpairmentsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent, copies, lost, got := 0, 0, 0, 0
		n := newCluster(2, Config{Latency: ms, Gate: choice.Seeded(rapid.Uint64().Draw(t, "seed")), Journal: func(e Event) error {
			switch e.Kind {
			case Sent:
				sent++
			case Dropped:
				lost++
			case Received:
				got++
			}
			return nil
		}})
		owners := []string{"a", "b", "c"}
		probability := rapid.SampledFrom([]float64{0, 0.1, 0.5, 1})
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			owner := rapid.SampledFrom(owners).Draw(t, "owner")
			if rapid.Bool().Draw(t, "mend") {
				n.Mend(0, owner)
			} else {
				impair(t, n, owner, Impairment{
					Cut:       rapid.Bool().Draw(t, "cut"),
					Loss:      probability.Draw(t, "loss"),
					Duplicate: probability.Draw(t, "duplicate"),
					Spike:     probability.Draw(t, "spike"),
					SpikeMax:  50 * ms,
				})
			}
			arrivals(t, n, 5)
		}
		copies = n.Duplicated()
		require.Equal(t, sent+copies, lost+got)
		require.Equal(t, lost, n.Dropped())
		for _, owner := range owners {
			n.Mend(0, owner)
		}
		require.Empty(t, n.impaired)
		require.Zero(t, n.cuts)
		for _, times := range arrivals(t, n, 5) {
			require.Equal(t, []time.Duration{ms}, times)
		}
	})
}
