//go:build unix

package cli

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The most that a run may use with the default limits, whatever its nodes do. docs/security.md and harness/doc.go state
// these numbers.
const (
	mostMemory = 600 << 20  // bytes, of the harness
	mostDisk   = 1536 << 20 // bytes, in the run's directory
)

// An assault is a command line with nodes of testdata/hog.
type assault struct {
	name, workload, flags string
}

func assaults() []assault {
	all := []assault{
		{"endless", "broadcast", "--node-count 12"},
		{"starve", "broadcast", "--latency 100 --nemesis pause --nemesis-interval 2"},
		{"mute", "broadcast", "--init-timeout 4"},
		{"names", "broadcast", "--concurrency 1000"},
	}
	for _, name := range []string{"stderr", "chatter", "big", "starve", "lists", "objects", "refuses", "keys", "values", "copies", "kinds", "replies"} {
		all = append(all, assault{name, "broadcast", ""})
	}
	for _, w := range []string{"echo", "unique-ids", "broadcast", "g-set", "g-counter", "lin-kv", "kafka", "txn-list-append", "txn-rw-register"} {
		all = append(all, assault{"fat", w, "--rate 200"})
	}
	return all
}

// BenchmarkAttacks measures the peak memory of the harness and the size of the run's directory while nodes try to make the
// harness keep too much. It fails if either exceeds the stated limit. Run it with -benchtime 1x; GLOMERS_TIME_LIMIT is the
// length of the runs in seconds, 5 by default.
func BenchmarkAttacks(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("the peak memory of one process comes from /proc")
	}
	build, glomers := compile(b)
	hog, err := build.Program(b.Context(), filepath.Join("testdata", "hog"))
	require.NoError(b, err)
	limit := os.Getenv("GLOMERS_TIME_LIMIT")
	if limit == "" {
		limit = "5"
	}
	for _, a := range assaults() {
		b.Run(strings.ReplaceAll(fmt.Sprint(a.name, "-", a.workload, a.flags), " ", ""), func(b *testing.B) {
			var memory, disk int64
			for b.Loop() {
				line := fmt.Sprintf("test -w %s --node-count 3 --rate 100 --time-limit %s %s --bin %s", a.workload, limit, a.flags, hog)
				m, d := bounds(b, glomers, append(words(line), "--", a.name, a.workload))
				memory, disk = max(memory, m), max(disk, d)
			}
			reportBounds(b, memory, disk)
		})
	}
}

// bounds runs a command line as a process and returns the peak memory of the process, without its nodes, and the size of the
// files that it wrote. The exit status does not matter, but the process must end by itself.
func bounds(b *testing.B, glomers string, args []string) (memory, disk int64) {
	b.Helper()
	store := b.TempDir()
	dash := len(args) - 3
	args = append(append(append([]string{}, args[:dash]...), "--store", store), args[dash:]...)
	cmd := exec.Command(glomers, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(b, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		case <-time.After(20 * time.Millisecond):
			memory = max(memory, peak(cmd.Process.Pid))
		}
	}
	require.Contains(b, []int{statusValid, statusInvalid, statusUnknown, statusBroken}, cmd.ProcessState.ExitCode(), out.String())
	require.NotContains(b, out.String(), "goroutine ")
	return memory, sizeIn(b, store)
}

// reportBounds reports the memory and the disk space of a command as the only metrics, and fails if either exceeds its limit.
func reportBounds(b *testing.B, memory, disk int64) {
	b.Helper()
	b.ReportMetric(float64(memory)/(1<<20), "MiB-memory")
	b.ReportMetric(float64(disk)/(1<<20), "MiB-disk")
	b.ReportMetric(0, "ns/op")
	require.Less(b, memory, int64(mostMemory))
	require.Less(b, disk, int64(mostDisk))
}

// sizeIn returns the size of all files below a directory.
func sizeIn(b *testing.B, dir string) (size int64) {
	b.Helper()
	require.NoError(b, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	}))
	return size
}

// peak returns the peak resident memory of a process so far, in bytes, or 0 if the process has ended.
func peak(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10
}
