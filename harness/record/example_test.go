package record_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/record"
)

// What a run has left behind: its parameters and its history.
func ExampleOpen() {
	store, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(store)
	result, err := harness.Run(context.Background(), harness.Test{
		Workload: "echo", Program: harness.InProcess(baselines.Echo), NodeCount: 2, Rate: 100, TimeLimit: 200 * time.Millisecond, Seed: 7, Store: store,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	run, err := record.Open(result.Dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer run.Close()
	meta, err := run.Meta()
	fmt.Println(meta.Workload, meta.Nodes, "seed", meta.Seed, err)
	file, err := run.File(run.HistoryName())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	for op, err := range record.History(file) {
		if err == nil && op.Type == history.Invoke {
			fmt.Println("the first operation:", op.F)
			break
		}
	}
	// Output:
	// echo [n0 n1] seed 7 <nil>
	// the first operation: echo
}
