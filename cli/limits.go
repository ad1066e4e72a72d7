package cli

import (
	"errors"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

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

// boundHeap sets the memory limit of this process to what runs with these limits need, so that garbage is collected before
// the heap grows larger. It does nothing if the user has set GOMEMLIMIT. The returned function restores the old limit.
func boundHeap(l harness.Limits) (undo func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(l.Heap())
	return func() { debug.SetMemoryLimit(before) }
}
