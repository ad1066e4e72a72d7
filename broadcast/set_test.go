package main

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sets generates sets of a few members, low enough to lie close together or at either
// end of the integers.
func sets() *rapid.Generator[map[int64]bool] {
	member := rapid.OneOf(
		rapid.Int64Range(-8, 24),
		rapid.Int64Range(math.MinInt64, math.MinInt64+3),
		rapid.Int64Range(math.MaxInt64-3, math.MaxInt64),
	)
	return rapid.MapOfN(member, rapid.Just(true), 0, 24)
}

// setOf builds the set of the keys, one at a time.
func setOf(members map[int64]bool) set {
	s := set{}
	for v := range members {
		s = s.union(set{{v, v}})
	}
	return s
}

func requireInvariant(t require.TestingT, s set) {
	for i, x := range s {
		require.LessOrEqual(t, x.lo, x.hi)
		require.True(t, i == 0 || s[i-1].lo < x.lo && apart(s[i-1], x), "%v", s)
	}
}

func TestSetIsLikeAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := sets().Draw(t, "a"), sets().Draw(t, "b")
		s, u := setOf(a), setOf(b)
		union := s.union(u)
		for _, x := range []set{s, u, union} {
			requireInvariant(t, x)
		}
		require.Equal(t, slices.Sorted(maps.Keys(a)), slices.Collect(s.all()))
		require.Equal(t, setOf(a), s, "the sets that union was given are as they were")

		both := maps.Clone(a)
		maps.Copy(both, b)
		require.Equal(t, slices.Sorted(maps.Keys(both)), slices.Collect(union.all()))

		subset := true
		for v := range b {
			subset = subset && a[v]
		}
		require.Equal(t, subset, s.containsAll(u))
		require.True(t, union.containsAll(s) && union.containsAll(u))
	})
}

// What makes the set a state-based CRDT.
func TestUnionIsASemilattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := setOf(sets().Draw(t, "a")), setOf(sets().Draw(t, "b")), setOf(sets().Draw(t, "c"))
		require.Equal(t, a, a.union(a))
		require.Equal(t, a.union(b), b.union(a))
		require.Equal(t, a.union(b).union(c), a.union(b.union(c)))
	})
}

func TestSetOfAllIntegers(t *testing.T) {
	all := set{{math.MinInt64, -1}}.union(set{{0, math.MaxInt64}})
	require.Equal(t, set{{math.MinInt64, math.MaxInt64}}, all)
	require.Equal(t, all, all.union(set{{5, 5}}))
	require.True(t, all.containsAll(set{{math.MaxInt64, math.MaxInt64}}))
	for v := range all.all() {
		require.Equal(t, int64(math.MinInt64), v)
		break
	}
}

func TestSetJSON(t *testing.T) {
	for text, want := range map[string]set{
		`[]`:                {},
		`null`:              nil,
		`[[0,17],[19,22]]`:  {{0, 17}, {19, 22}},
		`[[-3,-3],[-1,-1]]`: {{-3, -3}, {-1, -1}},
		`[[-9223372036854775808,9223372036854775807]]`: {{math.MinInt64, math.MaxInt64}},
	} {
		var s set
		require.NoError(t, json.Unmarshal([]byte(text), &s), text)
		require.Equal(t, want, s)
		out, err := json.Marshal(s)
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
	for _, text := range []string{
		`{}`, `[1]`, `[[]]`, `[[1]]`, `[[1,2,3]]`, `[[2,1]]`, `[[1.5,2]]`, `[["1","2"]]`, `[[0,9223372036854775808]]`,
		`[[0,1],[2,3]]`, `[[0,5],[3,8]]`, `[[4,5],[1,2]]`, `[[0,9223372036854775807],[5,6]]`,
	} {
		s := set{{7, 7}}
		require.Error(t, json.Unmarshal([]byte(text), &s), text)
		require.Equal(t, set{{7, 7}}, s, "an error leaves the set as it was")
	}
}

func FuzzSetJSON(f *testing.F) {
	f.Add(`[[0,17],[19,22]]`)
	f.Add(`[[0,9223372036854775807],[-1,1]]`)
	f.Fuzz(func(t *testing.T, text string) {
		var s set
		if json.Unmarshal([]byte(text), &s) != nil {
			return
		}
		requireInvariant(t, s)
		out, err := json.Marshal(s)
		require.NoError(t, err)
		var again set
		require.NoError(t, json.Unmarshal(out, &again))
		require.Equal(t, s, again)
	})
}

func BenchmarkUnion(b *testing.B) {
	var s, u set
	for i := range int64(32) {
		s = append(s, span{i * 100, i*100 + 50})
		u = append(u, span{i*100 + 25, i*100 + 75})
	}
	for b.Loop() {
		s.union(u)
	}
}
