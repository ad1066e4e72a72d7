package choice_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
)

// The same seed gives the same run, with two exceptions: a decision of a link, and one about workers.
func ExampleOverrides() {
	overrides, err := choice.ParseOverrides("network/n0/n1/loss:3.1~workers:0.2")
	gate := choice.New(7, overrides.Over(nil))
	workers := gate.Stream("workers")
	fmt.Println(workers.IntN(5), err)
	fmt.Println(overrides)
	// Output:
	// 2 <nil>
	// network/n0/n1/loss:3.1~workers:0.2
}

func pcg(seed uint64, key string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Without a strategy, and with one that agrees with the seed, a stream draws as a rand.Rand does. Other streams do not matter.
func TestSeedDecides(t *testing.T) {
	agree := choice.Func(func(d choice.Decision) uint64 { return d.Drawn })
	for _, gate := range []choice.Gate{choice.Seeded(7), choice.New(7, nil), choice.New(7, agree)} {
		r, s := pcg(pcg(7, "network").Uint64(), "n0\x00n1"), gate.Sub("network").Stream("n0\x00n1")
		other := gate.Stream("network")
		for i := 1; i < 2000; i++ {
			require.Equal(t, r.IntN(i), s.IntN(i))
			require.Equal(t, r.Int64N(int64(i)<<40), s.Kind("far").Int64N(int64(i)<<40))
			require.Equal(t, r.Float64() < 0.3, s.Kind("loss").Chance(0.3))
			require.Equal(t, time.Duration(r.Float64()*float64(time.Second)), s.Uniform(time.Second))
			require.Equal(t, time.Duration(r.ExpFloat64()*float64(time.Second)), s.Exponential(time.Second))
			require.Equal(t, r.Uint64(), rand.New(s).Uint64())
			other.IntN(i)
		}
		require.Equal(t, r.Perm(20), s.Perm(20))
		require.Zero(t, s.Uniform(0))
		require.Zero(t, s.Exponential(0))
	}
}

// Each key has another stream, in each part and for each seed.
func TestStreamsDiffer(t *testing.T) {
	drawn := map[uint64]bool{}
	for seed := range uint64(3) {
		for _, gate := range []choice.Gate{choice.Seeded(seed), choice.Seeded(seed).Sub("network"), choice.Seeded(seed).Sub("nemesis")} {
			for _, key := range []string{"n1", "n2", "n1 0", "n1\x000", "n10"} {
				drawn[gate.Stream(key).Uint64()] = true
			}
		}
	}
	require.Len(t, drawn, 3*3*5)
}

// A decision that is changed changes no other one.
func TestOverridesChangeWhatTheySay(t *testing.T) {
	draw := func(gate choice.Gate) (all []any) {
		s := gate.Sub("network").Stream("n0\x00n1")
		loss, latency := s.Kind("loss"), s.Kind("latency")
		for range 5 {
			all = append(all, s.IntN(10), loss.Chance(0.5), latency.Exponential(time.Second), latency.Uniform(time.Second), s.Uint64())
		}
		return all
	}
	want := draw(choice.Seeded(3))
	o, err := choice.ParseOverrides("network/n0/n1:2.7-5.18446744073709551615-4.13 network/n0/n1/latency:3.5000000-0.7~network/n0/n1/loss:4.3")
	require.NoError(t, err)
	require.NotEqual(t, true, want[4*5+1])
	want[1*5+0] = 7 // decision 2 of the link, which has no kind: the second IntN
	want[2*5+0] = 3 // 13 counts modulo 10
	want[2*5+4] = uint64(1<<64 - 1)
	want[0*5+2] = 7 * time.Nanosecond
	want[1*5+3] = 5 * time.Millisecond
	want[4*5+1] = true // 3 counts modulo 2
	tracked := o.Over(nil)
	require.Equal(t, want, draw(choice.New(3, tracked)))
	require.Empty(t, tracked.Unused())

	// Where overrides say nothing, the rest decides.
	zeros := choice.Func(func(choice.Decision) uint64 { return 0 })
	one := choice.Overrides{{Stream: "workers", At: 1, Option: 1}, {Stream: "workers", At: 4, Option: 1}}.Over(zeros)
	s := choice.New(3, one).Stream("workers")
	require.Equal(t, []int{0, 1, 0}, []int{s.IntN(9), s.IntN(9), s.IntN(9)})
	require.Equal(t, choice.Overrides{{Stream: "workers", At: 4, Option: 1}}, one.Unused())
}

// All decisions together are the run, whatever the seed.
func TestRecordedDecisionsGiveTheSameAnswers(t *testing.T) {
	draw := func(gate choice.Gate) (all []any) {
		for _, key := range []string{"a", "b"} {
			s := gate.Stream(key)
			for range 100 {
				all = append(all, s.IntN(10), s.Kind("x").Chance(0.5), s.Exponential(time.Hour), s.Uniform(1), s.Uint64())
			}
		}
		return all
	}
	first := choice.Record(nil)
	want := draw(choice.New(1, first))
	require.Equal(t, draw(choice.Seeded(1)), want)
	require.Len(t, first.All(), 2*(400+1), "of Kind, which makes a new stream each time, the first decision counts")
	require.Empty(t, first.Changed())

	again := choice.Record(choice.Overrides{{Stream: "b", At: 0, Option: 5}}.Over(nil))
	have := draw(choice.New(1, again))
	require.Equal(t, choice.Overrides{{Stream: "b", At: 0, Option: 5}}, again.Changed())
	require.Equal(t, 5, have[500])
}

// A decision costs no memory.
func TestDecisionsAllocateNothing(t *testing.T) {
	for name, gate := range map[string]choice.Gate{
		"seed":      choice.Seeded(1),
		"overrides": choice.New(1, choice.Overrides{{Stream: "a", At: 7, Option: 1}, {Stream: "b", At: 7, Option: 1}}.Over(nil)),
	} {
		s := gate.Stream("a")
		require.Zero(t, testing.AllocsPerRun(100, func() {
			s.IntN(10)
			s.Chance(0.5)
			s.Uniform(time.Second)
			s.Exponential(time.Second)
			s.Uint64()
		}), name)
	}
}
