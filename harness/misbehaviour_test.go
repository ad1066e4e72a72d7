package harness

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// Each of these programs breaks the protocol. The run must end at once, with an error that names the node and shows its output.
func TestMisbehaviour(t *testing.T) {
	const hour = time.Hour // the run must end long before
	tests := []struct {
		name    string
		program Program
		kind    Breakage
		test    Test
		reason  string // expected in NodeError.Reason
		line    string // and in NodeError.Line; "" if there is none
		log     string // and in NodeError.Log
	}{
		{name: "crash", kind: NodeEnded, program: program(t, "crash"), reason: "ended during the run: exit status 7", log: "out of ideas"},
		{name: "end", kind: NodeEnded, program: InProcess(func(n *node.Node) { onEcho(n, n.Shutdown) }), test: Test{Rate: 5}, reason: "ended during the run"},
		{name: "rubbish", kind: BadLine, program: program(t, "say", "hello, world"), reason: "is not JSON (invalid character 'h'", line: "hello, world", log: "hello, world"},
		{name: "empty line", kind: BadLine, program: program(t, "say", ""), reason: "a line to stdout that is empty"},
		{name: "not an object", kind: BadLine, program: program(t, "say", `[1]`), reason: "is not a JSON object", line: "[1]"},
		{name: "no dest", kind: BadLine, program: program(t, "say", `{"src":"n0","body":{}}`), reason: "has no dest", line: `"src"`},
		{name: "bad body", kind: BadLine, program: program(t, "say", `{"src":"n0","dest":"n0","body":7}`), reason: "body that is not an object", line: `"body":7`},
		{
			name: "in nobody's name", kind: WrongAddress, program: program(t, "say", `{"src":"n7","dest":"n0","body":{}}`),
			reason: `sent a message in the name of nobody: network: n0 sent as "n7", which does not exist: there are n0`, line: `"n7"`,
		},
		{name: "fourth key", kind: BadLine, program: program(t, "say", `{"src":"n0","dest":"n0","body":{},"type":"x"}`), reason: `has the key "type"`, line: `"type":"x"`},
		{name: "nobody", kind: WrongAddress, program: program(t, "nobody"), reason: `sent to "n99", which does not exist: there are n0`, line: `"hello"`},
		{name: "mute", kind: NoInit, program: program(t, "mute"), test: Test{InitTimeout: 100 * time.Millisecond}, reason: "did not answer init with init_ok within 100ms"},
		{name: "refuse", kind: NoInit, program: program(t, "refuse"), reason: "not today"},
		{
			name: "backlog", kind: Overload, program: program(t, "deaf"), reason: "does not read its input fast enough",
			test: Test{Rate: 10000, Concurrency: 100, limits: limits{backlog: 1 << 10, call: time.Millisecond}},
		},
		{name: "flood", kind: Overload, program: program(t, "flood"), reason: "most messages were sent by n0", test: Test{limits: limits{messages: 10000, backlog: 1 << 20}}},
		{name: "flood with latency", kind: Overload, program: program(t, "flood"), reason: "most messages were sent by n0", test: Test{Latency: time.Hour, Limits: Limits{Memory: 1 << 20}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			test := tt.test
			test.Workload, test.Program, test.NodeCount = "echo", tt.program, 1
			setDefault(&test.Rate, 50)
			setDefault(&test.TimeLimit, hour)
			setDefault(&test.InitTimeout, time.Minute)
			res, err := Run(t.Context(), test)
			var broken *NodeError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, "n0", broken.Node)
			require.Equal(t, tt.kind, broken.Kind)
			require.Equal(t, tt.kind, res.ErrorKind)
			require.Contains(t, broken.Reason, tt.reason)
			require.Contains(t, broken.Line, tt.line)
			require.Equal(t, tt.line != "" || tt.name == "empty line", broken.Number > 0)
			require.Contains(t, broken.Log, tt.log)
			require.NotEqual(t, check.Valid, res.Valid)
			require.Equal(t, err.Error(), res.Error)
			// The results up to that point are there.
			require.Positive(t, res.Net.All.Sent)
			require.Positive(t, res.Elapsed)
			if tt.name == "crash" { // at the third request
				require.GreaterOrEqual(t, res.Stats.Count, 2)
			}
		})
	}
}
