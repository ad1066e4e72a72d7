package elle_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/elle"
)

// table lists the consistency models of spec §8: the models that each implies, and the anomalies that it forbids in addition.
// Like the spec, it leaves out the cycles that are only known to exist ("PL-3-cycle-exists").
const table = `
	read-uncommitted → : G0 duplicate-elements cyclic-versions
	read-committed → read-uncommitted : G1a G1b G1c
	monotonic-atomic-view → read-committed :
	monotonic-view → read-committed :
	monotonic-snapshot-read → read-committed :
	cursor-stability → read-committed : lost-update
	read-atomic → monotonic-atomic-view : internal G1a future-read
	causal-cerone → read-atomic : internal G1a
	update-atomic → read-atomic : lost-update
	prefix → causal-cerone : internal G1a
	parallel-snapshot-isolation → causal-cerone update-atomic : internal G1a
	consistent-view → cursor-stability monotonic-view : G-single-item
	forward-consistent-view → consistent-view :
	update-serializable → forward-consistent-view :
	repeatable-read → cursor-stability monotonic-atomic-view : G2-item lost-update
	snapshot-isolation → forward-consistent-view parallel-snapshot-isolation prefix : internal G-single-item G-nonadjacent-item
	serializable → repeatable-read update-serializable snapshot-isolation : internal G2-item
	strong-session-read-uncommitted → read-uncommitted : G0-process
	strong-session-read-committed → read-committed strong-session-read-uncommitted : G1c-process
	strong-session-snapshot-isolation → snapshot-isolation strong-session-read-committed : G1c-process G-single-item-process G-nonadjacent-item-process
	strong-session-serializable → serializable strong-session-snapshot-isolation : G2-item-process
	strong-read-uncommitted → strong-session-read-uncommitted : G0-realtime
	strong-read-committed → strong-session-read-committed strong-read-uncommitted : G1c-realtime
	strong-snapshot-isolation → strong-session-snapshot-isolation strong-read-committed : G1c-realtime G-single-item-realtime G-nonadjacent-item-realtime
	view-serializable → :
	1SR → :
	session-serializable → 1SR :
	monotonic-reads → :
	monotonic-writes → :
	read-your-writes → :
	writes-follow-reads → :
	PRAM → monotonic-reads monotonic-writes read-your-writes :
	causal → writes-follow-reads PRAM :
	sequential → causal :
	linearizable → sequential :
	strict-serializable → strong-session-serializable strong-snapshot-isolation linearizable session-serializable : G2-item-realtime`

// special returns the anomalies of which a is directly a special case, according to the spec.
func special(a elle.Anomaly) []elle.Anomaly {
	base, variant := string(a), ""
	for _, v := range []string{"-process", "-realtime"} {
		if b, ok := strings.CutSuffix(base, v); ok {
			base, variant = b, v
		}
	}
	wider := map[string][]string{
		"G0": {"G1c"}, "G-single-item": {"G-nonadjacent-item"}, "G-nonadjacent-item": {"G2-item"},
	}[base]
	var all []elle.Anomaly
	for _, w := range wider {
		all = append(all, elle.Anomaly(w+variant))
	}
	switch base {
	case "lost-update":
		return []elle.Anomaly{"G2-item"}
	case "incompatible-order", "dirty-update":
		return []elle.Anomaly{"G1a"}
	case "future-read":
		return []elle.Anomaly{"G1c"}
	case "G0", "G1c", "G-single-item", "G-nonadjacent-item", "G2-item":
		switch variant {
		case "":
			all = append(all, elle.Anomaly(base+"-process"))
		case "-process":
			all = append(all, elle.Anomaly(base+"-realtime"))
		}
	}
	return all
}

