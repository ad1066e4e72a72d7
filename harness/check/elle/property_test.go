package elle_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// A serial is a transaction of a serial execution.
type serial struct {
	status history.Type
	ops    [][3]any
}

// drawSerial executes transactions one after the other. Failed ones have no effect; those of unknown outcome may have an
// effect.
func drawSerial(t *rapid.T) []serial {
	state, count := make(map[int]int), make(map[int]int)
	txns := make([]serial, rapid.IntRange(0, 30).Draw(t, "transactions"))
	for i := range txns {
		x := serial{status: rapid.SampledFrom([]history.Type{
			history.OK, history.OK, history.OK, history.OK, history.Fail, history.Info,
		}).Draw(t, "status")}
		after := make(map[int]int)
		for k, v := range state {
			after[k] = v
		}
		for range rapid.IntRange(1, 4).Draw(t, "length") {
			k := rapid.IntRange(0, 4).Draw(t, "key")
			switch v, ok := after[k]; {
			case rapid.Bool().Draw(t, "write"):
				count[k]++
				after[k] = count[k]
				x.ops = append(x.ops, [3]any{"w", k, count[k]})
			case ok && x.status == history.OK:
				x.ops = append(x.ops, [3]any{"r", k, v})
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

// An order says which reorderings of a serial execution are legal.
type order int

const (
	anyOrder order = iota
	perProcess
	realTime
)

// record makes a history of serial transactions, run by 4 processes.
func record(txns []serial, o order, seed uint64) []history.Op {
	rng := rand.New(rand.NewPCG(seed, 1))
	if o == anyOrder {
		rng.Shuffle(len(txns), func(i, j int) { txns[i], txns[j] = txns[j], txns[i] })
	}
	queues := make([][]serial, 4) // each process runs its queue in order
	ranks := make([][]int, 4)
	for i, x := range txns {
		p := rng.IntN(4)
		queues[p], ranks[p] = append(queues[p], x), append(ranks[p], i)
	}
	var h []history.Op
	process := []int{0, 1, 2, 3}
	add := func(typ history.Type, p int, x serial) {
		b, _ := json.Marshal(x.ops)
		h = append(h, history.Op{Index: len(h), Time: int64(len(h)), Type: typ, Process: history.Process(process[p]), F: "txn", Value: b})
	}
	open := make([]bool, 4)
	took := make([]bool, 4) // the process's transaction has taken effect
	for now := 0; slices.ContainsFunc(queues, func(q []serial) bool { return len(q) > 0 }); {
		p := rng.IntN(4)
		if len(queues[p]) == 0 {
			continue
		}
		x := queues[p][0]
		switch {
		case !open[p]:
			add(history.Invoke, p, x)
			open[p] = true
		case o == realTime && !took[p]:
			if ranks[p][0] == now {
				took[p] = true
				now++
			}
		default:
			add(x.status, p, x)
			if x.status == history.Info {
				process[p] += 4
			}
			open[p], took[p] = false, false
			queues[p], ranks[p] = queues[p][1:], ranks[p][1:]
		}
	}
	return h
}

// A serial execution is never rejected, in whatever order that the model allows its transactions are seen. Nor does it cause
// warnings.
func TestSerialHistoriesAreAccepted(t *testing.T) {
	for m, o := range map[elle.Model]order{
		elle.Serializable: anyOrder, elle.SessionSerializable: perProcess, elle.StrongSerializable: realTime,
	} {
		t.Run(string(m), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				h := record(drawSerial(t), o, rapid.Uint64().Draw(t, "seed"))
				r := elle.Register(h, elle.Options{Models: []elle.Model{m}})
				requireResult(t, r)
				types := slices.DeleteFunc(r.Types, func(a elle.Anomaly) bool { return a == elle.EmptyGraph })
				require.Empty(t, types, "%v\n%s", r.Reasons(), text(h))
				require.Empty(t, r.Tolerated, text(h))
				require.Empty(t, r.Unclear, text(h))
				if o == realTime {
					require.Empty(t, r.Warnings, text(h))
				}
			})
		})
	}
}

// An injection has transactions that show an anomaly, and the weakest model that they contradict. Keys from 100 on are
// reserved for them.
type injection struct {
	model elle.Model
	txns  []string
}

func injections() map[elle.Anomaly]injection {
	return map[elle.Anomaly]injection{
		"cyclic-versions": {elle.ReadUncommitted, []string{`[["r",100,1],["w",100,2]]`, `[["r",100,2],["w",100,1]]`}},
		"PL-1-cycle-exists": {elle.ReadUncommitted, []string{
			`[["r",100,1],["w",100,2],["w",101,1]]`, `[["w",100,1],["r",101,1],["w",101,2]]`,
		}},
		"G1a":           {elle.ReadCommitted, []string{`fail [["w",100,1]]`, `[["r",100,1]]`}},
		"G1b":           {elle.ReadCommitted, []string{`[["w",100,1],["w",100,2]]`, `[["r",100,1]]`}},
		"G1c":           {elle.ReadCommitted, []string{`[["w",100,1],["r",101,1]]`, `[["w",101,1],["r",100,1]]`}},
		"internal":      {"read-atomic", []string{`[["w",100,1],["r",100,2]]`, `[["w",100,2]]`}},
		"lost-update":   {"update-atomic", []string{`[["w",100,1]]`, `[["r",100,1],["w",100,2]]`, `[["r",100,1],["w",100,3]]`}},
		"G-single-item": {"consistent-view", []string{`[["w",100,1],["w",101,1]]`, `[["r",100,1],["r",101,null]]`}},
		"G-nonadjacent-item": {elle.SnapshotIsolation, []string{
			`[["w",100,1]]`, `[["r",100,1],["r",101,null]]`, `[["w",101,1]]`, `[["r",101,1],["r",100,null]]`,
		}},
		"G2-item":               {elle.RepeatableRead, []string{`[["r",100,null],["w",101,1]]`, `[["r",101,null],["w",100,1]]`}},
		"G-single-item-process": {elle.SessionSnapshot, []string{`process 7 [["w",100,1]]`, `process 7 [["r",100,null]]`}},
		"G1c-process":           {elle.SessionCommitted, []string{`process 7 [["r",100,1]]`, `process 7 [["w",100,1]]`}},
		"G2-item-process": {elle.SessionSerializable, []string{
			`process 7 [["w",100,1]]`, `process 7 [["r",101,null]]`, `[["w",101,1],["r",102,null]]`, `[["w",102,1],["r",100,null]]`,
		}},
		"G-single-item-realtime": {elle.StrongSnapshot, []string{`[["w",100,1]]`, `[["r",100,null]]`}},
		"G1c-realtime":           {elle.StrongReadCommitted, []string{`[["r",100,1]]`, `[["w",100,1]]`}},
	}
}

func TestInjectedAnomaliesAreFound(t *testing.T) {
	for anomaly, in := range injections() {
		t.Run(string(anomaly), func(t *testing.T) { in.requireFound(t, anomaly, drawSerial, elle.Register, requireRealCycles) })
	}
}

// requireFound checks that the anomaly is found when it is put into an otherwise serial history, and that it rules out the
// model that forbids it.
func (in injection) requireFound(
	t *testing.T, anomaly elle.Anomaly, draw func(*rapid.T) []serial, judge func([]history.Op, elle.Options) *elle.Result,
	requireCycles func(require.TestingT, []history.Op, elle.Model, *elle.Result),
) {
	rapid.Check(t, func(t *rapid.T) {
		h := record(draw(t), realTime, rapid.Uint64().Draw(t, "seed"))
		h = slices.Insert(h, rapid.IntRange(0, len(h)).Draw(t, "at"), injected(in.txns)...)
		for i := range h {
			h[i].Index, h[i].Time = i, int64(i)
		}
		r := judge(h, elle.Options{Models: []elle.Model{in.model}})
		requireResult(t, r)
		require.Equal(t, check.Invalid, r.Verdict(), text(h))
		require.Contains(t, r.Types, anomaly, text(h))
		require.Contains(t, r.Not, in.model)
		requireCycles(t, h, in.model, r)

		strongest := judge(h, elle.Options{})
		require.Equal(t, check.Invalid, strongest.Verdict())
	})
}

// injected makes a history in which the transactions run one after the other.
func injected(txns []string) []history.Op {
	var h []history.Op
	for i, x := range txns {
		status, p := history.OK, 100+i
		if rest, ok := strings.CutPrefix(x, "fail "); ok {
			status, x = history.Fail, rest
		}
		if rest, ok := strings.CutPrefix(x, "process 7 "); ok {
			p, x = 107, rest
		}
		for _, typ := range []history.Type{history.Invoke, status} {
			h = append(h, history.Op{Type: typ, Process: history.Process(p), F: "txn", Value: json.RawMessage(x)})
		}
	}
	return h
}

// FuzzRegister checks histories that the harness would never write.
func FuzzRegister(f *testing.F) {
	f.Add(uint64(1), []byte(`[["r",1,2],["w",1,3]]`), []byte(`[["w",1,2],["r",1,null]]`))
	f.Add(uint64(2), []byte(`[["r",{"a":1.0},"x"],["w",[],null]]`), []byte(`null`))
	f.Add(uint64(3), []byte(`[["w",1]]`), []byte(`[[`))
	f.Add(uint64(4), []byte(`[["w",1,null],["r",1,null]]`), []byte(`[["r",1,null],["w",1,1],["w",1,1]]`))
	f.Fuzz(func(t *testing.T, seed uint64, a, b []byte) {
		h := scrambled(seed, a, b, []byte(`[["r",1,1],["w",2,1]]`), []byte(`[["w",1,1],["r",2,null]]`))
		for _, m := range []elle.Model{elle.ReadUncommitted, elle.SessionSerializable, elle.StrongSerializable} {
			requireFuzzed(t, elle.Register(h, elle.Options{Models: []elle.Model{m}, Nodes: 2, Concurrency: 3, Strict: seed%2 == 0}))
		}
	})
}

// scrambled returns a history of unrelated operations, with the given values or without a value.
func scrambled(seed uint64, values ...json.RawMessage) []history.Op {
	r := rand.New(rand.NewPCG(seed, 0))
	types := []history.Type{history.Invoke, history.OK, history.OK, history.Fail, history.Info, ""}
	values = append(values, nil)
	h := make([]history.Op, 60)
	for i := range h {
		h[i] = history.Op{
			Index: r.IntN(100) - 50, Time: r.Int64() - r.Int64(), Process: history.Process(r.IntN(6) - 1),
			Type: types[r.IntN(len(types))], F: "txn", Value: values[r.IntN(len(values))],
		}
	}
	return h
}

func requireFuzzed(t *testing.T, r *elle.Result) {
	require.Equal(t, r.Valid == check.Valid, len(r.Reasons()) == 0)
	_, err := json.Marshal(r)
	require.NoError(t, err)
}
