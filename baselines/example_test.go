package baselines_test

import (
	"context"
	"fmt"
	"time"

	"glomers/baselines"
	"glomers/harness"
)

// A baseline is the function that registers the handlers of a node: it runs wherever a node of your own runs.
func ExampleEcho() {
	result, err := harness.Run(context.Background(), harness.Test{
		Workload: "echo", Program: harness.InProcess(baselines.Echo), NodeCount: 1, Rate: 100, TimeLimit: 200 * time.Millisecond,
	})
	fmt.Println(result.Valid, err)
	// Output:
	// valid <nil>
}

func ExampleAll() {
	for _, b := range baselines.All() {
		if b.Workload == "broadcast" {
			fmt.Println(b.Name)
		}
	}
	// Output:
	// flooding
	// gossip
	// mesh
	// star
	// tree
}
