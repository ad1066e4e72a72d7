package history_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// A history that cannot have happened is refused, and the error names the line.
func TestImpossible(t *testing.T) {
	type op = map[string]string
	for name, c := range map[string]struct {
		ops  []op
		want string
		let  history.Deviation // the deviation that, if tolerated, lets it pass
	}{
		"completions only": {
			[]op{operation(0, "ok"), operation(1, "ok"), operation(2, "ok")},
			"line 1: process 3 completes read, which it has not invoked", history.Orphans,
		},
		"two completions": {
			[]op{operation(0, "invoke"), operation(1, "ok"), operation(2, "ok")},
			"line 3: process 3 completes read, which it has not invoked", history.Orphans,
		},
		"two invocations": {
			[]op{operation(0, "invoke"), operation(1, "invoke", "process", "4"), operation(2, "invoke", "f", `"write"`)},
			"line 3: process 3 invokes write, but its read of line 1 has not completed", "",
		},
		"another function": {
			[]op{operation(0, "invoke", "f", `"write"`), operation(1, "ok")},
			"line 2: process 3 completes read, but has invoked write on line 1", "",
		},
		"after info": {
			[]op{operation(0, "invoke"), operation(1, "info"), operation(2, "invoke"), operation(3, "ok")},
			"line 3: process 3 goes on after its info of line 2", history.Reuse,
		},
		"ok after info": {
			[]op{operation(0, "invoke"), operation(1, "info"), operation(2, "ok")},
			"line 3: process 3 completes read, which it has not invoked", history.Orphans,
		},
		"time": {
			[]op{operation(0, "invoke", "time", "5"), operation(1, "ok", "time", "4")},
			"line 2: the time goes back from 5 to 4", history.Times,
		},
		"time of the nemesis": {
			[]op{operation(0, "info", "process", `"nemesis"`, "time", "5"), operation(1, "info", "process", `"nemesis"`, "time", "-4")},
			"line 2: the time goes back from 5 to -4", history.Times,
		},
		"first index": {[]op{operation(1, "invoke"), operation(2, "ok")}, "line 1: index 1: want 0", history.Gaps},
		"gap":         {[]op{operation(0, "invoke"), operation(2, "ok")}, "line 2: index 2: want 1", history.Gaps},
		"index goes back": {
			[]op{operation(4, "invoke"), operation(5, "ok"), operation(5, "invoke", "time", "60")}, "line 1: index 4: want 0", "",
		},
	} {
		for _, n := range notations() {
			t.Run(name+" "+n.name, func(t *testing.T) {
				var lines []string
				for _, o := range c.ops {
					lines = append(lines, n.write(o))
				}
				_, err := read(nil, lines...)
				require.ErrorContains(t, err, "history: "+c.want)
				for _, d := range history.Deviations() {
					ops, err := read([]history.Deviation{d}, lines...)
					if d == c.let {
						require.NoError(t, err)
						require.Len(t, ops, len(lines))
						for i, o := range ops {
							require.Equal(t, i, o.Index)
						}
						continue
					}
					require.ErrorContains(t, err, "history: line ")
				}
				_, err = read(history.Deviations(), lines...)
				require.Equal(t, c.let == "", err != nil, err)
			})
		}
	}
	_, err := read([]history.Deviation{history.Gaps}, notations()[0].write(operation(5, "invoke")), notations()[0].write(operation(5, "ok")))
	require.EqualError(t, err, "history: line 2: index 5: want 6, as it comes after 5")
}

// The histories of our harness and of Maelstrom are possible: with operations that never end, processes that end, and
// operations of the nemesis.
func TestPossible(t *testing.T) {
	for _, n := range notations() {
		ops := []map[string]string{
			operation(0, "info", "process", `"nemesis"`, "f", `"start-partition"`),
			operation(1, "invoke"),
			operation(2, "info", "process", `"nemesis"`, "f", `"start-partition"`),
			operation(3, "info"),
			operation(4, "invoke", "process", "8"),
			operation(5, "fail", "process", "8"),
			operation(6, "invoke", "process", "8", "time", "50"),
			operation(7, "invoke", "process", "9", "time", "50"),
		}
		var lines []string
		for _, o := range ops {
			lines = append(lines, n.write(o))
		}
		got, err := read(nil, lines...)
		require.NoError(t, err)
		require.Len(t, got, len(ops))
	}
}

func TestDeviationError(t *testing.T) {
	_, err := read(nil, notations()[0].write(operation(0, "ok")))
	var deviation *history.DeviationError
	require.ErrorAs(t, err, &deviation)
	require.Equal(t, history.Orphans, deviation.Deviation)
	require.True(t, slices.Contains(history.Deviations(), deviation.Deviation))
}
