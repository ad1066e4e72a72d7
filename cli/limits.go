package cli

import (
	"errors"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"glomers/harness"
)

// registerLimits adds the flags that limit how much the nodes can make the harness keep.
func registerLimits(cmd *cobra.Command, l *harness.Limits) {
	define(cmd, "max-logs", "", "size", "64MiB", "how much of the nodes' stderr is kept in their logs, all together", sizeOf(&l.Logs))
	define(cmd, "max-journal", "", "size", "256MiB", "size of the journal, where it ends", sizeOf(&l.Journal))
	define(cmd, "max-history", "", "size", "128MiB", "what the values in the history may take before the run ends", sizeOf(&l.History))
	define(cmd, "max-memory", "", "size", "192MiB", "what nodes can make the harness hold in memory before the run ends: messages under way and unread, begun lines, services", sizeOf(&l.Memory))
}

// sizeOf accepts sizes such as 64MiB, 1.5GiB, 500MB and 65536.
func sizeOf(p *int64) func(string) error {
	units := []struct {
		name  string
		bytes float64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}}
	return func(text string) error {
		number, unit := text, 1.0
		for _, u := range units {
			if rest, ok := strings.CutSuffix(text, u.name); ok {
				number, unit = strings.TrimSpace(rest), u.bytes
				break
			}
		}
		n, err := strconv.ParseFloat(number, 64)
		if n *= unit; err != nil || !(n >= 1 && n < math.MaxInt64/4) {
			return errors.New("want a size such as 64MiB, 1.5GiB or 500MB, or a number of bytes, at least 1")
		}
		*p = int64(n)
		return nil
	}
}

// heap is what the runs of this process together may take.
var heap struct {
	sync.Mutex
	runs          int
	total, before int64
}

// boundHeap raises the memory limit of this process to what another run with these limits needs, so that garbage is collected before
// the heap grows larger. It does nothing if the user has set GOMEMLIMIT. The returned function takes that back, and with the last run
// restores the old limit. Any goroutine may call both.
func boundHeap(l harness.Limits) (undo func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	change := func(runs int, size int64) {
		heap.Lock()
		defer heap.Unlock()
		if heap.runs == 0 {
			heap.before = debug.SetMemoryLimit(-1)
		}
		heap.runs, heap.total = heap.runs+runs, heap.total+size
		if heap.runs > 0 {
			debug.SetMemoryLimit(heap.total)
		} else {
			debug.SetMemoryLimit(heap.before)
		}
	}
	change(1, l.Heap())
	return func() { change(-1, -l.Heap()) }
}
