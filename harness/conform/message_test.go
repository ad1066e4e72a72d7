package conform

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/workload"
)

func TestParseLine(t *testing.T) {
	m, problem := parseLine([]byte(` {"src":"n1","dest":"c1","z":1,"id":3,"a":2,"body":{"type":"x","code":3}}` + "\r"))
	require.Empty(t, problem)
	require.Equal(t, []any{"n1", "c1", "x", "3", true}, []any{m.src, m.dest, m.kind(), m.code(), m.cr})
	require.Equal(t, []string{"a", "z"}, m.extra)
	for line, want := range map[string]string{
		"":                                     "is empty",
		"> ":                                   "is not JSON",
		`{"src":"n1"`:                          "is not JSON",
		"[]":                                   "is not a JSON object",
		"null":                                 "is not a JSON object",
		`{"dest":"c1","body":{}}`:              "has no src that is a string",
		`{"src":7,"dest":"c1","body":{}}`:      "has no src that is a string",
		`{"src":"n1","dest":null,"body":{}}`:   "has no dest that is a string",
		`{"src":"n1","dest":"c1"}`:             "has no body that is an object",
		`{"src":"n1","dest":"c1","body":null}`: "has no body that is an object",
		`{"src":"n1","dest":"c1","body":"{}"}`: "has no body that is an object",
		`{"Src":"n1","Dest":"c1","Body":{}}`:   "has no src that is a string",
		`{"src":"n1","dest":"c1","body":{}} extra`: "is not JSON",
	} {
		m, problem := parseLine([]byte(line))
		require.Nil(t, m, line)
		require.Equal(t, want, problem, line)
	}
}

// The replies that Maelstrom refuses; see replies.md.
func TestShape(t *testing.T) {
	for _, tc := range []struct{ workload, request, body, problem string }{
		{"broadcast", "read", `{"type":"read_ok","messages":[1],"msg_id":4}`, ""},
		{"broadcast", "read", `{"type":"read_ok","messages":null}`, ""},
		{"broadcast", "read", `{"type":"read_ok","messages":{}}`, "messages of read_ok is {}: want a list"},
		{"broadcast", "read", `{"type":"read_ok"}`, "read_ok has no messages"},
		{"broadcast", "broadcast", `{"type":"broadcast_ok","message":1}`, `broadcast_ok has a field "message", which does not belong there`},
		{"broadcast", "broadcast", `{"type":"broadcast_ok","msg_id":null}`, "msg_id of broadcast_ok is null: want an integer, or no such field"},
		{"broadcast", "broadcast", `{"type":"broadcast_ok","msg_id":"a"}`, `msg_id of broadcast_ok is "a": want an integer, or no such field`},
		{"broadcast", "broadcast", `{"type":"ok"}`, `the type is "ok", not broadcast_ok`},
		{"broadcast", "broadcast", `{}`, `the type is , not broadcast_ok`},
		{"g-counter", "read", `{"type":"read_ok","value":5.0}`, "value of read_ok is 5.0: want an integer, without fraction and exponent"},
		{"g-counter", "read", `{"type":"read_ok","value":null}`, "value of read_ok is null: want an integer"},
		{"g-counter", "read", `{"type":"read_ok","value":"5"}`, `value of read_ok is "5": want an integer`},
		{"unique-ids", "generate", `{"type":"generate_ok","id":[1,"a"]}`, ""},
		{"unique-ids", "generate", `{"type":"generate_ok","id":1.5}`, ""},
		{"echo", "echo", `{"type":"echo_ok","echo":null}`, "echo of echo_ok is null: want any"},
		{"kafka", "poll", `{"type":"poll_ok","msgs":{}}`, ""},
		{"kafka", "send", `{"type":"send_ok","offset":3.0}`, "offset of send_ok is 3.0: want an integer, without fraction and exponent"},
		{"lin-kv", "read", `{"type":"read_ok","value":{"a":true}}`, ""},
	} {
		p, err := profileOf(workload.All(), tc.workload)
		require.NoError(t, err)
		m, problem := parseLine([]byte(envelope("n1", "c1", with(tc.body, `"in_reply_to":1`))))
		require.Empty(t, problem)
		found := false
		for _, r := range p.requests {
			if r.kind == tc.request {
				found = true
				require.Equal(t, tc.problem, r.reply.problem(m), tc.body)
			}
		}
		require.True(t, found, tc.request)
	}
}

