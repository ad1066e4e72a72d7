package user

import (
	"context"
	"testing"
	"time"

	"glomers/harness"
	"glomers/harness/sim"
	"glomers/node"
	"glomers/node/nodetest"
)

type echo struct {
	Echo any `json:"echo"`
}

func register(n *node.Node) {
	node.HandleRPC(n, "echo", func(_ context.Context, request echo) (echo, error) { return request, nil })
}

func TestMine(t *testing.T) {
	c := nodetest.New(t, register)
	c.Init("n1")
	if got := nodetest.Request[echo](c, "echo", echo{"hello"}); got.Echo != "hello" {
		t.Errorf("got %v", got)
	}
	sim.Test(t, sim.Scenario{
		Name: "partition", Seeds: 3,
		Test: harness.Test{Workload: "echo", Program: harness.InProcess(register), Nemesis: []string{"partition"}, TimeLimit: 10 * time.Second},
	})
}
