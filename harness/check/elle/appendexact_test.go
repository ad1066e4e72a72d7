package elle_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// explicable reports whether a serial execution explains the history: it has all ok transactions, any of unknown outcome and
// none that failed. If realtime is set, its order must agree with real time.
func explicable(t require.TestingT, h []history.Op, realtime bool) bool {
	all := naiveLists(t, h)
	var todo []naiveList
	for _, n := range all {
		if n.status != history.Fail {
			todo = append(todo, n)
		}
	}
	return anyOrderFits(todo, make(map[string][]string), realtime)
}

// anyOrderFits reports whether the transactions can be executed in some order, beginning in the given state.
func anyOrderFits(todo []naiveList, state map[string][]string, realtime bool) bool {
	if !slices.ContainsFunc(todo, func(n naiveList) bool { return n.status == history.OK }) {
		return true
	}
	for i, n := range todo {
		rest := slices.Delete(slices.Clone(todo), i, i+1)
		late := func(other naiveList) bool { return realtime && other.completed < n.invoked }
		if slices.ContainsFunc(rest, late) {
			continue
		}
		after := make(map[string][]string)
		for key, list := range state {
			after[key] = slices.Clone(list)
		}
		if n.execute(after) && anyOrderFits(rest, after, realtime) {
			return true
		}
	}
	return false
}

// execute applies a transaction to the state, and reports whether its reads agree with the state.
func (n naiveList) execute(state map[string][]string) bool {
	for _, op := range n.ops {
		if op.f == `"append"` {
			state[op.key] = append(state[op.key], op.list...)
		} else if !slices.Equal(state[op.key], op.list) {
			return false
		}
	}
	return true
}

// mixedLists draws histories; many are serial and many are not.
var mixedLists = rapid.Custom(func(t *rapid.T) []history.Op {
	if rapid.Bool().Draw(t, "serial") {
		return record(drawSerialLists(t, 6), perProcess, rapid.Uint64().Draw(t, "seed"))
	}
	return drawLists(t)
})

// A history is accepted if and only if some order of its transactions explains it.
func TestAppendIsExact(t *testing.T) {
	for m, realtime := range map[elle.Model]bool{elle.Serializable: false, elle.StrongSerializable: true} {
		t.Run(string(m), func(t *testing.T) {
			isExact := func(t require.TestingT, h []history.Op) bool {
				r := elle.Append(h, elle.Options{Models: []elle.Model{m}, Strict: true})
				want := explicable(t, h, realtime)
				require.Equal(t, want, r.Verdict() != check.Invalid, "%v\n%s", r.Reasons(), text(h))
				return want
			}
			rapid.Check(t, func(t *rapid.T) { isExact(t, mixedLists.Draw(t, "history")) })

			// Every run uses the same histories, so that both verdicts certainly occur.
			verdicts := make(map[bool]int)
			for i := range 100 {
				verdicts[isExact(t, mixedLists.Example(i))]++
			}
			require.Greater(t, verdicts[true], 10)
			require.Greater(t, verdicts[false], 10)
		})
	}
}
