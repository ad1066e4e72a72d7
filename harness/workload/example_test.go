package workload_test

import (
	"context"
	"fmt"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/node"
)

// A roll is a workload of one's own: nodes throw a die.
type roll struct{ workload.Base }

func (roll) Next() history.Op { return history.Op{F: "roll"} }

func (roll) Invoke(c workload.Client, _ history.Op) (any, error) {
	var reply struct{ Eyes int }
	err := c.Call(map[string]string{"type": "roll"}, "roll_ok", &reply)
	return reply.Eyes, err
}

func (roll) Check(h []history.Op) check.Result {
	r := &rolled{}
	for _, op := range h {
		if eyes := string(op.Value); op.Type == history.OK && (eyes < "1" || eyes > "6") {
			r.wrong = append(r.wrong, "a die has no side with "+eyes+" eyes")
		}
	}
	return r
}

// A rolled is its result.
type rolled struct{ wrong []string }

func (r *rolled) Reasons() []string { return check.Few(r.wrong) }

func (r *rolled) Verdict() check.Verdict {
	if len(r.wrong) > 0 {
		return check.Invalid
	}
	return check.Valid
}

func ExampleKind() {
	kind := workload.Kind{
		Name: "roll", About: "Nodes throw a die.", Operations: "Only roll.", Verdict: "A die has six sides.", Functions: []string{"roll"},
		Make: func(workload.Config) (workload.Workload, error) { return roll{}, nil },
	}
	type reply struct {
		Eyes int `json:"eyes"`
	}
	result, err := harness.Run(context.Background(), harness.Test{
		Kind: kind, NodeCount: 1, Rate: 100, TimeLimit: 300 * time.Millisecond,
		Program: harness.InProcess(func(n *node.Node) {
			node.HandleRPC(n, "roll", func(context.Context, struct{}) (reply, error) { return reply{7}, nil })
		}),
	})
	fmt.Println(result.Valid, err)
	fmt.Println(result.Reasons[0])
	// Output:
	// invalid <nil>
	// a die has no side with 7 eyes
}
