package workload

import (
	"math/rand/v2"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/history"
)

// Echo asks nodes to repeat what it says. Its one RPC is
//
//	echo {echo: any} → echo_ok {echo: any}
//
// and its operation "echo" sends "Please echo N", N from 0 to 127. Every reply must
// equal its request. There is no final phase.
type Echo struct {
	rand *rand.Rand
}

type echoRequest struct {
	Type string `json:"type"`
	Echo any    `json:"echo"`
}

// Setup does nothing.
func (*Echo) Setup(Client) error { return nil }

// Next returns another thing to say.
func (e *Echo) Next() history.Op {
	return history.Op{F: "echo", Value: []byte(`"Please echo ` + strconv.Itoa(e.rand.IntN(128)) + `"`)}
}

// Invoke returns what the node said.
func (*Echo) Invoke(c Client, op history.Op) (any, error) {
	return callFor(c, echoRequest{"echo", op.Value}, "echo_ok", "echo", "any value", anyValue)
}

// Idempotent is false, as in the reference.
func (*Echo) Idempotent(string) bool { return false }

// Final returns nothing.
func (*Echo) Final() []history.Op { return nil }

// Check compares the replies with the requests.
func (*Echo) Check(h []history.Op) check.Result { return check.Echo(h) }
