package network

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCutIsOneWay(t *testing.T) {
	n := newCluster(3, Config{})
	require.NoError(t, cut(n, 0, []Link{{Dest: "n0", Src: "n1"}}))
	for _, src := range []string{"n0", "n1", "n2", "c0", "lin-kv"} {
		for _, dest := range []string{"n0", "n1"} {
			send(t, n, 0, src, dest)
		}
	}
	require.Equal(t, []string{
		"n0>n0", "n0>n1", "n1>n1", "n2>n0", "n2>n1", "c0>n0", "c0>n1", "lin-kv>n0", "lin-kv>n1",
	}, deliverAll(n, 0))
	require.Equal(t, 1, n.Dropped())
}

// The check is made when a message is due, not when it is sent.
func TestCutCountsAtDelivery(t *testing.T) {
	link := []Link{{Dest: "n1", Src: "n0"}}
	for _, tc := range []struct {
		name      string
		cut, heal time.Duration
		delivered bool
	}{
		{"cut after sending, still cut", 50 * ms, 150 * ms, false},
		{"cut and healed on the way", 50 * ms, 60 * ms, true},
		{"cut before sending, healed on the way", 0, 60 * ms, true},
		{"cut after delivery", 101 * ms, 150 * ms, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := newCluster(2, Config{Latency: 100 * ms})
			delivered := false
			for now := time.Duration(0); now <= 200*ms; now += ms {
				if now == tc.cut {
					require.NoError(t, cut(n, now, link))
				}
				if now == tc.heal {
					heal(n, now)
				}
				if now == ms {
					send(t, n, 0, "n0", "n1")
				}
				delivered = delivered || deliverAll(n, now) != nil
			}
			require.Equal(t, tc.delivered, delivered)
			if tc.delivered {
				require.Zero(t, n.Dropped())
			} else {
				require.Equal(t, 1, n.Dropped())
			}
		})
	}
}

// A lost message does not hold up the one behind it.
func TestDroppedIsSkipped(t *testing.T) {
	n := newCluster(3, Config{})
	require.NoError(t, cut(n, 0, []Link{{Dest: "n1", Src: "n0"}}))
	send(t, n, 0, "n0", "n1")
	send(t, n, 0, "n0", "n2")
	m, _, ok := n.Deliver(0)
	require.True(t, ok)
	require.Equal(t, "n2", m.Dest)
}

func TestCutRefusesOthersThanNodes(t *testing.T) {
	n := newCluster(2, Config{})
	for _, l := range []Link{
		{"n0", "c0"}, {"c0", "n0"}, {"n0", "lin-kv"}, {"lin-kv", "n0"}, {"n0", "n9"}, {"n9", "n0"}, {"n0", "n0"},
	} {
		err := cut(n, 0, []Link{{"n0", "n1"}, l})
		require.ErrorContains(t, err, "they are not two nodes")
		require.ErrorContains(t, err, `from "`+l.Src+`" to "`+l.Dest+`"`)
	}
	require.Zero(t, n.CutTime(time.Second), "nothing was cut, the good link neither")
	send(t, n, 0, "n1", "n0")
	require.Equal(t, []string{"n1>n0"}, deliverAll(n, 0))
}

func TestCutTime(t *testing.T) {
	n := newCluster(3, Config{})
	a, b := []Link{{"n0", "n1"}}, []Link{{"n1", "n0"}}
	heal(n, ms) // nothing to heal
	require.NoError(t, cut(n, 2*ms, nil))
	require.Zero(t, n.CutTime(10*ms))

	require.NoError(t, cut(n, 10*ms, a))
	require.Equal(t, 5*ms, n.CutTime(15*ms))
	require.NoError(t, cut(n, 20*ms, b)) // in addition: no second clock
	require.NoError(t, cut(n, 21*ms, a)) // again: no effect
	heal(n, 30*ms)
	require.Equal(t, 20*ms, n.CutTime(50*ms))
	heal(n, 60*ms)
	require.NoError(t, cut(n, 100*ms, a))
	require.Equal(t, 21*ms, n.CutTime(101*ms))
}

func cut(n *Network, now time.Duration, links []Link) error {
	return n.Impair(now, "test", links, Impairment{Cut: true})
}

func heal(n *Network, now time.Duration) { n.Mend(now, "test") }
