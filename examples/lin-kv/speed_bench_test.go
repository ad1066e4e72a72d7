package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/examples/internal/trial"
	"glomers/harness"
)

// BenchmarkSpeed measures three processes on the machine that their clients and the network share with them. A program that only echoes shows
// how much of the limit is the harness's own. Run it with -benchtime 3x:
//
//	go test -run '^$' -bench Speed -benchtime 3x ./examples/lin-kv
func BenchmarkSpeed(b *testing.B) {
	dir := b.TempDir()
	out, err := exec.Command("go", "build", "-o", dir+string(filepath.Separator), ".", "../../echo").CombinedOutput()
	require.NoError(b, err, "%s", out)
	program := filepath.Join(dir, "lin-kv")
	for _, clients := range []int{90, 300, 900} {
		for _, c := range []struct {
			name, workload string
			rate           float64
			program        harness.Program
		}{
			{"lin-kv", "lin-kv", 20_000, harness.Binary(program)},
			{"memory", "lin-kv", 20_000, harness.Binary("env", "-u", "GLOMERS_DATA", program)}, // Unix only
			{"echo", "echo", 100_000, harness.Binary(filepath.Join(dir, "echo"))},
		} {
			b.Run(fmt.Sprintf("%s/clients=%d", c.name, clients), func(b *testing.B) {
				trial.Speed(b, harness.Test{Workload: c.workload, Program: c.program, NodeCount: 3, Concurrency: clients, Rate: c.rate})
			})
		}
	}
}
