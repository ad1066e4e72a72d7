package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newTestGenerator(t require.TestingT, ms int64, index int) *generator {
	g, err := newGenerator(epoch.Add(time.Duration(ms)*time.Millisecond), index)
	require.NoError(t, err)
	return g
}

func TestIDLayout(t *testing.T) {
	for _, c := range []struct {
		name  string
		start int64 // ms since the epoch
		index int
		first int64
	}{
		{"lowest", 0, 0, 0},
		{"index", 0, 1023, 1023},
		{"start", 1, 0, 1 << 22},
		{"both", 3, 5, 3<<22 | 5},
		{"highest start", maxStart, 1023, maxStart<<22 | 1023},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newTestGenerator(t, c.start, c.index)
			require.Equal(t, c.first, g.next())
			require.Equal(t, c.first+1024, g.next())
		})
	}
}

func TestLastIDIsTheLargestInt64(t *testing.T) {
	g := newTestGenerator(t, maxStart, maxNodes-1)
	var last int64
	for range 1 << counterBits {
		last = g.next()
	}
	require.Equal(t, int64(1<<63-1), last)
}

func TestNewGeneratorRefuses(t *testing.T) {
	now := epoch.Add(time.Hour)
	for _, c := range []struct {
		name  string
		start time.Time
		index int
		want  string
	}{
		{"index -1, a node that is not among the nodes", now, -1, "node index -1"},
		{"node 1025", now, 1024, "node index 1024: want 0 to 1023"},
		{"a clock before the epoch", epoch.Add(-time.Nanosecond), 0, "1999-12-31"},
		{"a clock after the last start", epoch.Add((maxStart + 1) * time.Millisecond), 0, "2069-09-06"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := newGenerator(c.start, c.index)
			require.ErrorContains(t, err, c.want)
			require.Nil(t, g)
		})
	}
}

// Any history of nodes that are restarted any number of times, each process
// yielding up to what its lifetime allows, yields no id twice, and rising ids on each node.
func TestIDsAreUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := make(map[int64]bool)
		nodes := rapid.SliceOfNDistinct(rapid.IntRange(0, maxNodes-1), 1, 4, rapid.ID[int]).Draw(t, "indexes")
		for _, index := range nodes {
			start := rapid.Int64Range(0, 3).Draw(t, "first start")
			last := int64(-1)
			for range rapid.IntRange(1, 4).Draw(t, "processes") {
				life := rapid.Int64Range(1, 2).Draw(t, "lifetime in ms")
				most := life << counterBits
				count := rapid.OneOf(rapid.Just(most), rapid.Int64Range(0, most)).Draw(t, "ids")
				g := newTestGenerator(t, start, index)
				for range count {
					id := g.next()
					require.Greater(t, id, last)
					last = id
					if seen[id] {
						t.Fatalf("id %d came twice", id)
					}
					seen[id] = true
				}
				start += life
			}
		}
	})
}

// The limit that newGenerator's conditions state is exact: one id more, and the successor repeats it.
func TestIDsRepeatBeyondTheLimit(t *testing.T) {
	g := newTestGenerator(t, 7, 0)
	for range 1 << counterBits {
		g.next()
	}
	require.Equal(t, g.next(), newTestGenerator(t, 8, 0).next())
}

func BenchmarkNext(b *testing.B) {
	g := newTestGenerator(b, 1, 2)
	for b.Loop() {
		g.next()
	}
}
