package serve

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/cputime"
)

// BenchmarkList asks for the list of a store with 10,000 runs, whose results are those of a real one: once when the server has just begun (cold),
// once more (warm), thirty times at once, and for the runs of one verdict, cold. It reports milliseconds, of time and of both
// processors (cpu), which also the requests take, and the highest number of MiB that the heap had, with what is no longer used but not
// collected yet.
func BenchmarkList(b *testing.B) {
	store := crowd(b, 10_000)
	spent := make(map[string]time.Duration)
	measure := func(name string, f func()) {
		began, cpu := time.Now(), cputime.Process()
		f()
		spent[name+"-ms"] += time.Since(began)
		spent[name+"-cpu-ms"] += cputime.Process() - cpu
	}
	memory := peak(b, func() {
		for b.Loop() {
			server := httptest.NewServer(newServer(b, store))
			list := func() { ask(b, server.URL+"/", http.StatusOK) }
			measure("cold", list)
			measure("warm", list)
			measure("thirty", func() {
				var all sync.WaitGroup
				for range 30 {
					all.Go(list)
				}
				all.Wait()
			})
			server.Close()
			server = httptest.NewServer(newServer(b, store))
			measure("verdict", func() { ask(b, server.URL+"/?verdict=invalid", http.StatusOK) })
			server.Close()
		}
	})
	for unit, d := range spent {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), unit)
	}
	b.ReportMetric(float64(memory)/(1<<20), "peak-MiB")
	b.ReportMetric(0, "ns/op") // the sum says nothing
}

// ask asks for an address. It may be called by any goroutine.
func ask(tb testing.TB, address string, want int) {
	tb.Helper()
	answer, err := http.Get(address)
	if err != nil {
		tb.Error(err)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != want {
		tb.Errorf("%s: %s", address, answer.Status)
	}
	for buffer := make([]byte, 64<<10); err == nil; {
		_, err = answer.Body.Read(buffer)
	}
}

// crowd makes a store with that many runs, in five workloads.
func crowd(tb testing.TB, runs int) (store string) {
	tb.Helper()
	store = tb.TempDir()
	files := map[string][]byte{"history.jsonl": []byte(ended)}
	for _, name := range []string{"test.json", "results.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", "run", name))
		require.NoError(tb, err)
		files[name] = text
	}
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range runs {
		dir := filepath.Join(store, fmt.Sprintf("workload-%d", i%5), began.Add(time.Duration(i)*time.Minute).Format(nameLayout))
		require.NoError(tb, os.MkdirAll(dir, 0o755))
		for name, text := range files {
			require.NoError(tb, os.WriteFile(filepath.Join(dir, name), text, 0o600))
		}
	}
	return store
}

// peak returns the highest number of bytes that the heap had while f ran, beyond those that it had before.
func peak(tb testing.TB, f func()) uint64 {
	tb.Helper()
	done := make(chan struct{})
	highest := make(chan uint64)
	before := heap()
	go func() {
		var top uint64
		for {
			select {
			case <-done:
				highest <- top
				return
			case <-time.After(time.Millisecond):
				top = max(top, heap())
			}
		}
	}()
	f()
	close(done)
	top := <-highest
	return max(top, before) - before
}

// heap returns how many bytes the heap has.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
