package elle_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// drawSerialLists executes up to n transactions one after the other. Failed ones have no effect; those of unknown outcome may
// have an effect.
func drawSerialLists(t *rapid.T, n int) []serial {
	state, count := make(map[int][]int), make(map[int]int)
	txns := make([]serial, rapid.IntRange(0, n).Draw(t, "transactions"))
	for i := range txns {
		x := serial{status: rapid.SampledFrom([]history.Type{
			history.OK, history.OK, history.OK, history.OK, history.Fail, history.Info,
		}).Draw(t, "status")}
		after := maps.Clone(state)
		for range rapid.IntRange(1, 4).Draw(t, "length") {
			k := rapid.IntRange(0, 2).Draw(t, "key")
			switch {
			case rapid.Bool().Draw(t, "append"):
				count[k]++
				after[k] = append(slices.Clone(after[k]), count[k])
				x.ops = append(x.ops, [3]any{"append", k, count[k]})
			case len(after[k]) > 0 && x.status == history.OK:
				x.ops = append(x.ops, [3]any{"r", k, after[k]})
			default:
				x.ops = append(x.ops, [3]any{"r", k, nil})
			}
		}
		if x.status == history.OK || x.status == history.Info && rapid.Bool().Draw(t, "happened") {
			state = after
		}
		txns[i] = x
	}
	return txns
}

// A serial execution is never rejected, in whatever order that the model allows its transactions are seen.
func TestSerialListsAreAccepted(t *testing.T) {
	for m, o := range map[elle.Model]order{
		elle.Serializable: anyOrder, elle.SessionSerializable: perProcess, elle.StrongSerializable: realTime,
	} {
		t.Run(string(m), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := record(drawSerialLists(t, 30), o, rapid.Uint64().Draw(t, "seed"))
				r := elle.Append(h, elle.Options{Models: []elle.Model{m}})
				requireResult(t, r)
				types := slices.DeleteFunc(r.Types, func(a elle.Anomaly) bool { return a == elle.EmptyGraph })
				require.Empty(t, types, "%v\n%s", r.Reasons(), text(h))
				require.Empty(t, r.Tolerated, text(h))
				require.Empty(t, r.Unclear, text(h))
				require.Empty(t, r.Warnings, text(h))
			})
		})
	}
}

// In the histories of a database of some isolation level, the checker finds the anomalies that the level permits, and none
// that it rules out.
func TestIsolationLevels(t *testing.T) {
	for name, c := range map[string]struct {
		level isolation
		holds elle.Model
		shows []elle.Anomaly
	}{
		"strict serializable": {strictSerial, elle.StrongSerializable, nil},
		"serializable": {staleSerial, elle.Serializable, []elle.Anomaly{
			"G-single-item-realtime", "G-nonadjacent-item-realtime",
		}},
		"snapshot isolation": {snapshot, elle.StrongSnapshot, []elle.Anomaly{"G2-item", "G2-item-realtime"}},
		"read committed": {readCommitted, elle.StrongReadCommitted, []elle.Anomaly{
			"G-single-item", "G2-item", elle.LostUpdate, elle.Internal,
		}},
		"read uncommitted": {readUncommitted, elle.StrongReadUncommitted, []elle.Anomaly{
			"G1c", elle.G1a, elle.G1b, elle.IncompatibleOrder,
		}},
		"no isolation": {unisolated, "", []elle.Anomaly{"G0", elle.G1a, elle.G1b, elle.DirtyUpdate, elle.Internal}},
	} {
		t.Run(name, func(t *testing.T) {
			found := make(map[elle.Anomaly]bool)
			for seed := range uint64(40) {
				h := newListDB(seed, c.level).run(100)
				r := elle.Append(h, elle.Options{})
				requireResult(t, r)
				for _, a := range r.Types {
					found[a] = true
				}
				if c.holds != "" {
					r = elle.Append(h, elle.Options{Models: []elle.Model{c.holds}})
					require.Equal(t, check.Valid, r.Verdict(), "seed %d: %v", seed, r.Reasons())
				}
			}
			require.Equal(t, len(c.shows) > 0, len(found) > 0, found)
			for _, a := range c.shows {
				require.True(t, found[a], "%s: %v", a, slices.Sorted(maps.Keys(found)))
			}
		})
	}
}

