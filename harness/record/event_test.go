package record

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/network"
)

func TestParseEvent(t *testing.T) {
	for line, want := range map[string]Event{
		`{"time":12,"event":"send","id":3,"src":"n0","dest":"c1","body":{"type":"a}"}}`: {
			12, 3, []byte("send"), []byte("n0"), []byte("c1"), nil, []byte(`{"type":"a}"}`), len(`{"type":"a}"}`),
		},
		`{"time":12,"event":"send","id":3,"src":"c1","dest":"n2","writer":"n0","body":{"writer":"x"}}`: {
			12, 3, []byte("send"), []byte("c1"), []byte("n2"), []byte("n0"), []byte(`{"writer":"x"}`), len(`{"writer":"x"}`),
		},
		`{"time":12,"event":"send","id":3,"src":"c1","dest":"n2","writer":"n\u0030","body":{}}`: {
			12, 3, []byte("send"), []byte("c1"), []byte("n2"), []byte("n0"), []byte(`{}`), len(`{}`),
		},
		// Not as the harness writes it, but a journal's line.
		`{"event":"recv", "id":3, "time":0, "src":"n\"0", "dest":"ü", "body":{}}`: {
			0, 3, []byte("recv"), []byte(`n"0`), []byte("ü"), nil, []byte(`{}`), len(`{}`),
		},
		`{"time":-5,"event":"send","id":0,"src":"n0","dest":"n1","body":[1]}`: {
			-5, 0, []byte("send"), []byte("n0"), []byte("n1"), nil, []byte(`[1]`), len(`[1]`),
		},
	} {
		e, ok := parseEvent([]byte(line), 0)
		require.True(t, ok, line)
		require.Equal(t, want, e, line)
	}
	for _, line := range []string{
		"", "{}", "null", "7", `{"time":12,"event":"send","id":3,"src":"n0","dest":"c1","body":{"type":`,
		`{"time":12,"event":"send","id":3,"src":"n0`, `{"time":"12","event":"send"}`, "\xff\xfe",
	} {
		_, ok := parseEvent([]byte(line), 0)
		require.False(t, ok, line)
	}
}

func TestTypeOf(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"gossip","values":[1]}`:                           "gossip",
		`{"a":{"type":"inner"},"b":["type","x"],"type" : "outer"}`: "outer",
		`{"text":"type","x":"\"type\":\"no\"","type":"yes"}`:       "yes",
		`{"type":"a\"b\u003cimg>"}`:                                `a"b<img>`,
		`{"type":"</script>"}`:                                     "</script>",
		`{"type":7,"x":"y"}`:                                       "",
		`{"x":"type"}`:                                             "",
		`{"type":["gossip"]}`:                                      "",
		`{}`:                                                       "",
		``:                                                         "",
		`{"type":"gossip`:                                          "",
		`{"type":"\ud800"}`:                                        "\uFFFD",
		`{"type":"one","type":"two"}`:                              "one",
	} {
		require.Equal(t, want, string(typeOf([]byte(body))), body)
	}
}

// The fast way through a line finds what encoding/json does, and nothing panics.
func FuzzParseEvent(f *testing.F) {
	f.Add(int64(12), "send", int64(3), "n0", "n1", "", `{"type":"gossip","values":[1,{"type":"x"}]}`)
	f.Add(int64(0), "recv", int64(0), `n"`, "", "n1", `{"a":"\\\"","type":"b"}`)
	f.Fuzz(func(t *testing.T, at int64, kind string, id int64, src, dest, writer, body string) {
		typeOf([]byte(body))
		parseEvent([]byte(body), 0)
		parseEvent([]byte(body), 7)
		if kind == "" || body == "" || body[0] != '{' || !json.Valid([]byte(body)) {
			return
		}
		m := network.Message{ID: id, Src: src, Dest: dest, Writer: writer, Body: json.RawMessage(body)}
		line, err := json.Marshal(network.Event{Time: time.Duration(at), Kind: kind, Message: m})
		require.NoError(t, err)
		e, ok := parseEvent(line, 0)
		require.True(t, ok)
		var want network.Event
		require.NoError(t, json.Unmarshal(line, &want))
		require.Equal(t, want, network.Event{
			Time: time.Duration(e.Time), Kind: string(e.Kind),
			Message: network.Message{ID: e.ID, Src: string(e.Src), Dest: string(e.Dest), Writer: string(e.Writer), Body: e.Body},
		})
	})
}
