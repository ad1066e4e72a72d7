package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkWatch measures the time from saving the source of a node to the verdict of the watch command, or to the reason if the verdict is that
// the node fails. A node has 40 lines in Go, or is that of glomers init in Python. With -benchtime 11x, median-ms is that of 11 saves.
func BenchmarkWatch(b *testing.B) {
	const never = 1000 // seconds until everything is sent again: too late for a run
	for _, c := range []struct {
		name, language, tool string
		file, before, after  string // what the number of seconds is between
	}{
		{"go", "go", "go", "main.go", "again = 500 * time.Millisecond", "again = %d * time.Millisecond"},
		{"python", "python", "python3", "main.py", "GOSSIP_EVERY = 0.2", "GOSSIP_EVERY = %d / 1000"},
	} {
		for _, run := range []struct {
			name, id string
			every    int // ms
			says     string
		}{
			{"3b", "3b", 500, "passed"},
			{"3c", "3c", 500, "passed"},
			{"3c-fails", "3c", never * 1000, "hint: "},
		} {
			b.Run(c.name+"/"+run.name, func(b *testing.B) {
				if _, err := exec.LookPath(c.tool); err != nil {
					b.Skipf("skipped: needs %s", c.tool)
				}
				own, err := os.ReadFile("testdata/gossip/main.go")
				require.NoError(b, err)
				nodeIn(b, c.language)
				if c.language == "go" {
					files, err := filepath.Glob("*.go")
					require.NoError(b, err)
					for _, file := range files {
						require.NoError(b, os.Remove(file))
					}
					require.NoError(b, os.WriteFile("main.go", own, 0o644))
				}
				out := watchIn(b, run.id, "--seed", "3")
				out.await(b, "Waiting")
				before := c.before
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					after := fmt.Sprintf(c.after, run.every+1+i)
					edit(b, c.file, before, after)
					began := time.Now()
					before = after
					out.await(b, "changed\n")
					out.await(b, run.says)
					took = append(took, time.Since(began))
					b.StopTimer()
					out.await(b, "Waiting")
					b.StartTimer()
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "median-ms")
			})
		}
	}
}