func listInjections() map[elle.Anomaly]injection {
	const both = `[["r",100,[1,2]],["r",101,[2,1]]]`
	return map[elle.Anomaly]injection{
		"G0":                   {elle.ReadUncommitted, []string{`[["append",100,1],["append",101,1]]`, `[["append",100,2],["append",101,2]]`, both}},
		elle.DuplicateElements: {elle.ReadUncommitted, []string{`[["append",100,1]]`, `[["r",100,[1,1]]]`}},
		elle.GarbageRead:       {elle.ReadUncommitted, []string{`[["r",100,[7]]]`}},
		elle.IncompatibleOrder: {elle.ReadCommitted, []string{`[["append",100,1]]`, `[["append",100,2]]`, `[["r",100,[1,2]]]`, `[["r",100,[2,1]]]`}},
		elle.DirtyUpdate:       {elle.ReadCommitted, []string{`fail [["append",100,1]]`, `[["append",100,2]]`, `[["r",100,[1,2]]]`}},
		elle.G1a:               {elle.ReadCommitted, []string{`fail [["append",100,1]]`, `[["r",100,[1]]]`}},
		elle.G1b:               {elle.ReadCommitted, []string{`[["append",100,1],["append",100,2]]`, `[["r",100,[1]]]`}},
		"G1c":                  {elle.ReadCommitted, []string{`[["append",100,1],["r",101,[1]]]`, `[["append",101,1],["r",100,[1]]]`}},
		elle.Internal:          {"read-atomic", []string{`[["append",100,1],["r",100,null]]`}},
		elle.FutureRead:        {elle.ReadCommitted, []string{`[["r",100,[1]],["append",100,1]]`}},
		elle.LostUpdate:        {"update-atomic", []string{`[["r",100,null],["append",100,1]]`, `[["r",100,null],["append",100,2]]`}},
		"G-single-item":        {"consistent-view", []string{`[["append",100,1],["append",101,1]]`, `[["r",100,[1]],["r",101,null]]`}},
		"G-nonadjacent-item": {elle.SnapshotIsolation, []string{
			`[["append",100,1]]`, `[["r",100,[1]],["r",101,null]]`, `[["append",101,1]]`, `[["r",101,[1]],["r",100,null]]`,
		}},
		"G2-item":      {elle.RepeatableRead, []string{`[["r",100,null],["append",101,1]]`, `[["r",101,null],["append",100,1]]`}},
		"G0-process":   {elle.SessionUncommitted, []string{`process 7 [["append",100,2]]`, `process 7 [["append",100,1]]`, `[["r",100,[1,2]]]`}},
		"G1c-process":  {elle.SessionCommitted, []string{`process 7 [["r",100,[1]]]`, `process 7 [["append",100,1]]`}},
		"G0-realtime":  {elle.StrongReadUncommitted, []string{`[["append",100,2]]`, `[["append",100,1]]`, `[["r",100,[1,2]]]`}},
		"G1c-realtime": {elle.StrongReadCommitted, []string{`[["r",100,[1]]]`, `[["append",100,1]]`}},
		// The append took place although nobody ever sees it.
		"G-single-item-process":  {elle.SessionSnapshot, []string{`process 7 [["append",100,1]]`, `process 7 [["r",100,null]]`}},
		"G-single-item-realtime": {elle.StrongSnapshot, []string{`[["append",100,1]]`, `[["r",100,null]]`}},
		"G2-item-process": {elle.SessionSerializable, []string{
			`process 7 [["append",100,1]]`, `process 7 [["r",101,null]]`,
			`[["append",101,1],["r",102,null]]`, `[["append",102,1],["r",100,null]]`,
		}},
	}
}

func TestInjectedListAnomaliesAreFound(t *testing.T) {
	draw := func(t *rapid.T) []serial { return drawSerialLists(t, 30) }
	for anomaly, in := range listInjections() {
		t.Run(string(anomaly), func(t *testing.T) { in.requireFound(t, anomaly, draw, elle.Append, requireRealListCycles) })
	}
}

// FuzzAppend checks histories that the harness would never write.
func FuzzAppend(f *testing.F) {
	f.Add(uint64(1), []byte(`[["r",1,[2]],["append",1,3]]`), []byte(`[["append",1,2],["r",1,null]]`))
	f.Add(uint64(2), []byte(`[["r",{"a":1.0},["x","\"],[\\"]],["append",[],null]]`), []byte(`null`))
	f.Add(uint64(3), []byte(`[["append",1]]`), []byte(`[[`))
	f.Add(uint64(4), []byte(`[["append",1,null],["r",1,[null, null ]]]`), []byte(`[["r",1,[ ]],["append",1,1],["append",1,1]]`))
	f.Add(uint64(5), []byte(`[["r",1,7],["r",1,{}]]`), []byte(`[["r",1,[[1,[2]],{"a":[3]}]],["append",1,[1,[2]]],["append",1,{"a":[3]}]]`))
	f.Fuzz(func(t *testing.T, seed uint64, a, b []byte) {
		h := scrambled(seed, a, b, []byte(`[["r",1,[1]],["append",2,1]]`), []byte(`[["append",1,1],["r",2,null]]`))
		for _, m := range []elle.Model{elle.ReadUncommitted, elle.SessionSerializable, elle.StrongSerializable} {
			requireFuzzed(t, elle.Append(h, elle.Options{Models: []elle.Model{m}, Strict: seed%2 == 0}))
		}
	})
}

// FuzzListItems checks that items splits arrays as encoding/json does.
func FuzzListItems(f *testing.F) {
	for _, s := range []string{`[]`, `[ ]`, `[1]`, `[1, 2 ]`, `["a,]\"[", "\\"]`, `[[1,2],{"a":[3,"}"]}]`, `[[]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want []json.RawMessage
		if json.Unmarshal([]byte(s), &want) != nil || want == nil {
			return
		}
		var h []history.Op
		for _, e := range want {
			h = append(h, history.Op{Type: history.OK, Value: fmt.Appendf(nil, `[["append",1,%s]]`, e)})
		}
		h = append(h, history.Op{Type: history.OK, Value: fmt.Appendf(nil, `[["r",1,%s]]`, s)})
		r := elle.Append(h, elle.Options{Models: []elle.Model{elle.ReadCommitted}})
		require.NotEqual(t, check.Invalid, r.Verdict(), "%s: %v", s, r.Reasons())
	})
}