// Each workload with a description has a profile, and its example of a reply has the shape that it describes.
func TestProfiles(t *testing.T) {
	for _, d := range workload.All() {
		p, err := profileOf(workload.All(), d.Name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(p.ping, `{"type":"`), p.ping)
		for i, r := range p.requests {
			m, problem := parseLine([]byte(envelope("n1", "c1", d.RPCs[i].Reply)))
			require.Empty(t, problem)
			require.Empty(t, r.reply.problem(m), d.RPCs[i].Reply)
			require.True(t, strings.HasPrefix(r.body, `{"type":"`), r.body)
		}
	}
	_, err := profileOf(workload.All(), "nosuch")
	require.ErrorContains(t, err, "want broadcast, echo, ")
}

func TestMalformedRequests(t *testing.T) {
	p, err := profileOf(workload.All(), "lin-kv")
	require.NoError(t, err)
	r := p.requests[1]
	require.Equal(t, "write", r.kind)
	require.Equal(t, `{"type":"write","value":1}`, r.without("key", ""))
	require.Equal(t, `{"type":"write","key":3,"value":{"a":[]}}`, r.without("value", wrong(r.takes[1])))
}

func TestTopologyIsOfTheNodes(t *testing.T) {
	p, err := profileOf(workload.All(), "broadcast")
	require.NoError(t, err)
	require.Equal(t, []string{`{"type":"topology","topology":{"n1":["n2","n3"],"n2":["n1","n3"],"n3":["n1","n2"]}}`}, p.setup([]string{"n1", "n2", "n3"}))
	require.Empty(t, generic().setup([]string{"n1"}))
}

func TestCarriers(t *testing.T) {
	for name, reply := range map[string]string{
		"echo":            `{"echo":7}`,
		"broadcast":       `{"messages":[7,8]}`,
		"g-set":           `{"value":[7]}`,
		"g-counter":       `{"value":7}`,
		"pn-counter":      `{"value":7}`,
		"kafka":           `{"msgs":{"k":[[0,7],[3,8]]}}`,
		"lin-kv":          `{"value":7}`,
		"txn-list-append": `{"txn":[["r",1,[7,8]]]}`,
		"txn-rw-register": `{"txn":[["r",1,7]]}`,
	} {
		m, problem := parseLine([]byte(envelope("n1", "c1", reply)))
		require.Empty(t, problem)
		values := carriers[name].values(m.body)
		require.NotEmpty(t, values, name)
		require.Equal(t, "7", string(values[0]), name)
		empty, _ := parseLine([]byte(envelope("n1", "c1", `{"echo_":1,"msgs":3,"txn":[["r"]]}`)))
		require.Empty(t, carriers[name].values(empty.body), name)
	}
}

func TestClip(t *testing.T) {
	require.Equal(t, `a\x1b[31mb`, clip([]byte("a\x1b[31mb")))
	long := clip([]byte(strings.Repeat("x", 1000)))
	require.Equal(t, strings.Repeat("x", 200)+"…"+strings.Repeat("x", 60)+" (1000 bytes)", long)
}

func TestEnds(t *testing.T) {
	require.Equal(t, []string{"a", "b", "… (7 more)", "j"}, ends(strings.Split("abcdefghij", ""), 3))
	require.Equal(t, []string{"a", "b", "c"}, ends([]string{"a", "b", "c"}, 3))
}

func TestIsClient(t *testing.T) {
	for id, want := range map[string]bool{"c0": true, "c17": true, "n1": false, "c": false, "": false, "17": false, "cat": false, "lin-kv": false} {
		require.Equal(t, want, isClient(id), id)
	}
}
