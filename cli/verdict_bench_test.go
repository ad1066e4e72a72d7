//go:build unix

package cli

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
	"glomers/internal/starter"
)

// BenchmarkVerdict measures the time from the start of glomers to the verdict of a challenge, in virtual and in real time, with the
// broadcast programs that glomers init writes: in Go, and in Python if it is installed. The programs have been built. Run it with
// -benchtime 1x: in real time, each run takes half a minute.
func BenchmarkVerdict(b *testing.B) {
	build, glomers := compile(b)
	for _, language := range []string{"go", "python"} {
		b.Run(language, func(b *testing.B) {
			bin := starterProgram(b, build, language)
			for _, id := range []string{"3b", "3c"} {
				for _, clock := range []string{"virtual", "real"} {
					b.Run(id+"/"+clock, func(b *testing.B) {
						args := []string{"challenge", id, "--bin", bin, "--seed", "1"}
						if clock == "virtual" {
							args = append(args, "--virtual")
						}
						var sum time.Duration
						for b.Loop() {
							took, _, _ := execution(b, glomers, args...)
							sum += took
						}
						b.ReportMetric(sum.Seconds()/float64(b.N), "s/verdict")
						b.ReportMetric(0, "ns/op") // it would include the making of directories
					})
				}
			}
		})
	}
}

// starterProgram returns the broadcast program of a language.
func starterProgram(b *testing.B, build *program.Builder, language string) string {
	b.Helper()
	path := filepath.Join("..", "internal", "starter", "go", "broadcast") // elsewhere it would have to find this module first
	if language == "python" {
		if _, err := exec.LookPath("python3"); err != nil {
			b.Skip("skipped: needs python3")
		}
		p, err := starter.New(starter.Options{Name: "my-node", Language: language, Workload: "broadcast"})
		require.NoError(b, err)
		dir := filepath.Join(b.TempDir(), "my-node")
		require.NoError(b, p.Write(dir))
		path = filepath.Join(dir, p.Bin)
	}
	bin, err := build.Program(b.Context(), path)
	require.NoError(b, err)
	return bin
}
