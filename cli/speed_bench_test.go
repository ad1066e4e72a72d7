//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/challenge"
	"glomers/internal/program"
)

// compile builds the program of this package. It also returns a builder for other programs.
func compile(b *testing.B) (*program.Builder, string) {
	b.Helper()
	build := new(program.Builder)
	b.Cleanup(build.Close)
	glomers, err := build.Program(b.Context(), "../cmd/glomers")
	require.NoError(b, err)
	return build, glomers
}

// execution runs a command line as a process. It returns the elapsed time from start to end, the size of the files that it
// wrote, and the peak memory in bytes. The peak is that of the largest process, either the harness or a node; it is at least
// the memory of this test process, which is small.
func execution(b *testing.B, glomers string, args ...string) (took time.Duration, memory, disk int64) {
	b.Helper()
	store := b.TempDir()
	cmd := exec.Command(glomers, append(args, "--store", store)...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took = time.Since(start)
	require.NoError(b, err, "%s", out)
	memory = int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS == "linux" {
		memory <<= 10 // ru_maxrss is in KiB here
	}
	return took, memory, sizeIn(b, store)
}

// BenchmarkOverhead measures how much longer than its time limit an echo test takes. Run this and the next benchmark with
// -benchtime 1x.
func BenchmarkOverhead(b *testing.B) {
	build, glomers := compile(b)
	echo, err := build.Program(b.Context(), filepath.Join("..", "echo"))
	require.NoError(b, err)
	for _, limit := range []time.Duration{time.Second, 5 * time.Second} {
		b.Run("limit="+limit.String(), func(b *testing.B) {
			line := fmt.Sprintf("test -w echo --node-count 1 --time-limit %v --bin %s", limit.Seconds(), echo)
			var overhead time.Duration
			for b.Loop() {
				took, _, _ := execution(b, glomers, words(line)...)
				overhead += took - limit
			}
			b.ReportMetric(overhead.Seconds()*1e3/float64(b.N), "ms-overhead")
			b.ReportMetric(0, "ns/op") // the time per operation has no meaning here
		})
	}
}

// BenchmarkChallenges measures the peak memory and the files of the challenges' published commands, and fails if they exceed
// the stated limits. The time limit is 5 s, or GLOMERS_TIME_LIMIT in seconds; GLOMERS_TIME_LIMIT=published keeps that of the
// published command.
func BenchmarkChallenges(b *testing.B) {
	build, glomers := compile(b)
	limit := os.Getenv("GLOMERS_TIME_LIMIT")
	if limit == "" {
		limit = "5"
	}
	for _, ch := range challenge.All() {
		b.Run(ch.ID+"-"+strings.ReplaceAll(ch.Name, " ", "-"), func(b *testing.B) {
			bin, err := build.Program(b.Context(), filepath.Join("..", ch.Dir))
			require.NoError(b, err)
			args := ch.Command(bin, challenge.Changes{})
			if limit != "published" {
				args.Set("--time-limit", limit)
			}
			var memory, disk int64
			for b.Loop() {
				_, m, d := execution(b, glomers, args...)
				memory, disk = max(memory, m), max(disk, d)
			}
			reportBounds(b, memory, disk)
		})
	}
}
