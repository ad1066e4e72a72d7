package main

import (
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// counters generates counters of a few writers.
func counters() *rapid.Generator[counter] {
	total := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(math.MaxInt64-2, math.MaxInt64))
	totals := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), total, 0, 4)
	return rapid.Map(totals, func(m map[string]int64) counter { return m })
}

// merged returns the merge of a and b, which it leaves as they are.
func merged(a, b counter) counter {
	c := a.clone()
	c.merge(b)
	return c
}

// What makes the counter a state-based CRDT.
func TestMergeIsASemilattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := counters().Draw(t, "a"), counters().Draw(t, "b"), counters().Draw(t, "c")
		require.Equal(t, a, merged(a, a))
		require.Equal(t, merged(a, b), merged(b, a))
		require.Equal(t, merged(merged(a, b), c), merged(a, merged(b, c)))
		require.True(t, merged(a, b).covers(a) && merged(a, b).covers(b))
		require.Equal(t, maps.Equal(merged(a, b), a), a.covers(b))
	})
}

// Writers add to their own totals, and merge what others have, in any order: the sum is that of all deltas
// as soon as all have been merged, and never more.
func TestValueIsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		writers := []string{"a", "b", "c"}
		replicas := make([]counter, len(writers))
		for i, w := range writers {
			replicas[i] = counter{w: 0}
		}
		sum := new(big.Int)
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			i, j := rapid.IntRange(0, 2).Draw(t, "i"), rapid.IntRange(0, 2).Draw(t, "j")
			if i != j {
				replicas[i].merge(replicas[j])
			} else {
				delta := rapid.Int64Range(0, 1<<57).Draw(t, "delta")
				replicas[i][writers[i]] += delta
				sum.Add(sum, big.NewInt(delta))
			}
			require.LessOrEqual(t, replicas[i].value().Cmp(sum), 0)
		}
		everything := merged(merged(replicas[0], replicas[1]), replicas[2])
		require.Equal(t, sum.String(), everything.value().String())
	})
}

func TestCounterOfNothing(t *testing.T) {
	var none counter
	require.Equal(t, "0", none.value().String())
	require.True(t, none.covers(nil))
	require.False(t, none.covers(counter{"a": 0}), "a writer that is not known of is news")
	require.True(t, counter{"a": 0}.covers(none))
}

func TestCounterJSON(t *testing.T) {
	for text, want := range map[string]counter{
		`null`:                         nil,
		`{}`:                           {},
		`{"a":0,"b":3}`:                {"a": 0, "b": 3},
		`{"n1@5":9223372036854775807}`: {"n1@5": math.MaxInt64},
	} {
		var c counter
		require.NoError(t, json.Unmarshal([]byte(text), &c), text)
		require.Equal(t, want, c)
		out, err := json.Marshal(c)
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
	for _, text := range []string{
		`[]`, `1`, `"a"`, `{"a":-1}`, `{"a":1.5}`, `{"a":"1"}`, `{"a":9223372036854775808}`, `{"a":{"b":1}}`,
	} {
		c := counter{"z": 1}
		require.Error(t, json.Unmarshal([]byte(text), &c), text)
		require.Equal(t, counter{"z": 1}, c, "an error leaves the counter as it was")
	}
}

func FuzzCounterJSON(f *testing.F) {
	f.Add(`{"n1@5":3,"n2@7":0}`)
	f.Add(`{"":9223372036854775807}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c counter
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		for _, total := range c {
			require.GreaterOrEqual(t, total, int64(0))
		}
		out, err := json.Marshal(c)
		require.NoError(t, err)
		var again counter
		require.NoError(t, json.Unmarshal(out, &again))
		require.Equal(t, c, again)
	})
}
