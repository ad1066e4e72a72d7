package workload

import (
	"encoding/json"
	"slices"
	"strconv"

	"glomers/harness/check"
	"glomers/harness/choice"
	"glomers/harness/history"
)

// Echo asks nodes to repeat a value; see its Kind.
type Echo struct {
	Base
	rand choice.Stream
}

func echo() Kind {
	return Kind{
		Name: "echo", About: "Nodes repeat what they are told.",
		RPCs: []RPC{{
			Request: `{"type":"echo","echo":"Please echo 35"}`, Reply: `{"type":"echo_ok","echo":"Please echo 35"}`,
			About:  "echo asks the node to repeat something.",
			Fields: []Field{{"echo", "any", "the same in the reply"}},
		}},
		Operations: `Only echo, of "Please echo N", N from 0 to 127.`,
		Verdict:    "Every reply must equal its request.",
		Figures: []Figure{
			{"workload/valid", "", "false if a reply differs from its request"},
			{"workload/errors", "", "those replies, with the requests: the first 128, or fewer if they are large"},
			{"workload/error-count", "ops", "all of them"},
		},
		Make:      func(c Config) (Workload, error) { return &Echo{rand: c.Rand}, nil },
		Functions: []string{"echo"},
		Native:    echoedBodies,
	}
}

type echoRequest struct {
	Type string `json:"type"`
	Echo any    `json:"echo"`
}

// Next returns an echo of a random text.
func (e *Echo) Next() history.Op {
	return history.Op{F: "echo", Value: []byte(`"Please echo ` + strconv.Itoa(e.rand.IntN(128)) + `"`)}
}

// Invoke returns the value in the node's reply.
func (*Echo) Invoke(c Client, op history.Op) (any, error) {
	return callFor(c, echoRequest{"echo", op.Value}, "echo_ok", "echo", "any value", anyValue)
}

// Check compares the replies with the requests.
func (*Echo) Check(h []history.Op) check.Result { return check.Echo(h) }

// echoedBodies converts a history of Maelstrom, in which the value of an ok echo is the whole body of the reply: it replaces each
// body by its field echo. If the value of any ok echo is not such a body, the history is returned unchanged.
func echoedBodies(h []history.Op) []history.Op {
	native := slices.Clone(h)
	for i, op := range native {
		if op.F != "echo" || op.Type != history.OK || op.Process == history.Nemesis {
			continue
		}
		var body map[string]json.RawMessage
		if json.Unmarshal(op.Value, &body) != nil || string(body["type"]) != `"echo_ok"` || body["echo"] == nil || body["in_reply_to"] == nil {
			return h
		}
		native[i].Value = body["echo"]
	}
	return native
}
