package harness_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"glomers/harness"
	"glomers/node"
)

// Run your own echo node in this process, and see whether it passes.
func ExampleRun() {
	type echo struct {
		Echo json.RawMessage `json:"echo"`
	}
	register := func(n *node.Node) {
		node.HandleRPC(n, "echo", func(_ context.Context, request echo) (echo, error) {
			return request, nil
		})
	}
	res, err := harness.Run(context.Background(), harness.Test{
		Workload:  "echo",
		Program:   harness.InProcess(register),
		NodeCount: 3,
		Rate:      100,
		TimeLimit: 500 * time.Millisecond,
	})
	if err != nil {
		fmt.Println(err) // the test is broken
		return
	}
	fmt.Println(res.Valid, res.Reasons, res.Availability.OKFraction)
	// Output: valid [] 1
}