// TestModelsForbid compares the anomalies that every model forbids, by itself and by the models that it implies, with the
// table.
func TestModelsForbid(t *testing.T) {
	forbidden := map[string]map[elle.Anomaly]bool{} // by model, including those of the models that it implies
	var named []string
	for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		name, rest, _ := strings.Cut(line, "→")
		name = strings.TrimSpace(name)
		weaker, anomalies, _ := strings.Cut(rest, ":")
		all := map[elle.Anomaly]bool{}
		for _, w := range strings.Fields(weaker) {
			require.True(t, forbidden[w] != nil, "%s comes before %s", w, name)
			maps.Copy(all, forbidden[w])
		}
		for _, a := range strings.Fields(anomalies) {
			all[elle.Anomaly(a)] = true
		}
		forbidden[name] = all
		named = append(named, name)
	}

	var anomalies []elle.Anomaly
	for _, base := range []string{"G0", "G1c", "G-single-item", "G-nonadjacent-item", "G2-item"} {
		for _, variant := range []string{"", "-process", "-realtime"} {
			anomalies = append(anomalies, elle.Anomaly(base+variant))
		}
	}
	anomalies = append(anomalies, "G1a", "G1b", "internal", "lost-update", "cyclic-versions",
		"dirty-update", "duplicate-elements", "future-read", "incompatible-order")

	for _, name := range named {
		m, err := elle.ParseModel(name)
		require.NoError(t, err)
		prohibits := elle.Prohibits(m)
		for _, a := range anomalies {
			want := false
			for todo := []elle.Anomaly{a}; len(todo) > 0; todo = todo[1:] {
				want = want || forbidden[name][todo[0]]
				todo = append(todo, special(todo[0])...)
			}
			require.Equal(t, want, prohibits(a), "%s forbids %s", name, a)
		}
		require.Equal(t, len(forbidden[name]) > 0, m.Forbids(), name)
	}
	require.Len(t, elle.Models(), len(named), "every model is in the table")
}

func TestModelNames(t *testing.T) {
	// All names that the reference knows, the usual ones and Adya's.
	want := strings.Fields(`1SR causal causal-cerone conflict-serializable consistent-view cursor-stability forward-consistent-view
		linearizable monotonic-atomic-view monotonic-reads monotonic-snapshot-read monotonic-view monotonic-writes
		parallel-snapshot-isolation PL-1 PL-2 PL-2+ PL-2.99 PL-2L PL-3 PL-3U PL-CS PL-FCV PL-MSR PL-SI PL-SS PRAM prefix
		read-atomic read-committed read-uncommitted read-your-writes repeatable-read sequential serializable session-serializable
		snapshot-isolation strict-serializable strong-PL-1 strong-PL-2 strong-read-committed strong-read-uncommitted
		strong-serializable strong-session-PL-1 strong-session-PL-2 strong-session-read-committed strong-session-read-uncommitted
		strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation update-atomic update-serializable
		view-serializable writes-follow-reads`)
	require.ElementsMatch(t, want, elle.ModelNames())
	for _, name := range want {
		m, err := elle.ParseModel(name)
		require.NoError(t, err)
		require.Contains(t, elle.Models(), m)
	}
	for other, name := range map[string]elle.Model{
		"strict-serializable": "strong-serializable", "conflict-serializable": "serializable", "PL-1": "read-uncommitted",
		"PL-2": "read-committed", "PL-2L": "monotonic-view", "PL-2+": "consistent-view", "PL-2.99": "repeatable-read", "PL-3": "serializable",
		"PL-3U": "update-serializable", "PL-CS": "cursor-stability", "PL-FCV": "forward-consistent-view",
		"PL-MSR": "monotonic-snapshot-read", "PL-SI": "snapshot-isolation", "PL-SS": "strong-serializable",
		"strong-PL-1": "strong-read-uncommitted", "strong-session-PL-2": "strong-session-read-committed",
	} {
		m, err := elle.ParseModel(other)
		require.NoError(t, err)
		require.Equal(t, name, m)
	}
	for wrong, says := range map[string]string{
		"":             "want 1SR, causal, causal-cerone, conflict-serializable, consistent-view,",
		"nosuch":       "want 1SR, causal, causal-cerone, conflict-serializable, consistent-view,",
		"serialisable": "did you mean serializable?",
		"Serializable": "did you mean serializable?",
		"pl-3":         "did you mean PL-3?",
	} {
		_, err := elle.ParseModel(wrong)
		require.ErrorContains(t, err, says)
	}
	// Weaker models come first: ruledOut relies on this order.
	models := elle.Models()
	require.Less(t, slices.Index(models, elle.ReadCommitted), slices.Index(models, elle.Serializable))
}
