package elle_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/internal/corpus"
	"glomers/harness/history"
)

// crowd is a history of n transactions by as many processes as concurrency says. Each transaction reads one key and then
// writes another, or appends to it if verb is "append". It takes effect when it is invoked, but some read an earlier state.
func crowd(seed uint64, verb string, n, concurrency int, stale float64) []history.Op {
	rng := rand.New(rand.NewPCG(seed, 0))
	states := make([][]string, 1+n/8) // of each key
	for k := range states {
		states[k] = []string{"null"}
	}
	var h []history.Op
	add := func(typ history.Type, process int, value string) {
		h = append(h, history.Op{
			Index: len(h), Time: int64(len(h)) * 1e5, Type: typ, Process: history.Process(process), F: "txn", Value: []byte(value),
		})
	}
	open := make([]string, concurrency) // the completion of each process's transaction
	for i := range n + concurrency {
		p := i % concurrency
		if open[p] != "" {
			add(history.OK, p, open[p])
		}
		if i >= n {
			continue
		}
		r, w := rng.IntN(len(states)), rng.IntN(len(states))
		last := len(states[r]) - 1
		if rng.Float64() < stale {
			last = max(0, last-1)
		}
		add(history.Invoke, p, fmt.Sprintf(`[["r",%d,null],[%q,%d,%d]]`, r, verb, w, i))
		open[p] = fmt.Sprintf(`[["r",%d,%s],[%q,%d,%d]]`, r, states[r][last], verb, w, i)
		now := fmt.Sprint(i)
		if verb == "append" {
			now = strings.Replace(strings.TrimSuffix(states[w][len(states[w])-1], "]")+","+now+"]", "null,", "[", 1)
		}
		states[w] = append(states[w], now)
	}
	return h
}

var long = flag.Bool("long", false, "judge each history by all models, not by a share of them")

// Leading edges of real time through nodes that are not transactions does not change the result. Without -long each history has one
// of the models, and each model every kind of history.
func TestRealtimeThroughTrees(t *testing.T) {
	verdicts := make(map[check.Verdict]int)
	same := func(name string, judge func([]history.Op, elle.Options) *elle.Result, h []history.Op, m elle.Model) {
		o := elle.Options{Models: []elle.Model{m}}
		was := elle.SetDirectRealtime(len(h))
		defer elle.SetDirectRealtime(was)
		want := judge(h, o)
		verdicts[want.Valid]++
		for _, direct := range []int{0, 2, was} {
			elle.SetDirectRealtime(direct)
			got := judge(h, o)
			requireResult(t, got)
			require.Equal(t, want.Valid, got.Valid, name)
			require.Equal(t, want.Counts, got.Counts, name)
			require.Equal(t, want.Tolerated, got.Tolerated, name)
			require.Equal(t, want.Not, got.Not, name)
			require.Equal(t, want.AlsoNot, got.AlsoNot, name)
			for _, cases := range got.Cases {
				for _, c := range cases {
					for _, op := range c.Ops {
						require.Less(t, op, len(h), name)
					}
				}
			}
		}
	}
	registers, lists := corpus.Read[corpusCase](t, "rwregister"), corpus.Read[corpusCase](t, "listappend")
	models := []elle.Model{elle.StrongSerializable, elle.StrongSnapshot, elle.StrongReadCommitted}
	for j, m := range models {
		chosen := func(i int) bool { return *long || i%len(models) == j }
		for i, c := range registers {
			if chosen(i) {
				same(c.Name, elle.Register, c.History, m)
			}
		}
		for i, c := range lists {
			if chosen(i) {
				same(c.Name, elle.Append, c.History, m)
			}
		}
		for seed := range uint64(20) {
			if !chosen(int(seed) / 3) { // by three: stale depends on what remains
				continue
			}
			concurrency := 1 + 7*int(seed)
			stale := []float64{0, 0.005, 0.2}[seed%3]
			same(fmt.Sprint("register ", seed), elle.Register, crowd(seed, "w", 300, concurrency, stale), m)
			same(fmt.Sprint("list ", seed), elle.Append, crowd(seed, "append", 300, concurrency, stale), m)
		}
	}
	require.Greater(t, verdicts[check.Valid], 50)
	require.Greater(t, verdicts[check.Invalid], 50)
}

// BenchmarkCrowd also reports the peak memory in use, found by sampling.
func BenchmarkCrowd(b *testing.B) {
	for _, c := range []struct{ n, concurrency int }{{40_000, 20}, {40_000, 2_000}, {40_000, 20_000}} {
		for _, stale := range []float64{0, 0.01} {
			for verb, judge := range map[string]func([]history.Op, elle.Options) *elle.Result{"w": elle.Register, "append": elle.Append} {
				b.Run(fmt.Sprintf("%s/%d×%d/stale=%v", verb, c.n, c.concurrency, stale), func(b *testing.B) {
					h := crowd(1, verb, c.n, c.concurrency, stale)
					stop, peak := watchHeap()
					for b.Loop() {
						r := judge(h, elle.Options{})
						require.True(b, stale > 0 || r.Valid == check.Valid)
					}
					close(stop)
					b.ReportMetric(float64(<-peak)/1e6, "peak-MB")
				})
			}
		}
	}
}

// watchHeap samples the heap until stop is closed. It then sends the difference between the peak and the start to peak.
func watchHeap() (stop chan struct{}, peak chan uint64) {
	stop, peak = make(chan struct{}), make(chan uint64)
	runtime.GC()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	first := heap()
	go func() {
		most := first
		for {
			select {
			case <-stop:
				peak <- most - first
				return
			case <-time.After(20 * time.Millisecond):
				most = max(most, heap())
			}
		}
	}()
	return stop, peak
}

// A history with too many edges is not judged, so that it does not use up all memory.
func TestTooManyEdges(t *testing.T) {
	defer elle.SetMaxEdges(elle.SetMaxEdges(1000))
	for verb, judge := range map[string]func([]history.Op, elle.Options) *elle.Result{"w": elle.Register, "append": elle.Append} {
		r := judge(crowd(1, verb, 50, 5, 0), elle.Options{})
		require.Equal(t, check.Valid, r.Valid, r.Reasons())
		r = judge(crowd(1, verb, 2000, 5, 0), elle.Options{})
		require.Equal(t, check.Unknown, r.Valid)
		require.Equal(t, []string{"2000 transactions have more than 1000 dependencies, which is the limit, so cycles were not looked for"}, r.Reasons())
	}
}

// Every transaction reads the value that every transaction writes.
func TestOneValueByAll(t *testing.T) {
	var h []history.Op
	for i := range 20_000 {
		for _, typ := range []history.Type{history.Invoke, history.OK} {
			h = append(h, history.Op{Index: len(h), Type: typ, Process: history.Process(i % 5), F: "txn", Value: []byte(`[["r",1,1],["w",1,1]]`)})
		}
	}
	defer elle.SetMaxEdges(elle.SetMaxEdges(1_000_000))
	r := elle.Register(h, elle.Options{})
	require.Equal(t, check.Invalid, r.Valid) // all but one have lost their update
	require.Contains(t, r.Unclear[0], "have more than 1000000 dependencies")
}
