package harness_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"glomers/baselines"
	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/workload"
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

// Nodes that are processes, of any language, under faults. The program is one of yours, so this example is not run.
func ExampleBinary() {
	result, err := harness.Run(context.Background(), harness.Test{
		Workload:        "broadcast",
		Program:         harness.Binary("./my-node", "-verbose"),
		NodeCount:       25,
		Rate:            100,
		Latency:         100 * time.Millisecond,
		Nemesis:         []string{"partition", "kill"},
		NemesisInterval: 5 * time.Second,
		TimeLimit:       20 * time.Second,
		Store:           "store", // report.html will be there
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Valid, result.Dir)
	for _, reason := range result.Reasons {
		fmt.Println(reason)
	}
}

// See every message: here, the first two.
func ExampleTest() {
	var messages []string
	_, err := harness.Run(context.Background(), harness.Test{
		Workload:  "echo",
		Program:   harness.InProcess(baselines.Echo),
		NodeCount: 1,
		Rate:      100,
		TimeLimit: 200 * time.Millisecond,
		OnMessage: func(e network.Event) {
			if e.Kind == network.Sent {
				messages = append(messages, e.Src+" to "+e.Dest)
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(messages[:2]) // of the initialisation
	// Output:
	// [c0 to n0 n0 to c0]
}

// Judge a history that comes from elsewhere.
func ExampleJudge() {
	w, err := workload.All().New("unique-ids", workload.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := history.Read(strings.NewReader(`
{"index":0,"time":1,"process":0,"type":"invoke","f":"generate","value":null}
{"index":1,"time":2,"process":0,"type":"ok","f":"generate","value":1}
{"index":2,"time":3,"process":1,"type":"invoke","f":"generate","value":null}
{"index":3,"time":4,"process":1,"type":"fail","f":"generate","value":null,"error":"timeout"}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := harness.Judge(w, h, "total")
	fmt.Println(j.Valid, err)
	for _, reason := range j.Reasons {
		fmt.Println(reason)
	}
	// Output:
	// invalid <nil>
	// 1 of 2 operations succeeded, a share of 0.5; wanted: total
}
