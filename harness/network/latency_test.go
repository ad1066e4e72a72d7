package network

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
)

func TestParseDist(t *testing.T) {
	for s, want := range map[string]Dist{"": Constant, "constant": Constant, "uniform": Uniform, "exponential": Exponential} {
		got, err := ParseDist(s)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := ParseDist("normal")
	require.EqualError(t, err, `network: unknown latency distribution "normal": want constant, uniform or exponential`)
}

func TestDistributions(t *testing.T) {
	const mean, samples = 100 * ms, 100_000
	for _, tc := range []struct {
		dist        Dist
		least, most time.Duration // bounds of any latency
		below       float64       // fraction of the latencies under mean/2
	}{
		{"", mean, mean, 0},
		{Constant, mean, mean, 0},
		{Uniform, 0, 2 * mean, 0.25},
		{Exponential, 0, 20 * mean, 0.3935}, // 1 − e^(−1/2)
	} {
		t.Run(string(tc.dist), func(t *testing.T) {
			r := choice.From(rand.NewPCG(1, 2))
			var sum time.Duration
			below := 0
			for range samples {
				d := tc.dist.draw(mean, r)
				require.GreaterOrEqual(t, d, tc.least)
				require.LessOrEqual(t, d, tc.most)
				sum += d
				if d < mean/2 {
					below++
				}
			}
			// One standard error of the mean is at most 0.3 ms, of the fraction 0.0016.
			require.InDelta(t, float64(mean), float64(sum)/samples, float64(2*ms))
			require.InDelta(t, tc.below, float64(below)/samples, 0.01)
		})
	}
}

func TestNoLatency(t *testing.T) {
	r := choice.From(rand.NewPCG(1, 2))
	for _, d := range []Dist{Constant, Uniform, Exponential} {
		require.Zero(t, d.draw(0, r))
		require.Zero(t, d.draw(-ms, r))
	}
}

// latencies returns the latencies of count messages from n0 to n1, with messages of other links in between.
func latencies(t *testing.T, seed uint64, count int, others func(n *Network)) []time.Duration {
	n := newCluster(5, Config{Latency: 100 * ms, Dist: Exponential, Gate: choice.Seeded(seed)})
	for range count {
		others(n)
		send(t, n, 0, "n0", "n1")
	}
	byID := map[int64]time.Duration{}
	var ids []int64
	for {
		m, due, ok := n.Deliver(time.Hour)
		if !ok {
			break
		}
		if m.Src == "n0" && m.Dest == "n1" {
			byID[m.ID] = due
			ids = append(ids, m.ID)
		}
	}
	require.Len(t, ids, count)
	got := make([]time.Duration, 0, count)
	for id := range int64(n.SentCount()) {
		if d, ok := byID[id]; ok {
			got = append(got, d)
		}
	}
	return got
}

// The draws of a link depend only on the seed, and not on messages of other links.
func TestLatenciesPerLink(t *testing.T) {
	quiet := latencies(t, 7, 50, func(*Network) {})
	busy := latencies(t, 7, 50, func(n *Network) {
		n.Add(fmt.Sprintf("late%d", n.SentCount()), Node)
		for _, l := range []Link{{"n0", "n1"}, {"n2", "n0"}, {"n3", "n4"}, {"lin-kv", "n0"}, {"c0", "n0"}} {
			send(t, n, 0, l.Src, l.Dest)
		}
		require.NoError(t, cut(n, 0, []Link{{"n2", "n0"}}))
	})
	require.Equal(t, quiet, busy)
	require.NotEqual(t, quiet, latencies(t, 8, 50, func(*Network) {}), "another seed")
}

// The streams of different links are independent: over many links, the first draws alone have the right mean.
func TestLinksAreIndependent(t *testing.T) {
	const k = 60
	n := newCluster(k, Config{Latency: 100 * ms, Dist: Uniform})
	for i := range k {
		for j := range k {
			send(t, n, 0, fmt.Sprintf("n%d", i), fmt.Sprintf("n%d", j))
		}
	}
	var sum time.Duration
	quarters := [4]int{}
	for {
		_, due, ok := n.Deliver(time.Hour)
		if !ok {
			break
		}
		sum += due
		quarters[min(3, due/(50*ms))]++
	}
	require.InDelta(t, float64(100*ms), float64(sum)/(k*k), float64(4*ms))
	for _, q := range quarters {
		require.InDelta(t, k*k/4, q, 120)
	}
}
