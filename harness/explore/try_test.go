package explore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"glomers/baselines"
	"glomers/baselines/mutants"
)

func try(name string, s Scope) {
	began := time.Now()
	r, err := Run(context.Background(), s)
	fmt.Println(name, err, r.Executions, r.Pruned, r.States, r.Depth, r.Exhausted, r.Why, time.Since(began), float64(r.Executions+r.Pruned)/time.Since(began).Seconds(), "exec/s", float64(r.Deliveries)/time.Since(began).Seconds(), "act/s")
	if r.Failure != nil {
		fmt.Println("   FAIL", r.Failure.Decisions, r.Failure.Reasons, r.Failure.Execution, r.Failure.After)
	}
}

func TestTry(t *testing.T) {
	for _, b := range baselines.All() {
		try(b.Name, Scope{Program: b.Register, Workload: b.Workload, Losses: 1, Duplicates: 1, Cuts: 1, Ticks: 2, Strategy: Random(1), Most: 2000})
	}
	for _, b := range mutants.All() {
		try(b.Name, Scope{Program: b.Register, Workload: b.Workload, Losses: 1, Duplicates: 1, Cuts: 1, Kills: 1, Ticks: 2, Operations: 6, Strategy: Random(1), Most: 2000})
	}
}

func TestDFS(t *testing.T) {
	for _, b := range baselines.All() {
		try(b.Name, Scope{Program: b.Register, Workload: b.Workload, Memory: 30000})
		try(b.Name, Scope{Program: b.Register, Workload: b.Workload, Losses: 1, Ticks: 1, Memory: 30000, Strategy: Delays(2)})
	}
}
