package elle_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

// chosenOrders has the histories in which reads contradict each other and several lists of a key are the longest. Which of
// these lists the reference takes as the order of the key depends on a hash table; ours takes the one that was read first.
// With another choice, our result agrees with the reference.
func chosenOrders() map[string]bool {
	return map[string]bool{
		"listappend-tpl-internal-short-0": true,
		"listappend-tpl-internal-short-1": true,
		"listappend-sim-hat-095":          true,
		"listappend-mut-049":              true,
	}
}

// missedAppendCycles is like missedCycles, but for lists. For each class, the reference looks at only one candidate cycle;
// which one depends on the order of a hash table. If the names of its edges put that cycle into another class, the reference
// does not look for a second candidate. It then either reports nothing for this class, and possibly a lesser class instead,
// or reports the cycle under its real class, perhaps for the second time.
//
// The verdict and the models ruled out are the same. TestAppendCyclesAreReal proves that the cycles listed here exist.
func missedAppendCycles() map[string]map[elle.Anomaly]int {
	const (
		single   = "G-single-item"
		process  = "G-single-item-process"
		realtime = "G-single-item-realtime"
	)
	all := make(map[string]map[elle.Anomaly]int)
	add := func(history string, counts map[elle.Anomaly]int, models ...string) {
		for _, m := range models {
			all["listappend-"+history+" "+m] = counts
		}
	}
	const (
		rr, si, ser  = "repeatable-read", "snapshot-isolation", "serializable"
		session      = "strong-session-serializable"
		strongSI, ss = "strong-snapshot-isolation", "strict-serializable"
	)
	// A cycle with an anti-dependency that the reference takes for G0 or G1c.
	one := map[elle.Anomaly]int{single: 1}
	add("mut-009", one, rr, si, ser, session, strongSI, ss)
	add("mut-012", one, rr, si, ser, session, strongSI, ss)
	add("mut-047", one, rr, si, ser, session)
	add("mut-047", map[elle.Anomaly]int{single: 1, realtime: 1}, strongSI, ss)
	add("mut-042", one, si, strongSI)
	add("mut-042", map[elle.Anomaly]int{single: 1, "G2-item": 0}, rr, ser, session, ss)
	add("sim-si-nocheck-067", one, rr, si, ser)
	add("sim-si-nocheck-067", map[elle.Anomaly]int{single: 1, realtime: 0}, strongSI, ss)
	add("sim-si-nocheck-067", map[elle.Anomaly]int{single: 1, "G2-item-process": 0}, session)
	add("sim-lostappend-099", map[elle.Anomaly]int{
		realtime: 1, "G0-realtime": 2, "G1c-realtime": 0, "G-nonadjacent-item-realtime": 0,
	}, strongSI, ss)
	add("sim-shuffle-098", map[elle.Anomaly]int{"G0-realtime": 1, "G1c-realtime": 0}, strongSI, ss)
	// One cycle that the reference counts twice, the second time when it looked for another class, or that another cycle
	// implies.
	add("mut-039", one, strongSI, ss)
	add("sim-lostappend-059", one, session)
	add("sim-lostappend-099", map[elle.Anomaly]int{single: 2}, session)
	add("sim-shuffle-098", map[elle.Anomaly]int{single: 2}, session)
	add("sim-hat-split-096", map[elle.Anomaly]int{process: 2}, session)
	add("sim-hat-split-096", map[elle.Anomaly]int{"G1c-realtime": 0}, strongSI, ss)
	return all
}

// definite has our results for histories on which the reference gives up.
func definite() map[string][]string {
	const garbage = "garbage-read: T1 (op 2, process 101) read [1, 9] from key 50, where nobody appended 9"
	return map[string][]string{
		"listappend-tpl-unwritten-0": {garbage},
		"listappend-tpl-unwritten-1": {garbage},
		"listappend-tpl-unwritten-2": {"garbage-read: T1 (op 10, process 101) read [1, 9] from key 50, where nobody appended 9"},
		// The invocation never completes, so its outcome is unknown.
		"listappend-edge-open-invocations": nil,
	}
}

func TestAppendCorpus(t *testing.T) {
	const twice = "listappend-edge-same-value-written-twice" // one element, two writers: it is not known whose was read
	missed, chosen, answers := missedAppendCycles(), chosenOrders(), definite()
	verdicts, gaveUp := 0, 0
	cases := corpus.Read[corpusCase](t, "listappend")
	require.Len(t, cases, 358)
	for _, c := range cases {
		for name, want := range c.Expect {
			verdicts++
			id := c.Name + " " + name
			m, err := elle.ParseModel(name)
			require.NoError(t, err)
			o := elle.Options{Models: []elle.Model{m}}
			reasons, answered := answers[c.Name]
			t.Run(id, func(t *testing.T) {
				got := elle.Append(c.History, o)
				requireResult(t, got)
				require.Equal(t, answered || c.Name == twice, want.Exception != "")
				switch {
				case c.Name == twice:
					require.Equal(t, check.Unknown, got.Verdict())
					require.Equal(t, "1 was appended to key 1 by both T1 (op 1, process 0) and T2 (op 3, process 1), so it is not known whose element was read",
						got.Unclear[0])
				case answered && reasons == nil:
					require.Equal(t, check.Valid, got.Verdict())
				case answered:
					require.Equal(t, check.Invalid, got.Verdict())
					require.Subset(t, got.Reasons(), reasons)
				case chosen[c.Name]:
					requireChoice(t, want, c.History, o)
				case missed[id] != nil:
					for a, n := range missed[id] {
						assert.NotEqual(t, want.Counts[a], n, a)
						want.Counts[a] = n
					}
					maps.DeleteFunc(want.Counts, func(_ elle.Anomaly, n int) bool { return n == 0 })
					want.Types = slices.Sorted(maps.Keys(want.Counts))
					requireReference(t, want, got)
				default:
					requireReference(t, want, got)
				}
			})
			if answered || c.Name == twice {
				gaveUp++
			}
			delete(missed, id)
		}
	}
	require.Equal(t, 3919, verdicts)
	require.Equal(t, 55, gaveUp)
	require.Empty(t, missed)
}

// requireChoice requires that our whole result agrees with the reference for one of the choices among the longest lists, and
// our verdict for every choice.
func requireChoice(t *testing.T, want reference, h []history.Op, o elle.Options) {
	t.Helper()
	require.Equal(t, want.Valid, elle.Append(h, o).Valid)
	agrees := false
	elle.EachAppend(h, o, func(r *elle.Result) bool {
		if agrees = maps.Equal(want.Counts, r.Counts); agrees {
			requireReference(t, want, r)
		}
		return !agrees
	})
	require.True(t, agrees)
}
