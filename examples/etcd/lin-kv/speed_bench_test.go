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

// BenchmarkSpeed measures three processes with each engine, in turn:
//
//	go -C examples/etcd test -run '^$' -bench Speed -benchtime 3x ./lin-kv
func BenchmarkSpeed(b *testing.B) {
	program := filepath.Join(b.TempDir(), "lin-kv")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(b, err, "%s", out)
	engines := [2]string{"raft", "etcd"}
	for _, clients := range []int{90, 300, 900} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			var tests [2]harness.Test
			for i, engine := range engines {
				tests[i] = harness.Test{
					Workload: "lin-kv", Program: harness.Binary(program, "-engine", engine),
					NodeCount: 3, Concurrency: clients, Rate: 20_000,
				}
			}
			trial.Race(b, engines, tests)
		})
	}
}
