package harness

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/harness/workload"
	"glomers/node"
)

func TestTimersByTimeThenAge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dues := rapid.SliceOf(rapid.Int64Range(0, 5)).Draw(t, "dues")
		var ts timers
		type done struct {
			due time.Duration
			nr  int
		}
		var got []done
		for nr, due := range dues {
			ts.add(time.Duration(due), func() { got = append(got, done{time.Duration(due), nr}) })
		}
		for range dues {
			due, ok := ts.next()
			require.True(t, ok)
			x := ts.pop()
			require.Equal(t, due, x.due)
			x.do()
		}
		_, ok := ts.next()
		require.False(t, ok)
		for i := 1; i < len(got); i++ {
			a, b := got[i-1], got[i]
			require.True(t, a.due < b.due || a.due == b.due && a.nr < b.nr, "%v before %v", a, b)
		}
	})
}

// However the goroutines of virtual time raced, the posts end up in one order.
func TestSortPosts(t *testing.T) {
	t.Parallel()
	links := [][]post{ // the posts of each link, in their order
		{{source: 0, event: sent{dest: "n1", line: 1}}, {source: 0, event: sent{dest: "n1", line: 3}}},
		{{source: 0, event: sent{dest: "n2", line: 2}}},
		{{source: 1, event: sent{dest: "n0", line: 1}}, {source: 1, event: sent{dest: "n0", line: 2}}, {source: 1, event: failed{}}},
		{{source: 2, event: finished{}}},
		{{source: outside, event: failed{}}},
	}
	merge := func(rng *rand.Rand) []post {
		var posts []post
		rest := append([][]post{}, links...)
		for len(rest) > 0 {
			i := rng.IntN(len(rest))
			posts = append(posts, rest[i][0])
			if rest[i] = rest[i][1:]; len(rest[i]) == 0 {
				rest = append(rest[:i], rest[i+1:]...)
			}
		}
		sortPosts(posts)
		return posts
	}
	want := merge(rand.New(rand.NewPCG(0, 0)))
	for seed := range uint64(100) {
		require.Equal(t, want, merge(rand.New(rand.NewPCG(1, seed))))
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	m := newMailbox(limits{messages: 2, bytes: 10})
	message := func(size int) post { return post{event: sent{body: make([]byte, size)}} }
	require.True(t, m.put(message(1)))
	require.True(t, m.put(message(1)))
	require.False(t, m.put(message(1)), "too many")
	require.True(t, m.put(post{event: failed{}}), "others are always taken")
	<-m.wake
	posts, flooded := m.take(nil)
	require.Len(t, posts, 3)
	require.True(t, flooded)

	m = newMailbox(limits{messages: 2, bytes: 10})
	require.True(t, m.put(message(10)))
	require.False(t, m.put(message(1)), "too large")
	require.Len(t, m.close(), 1)
	require.False(t, m.put(post{event: failed{}}), "closed")
}

func TestParseMessage(t *testing.T) {
	t.Parallel()
	dest, body, problem := parseMessage("n1", []byte(` {"id":7,"src":"n1","body": {"a":12345678901234567890} ,"dest":"né","x":1}`))
	require.Empty(t, problem)
	require.Equal(t, "né", dest)
	require.Equal(t, `{"a":12345678901234567890}`, string(body))

	for line, want := range map[string]string{
		"":                                       "is empty",
		" \t":                                    "is empty",
		"{":                                      "is not JSON",
		"null":                                   "is not a JSON object",
		`"hello"`:                                "is not a JSON object",
		`{}`:                                     "has no src",
		`{"src":null,"dest":"n1","body":{}}`:     `has src null, not "n1"`,
		`{"src":1,"dest":"n1","body":{}}`:        `has src 1, not "n1"`,
		`{"src":"n1","body":{}}`:                 "has no dest",
		`{"src":"n1","dest":null,"body":{}}`:     "has dest null, not a string",
		`{"src":"n1","dest":"n1"}`:               "has no body",
		`{"src":"n1","dest":"n1","body":null}`:   "has a body that is not an object",
		`{"src":"n1","dest":"n1","body":[]}`:     "has a body that is not an object",
		`{"src":"n1","dest":"n1","body":{}} {}`:  "is not JSON",
		`{"src":"n1","dest":"n1","body":{}} # 1`: "is not JSON",
	} {
		_, _, problem := parseMessage("n1", []byte(line))
		require.Contains(t, problem, want, line)
	}
}

// Any line is either a message of the node, or has a problem.
func FuzzParseMessage(f *testing.F) {
	f.Add(`{"src":"n1","dest":"n2","body":{"type":"x"}}`)
	f.Add(`{"SRC":"n1","src":"n1","dest":"n2","dest":"n3","body":{}}`)
	f.Add("null")
	f.Fuzz(func(t *testing.T, line string) {
		_, body, problem := parseMessage("n1", []byte(line))
		if problem != "" {
			return
		}
		var object map[string]any
		require.NoError(t, json.Unmarshal(body, &object))
		require.NotNil(t, object)
	})
}

func TestWithMsgID(t *testing.T) {
	t.Parallel()
	b, err := withMsgID(struct{}{}, 7)
	require.NoError(t, err)
	require.Equal(t, `{"msg_id":7}`, string(b))
	b, err = withMsgID(map[string]any{"type": "read"}, 8)
	require.NoError(t, err)
	require.Equal(t, `{"type":"read","msg_id":8}`, string(b))
	for _, wrong := range []any{nil, 1, []int{}, make(chan int)} {
		_, err = withMsgID(wrong, 1)
		require.Error(t, err)
	}
}

func TestDecodeReply(t *testing.T) {
	t.Parallel()
	var into struct{ X int }
	require.NoError(t, decodeReply([]byte(`{"type":"x_ok","x":3}`), "x_ok", &into))
	require.Equal(t, 3, into.X)

	err := decodeReply([]byte(`{"type":"error","code":22,"text":"no"}`), "x_ok", &into)
	var rpc *node.RPCError
	require.ErrorAs(t, err, &rpc)
	require.Equal(t, node.NewRPCError(22, "no"), rpc)

	for wrong, problem := range map[string]string{
		`{}`:                            `field "type" is missing`,
		`{"type":1}`:                    `field "type" is an integer: want "x_ok"`,
		`{"Type":"x_ok"}`:               `field "type" is missing`,
		`{"type":"y_ok"}`:               `field "type" is "y_ok": want "x_ok"`,
		`{"type":"x_ok","x":"3"}`:       `json: cannot unmarshal string into Go struct field .X of type int`,
		`{"type":"x_ok","msg_id":null}`: `field "msg_id" is null: want an integer, or no such field`,
		`{"type":"x_ok","msg_id":"a"}`:  `field "msg_id" is a string: want an integer, or no such field`,
		`{"type":"x_ok","msg_id":1.0}`:  `field "msg_id" is a float: want an integer, or no such field`,
		`[]`:                            `want an object`,
	} {
		var malformed *workload.MalformedReply
		require.ErrorAs(t, decodeReply([]byte(wrong), "x_ok", &into), &malformed, wrong)
		require.Equal(t, workload.MalformedReply{Reply: []byte(wrong), Type: "x_ok", Problem: problem}, *malformed)
	}
	require.NoError(t, decodeReply([]byte(`{"type":"x_ok","msg_id":18446744073709551616}`), "x_ok", &into))

	// Whatever else is wrong with an error, it is one.
	for reply, want := range map[string]error{
		`{"type":"error","code":20,"text":7,"extra":1}`: node.NewRPCError(20, "7"),
		`{"type":"error","code":20,"msg_id":"a"}`:       node.NewRPCError(20, ""),
		`{"type":"error","code":20,"text":null}`:        node.NewRPCError(20, ""),
		`{"type":"error"}`:                              &workload.UncodedError{},
		`{"type":"error","code":"20","text":"t"}`:       &workload.UncodedError{Code: []byte(`"20"`), Text: "t"},
		`{"type":"error","code":20.0}`:                  &workload.UncodedError{Code: []byte(`20.0`)},
		`{"type":"error","code":null}`:                  &workload.UncodedError{Code: []byte(`null`)},
	} {
		require.Equal(t, want, decodeReply([]byte(reply), "x_ok", &into), reply)
	}
}
