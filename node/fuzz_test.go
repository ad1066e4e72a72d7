package node_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A witness counts what a node does with a line.
type witness struct {
	handled int // written by the node's goroutines, read after Run
	logged  bytes.Buffer
	written [][]byte
}

// runLine runs a node whose whole input is one line.
func runLine(t *testing.T, line []byte) *witness {
	t.Helper()
	w := new(witness)
	m := node.NewMem(func(line []byte) { w.written = append(w.written, line) })
	n := node.New(node.Options{
		Transport: m,
		Logger:    slog.New(slog.NewTextHandler(&w.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	type body struct {
		I int                        `json:"i"`
		S string                     `json:"s"`
		M map[string]json.RawMessage `json:"m"`
	}
	node.HandleRPC(n, "rpc", func(_ context.Context, b body) (body, error) {
		w.handled++
		return b, nil
	})
	node.HandleRPC(n, "fail", func(_ context.Context, b body) (none, error) {
		w.handled++
		return none{}, fmt.Errorf("it says %q", b.S)
	})
	node.HandleRPC(n, "panic", func(_ context.Context, b map[string]any) (none, error) {
		w.handled++
		panic(b)
	})
	node.Receive(n, "receive", func(ctx context.Context, b body) {
		from := node.From(ctx)
		w.handled++
		_ = node.Notify(n, from, b.S, b)
	})
	n.Handle("official", func(msg node.Message) error {
		w.handled++
		return n.Reply(msg, json.RawMessage(msg.Body))
	})
	n.OnInit(func(context.Context) error { w.handled++; return nil })
	m.Deliver(line)
	m.CloseInput()
	require.NoError(t, n.Run())
	return w
}

// requireNoticed checks what must be true of any line: the node did not die of it, and did not pass over it in silence.
func (w *witness) requireNoticed(t *testing.T, line []byte) {
	t.Helper()
	require.True(t, w.handled > 0 || w.logged.Len() > 0 || len(w.written) > 0, "%q was passed over", line)
	for _, line := range w.written {
		var m node.Message
		require.NoError(t, json.Unmarshal(line, &m), "%q", line)
		require.Equal(t, byte('{'), m.Body[0], "%q", line)
		require.NotContains(t, string(line), "\n")
	}
}

// runSeeds are lines of all kinds that the run loop tells apart, and some on the borders.
func runSeeds() []string {
	lines := []string{
		``, ` `, `{}`, `null`, `[]`, `rubbish`, `{"src":"c1"}`, `{"src":"c1","body":null}`, `{"src":"c1","body":{}}`,
		`{"src":"c1","body":[]}`, `{"src":"c1","dest":"n1","body":{"type":5,"msg_id":1}}`, `{"body":{"type":"rpc","msg_id":1}}`,
		`{"src":"c1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`,
		`{"src":"c1","body":{"type":"init","msg_id":1,"node_id":"n2","node_ids":["n1"]}}`,
		`{"src":"c1","body":{"type":"init","node_ids":5}}`,
		`{"src":"c1","body":{"type":"rpc_ok","in_reply_to":1}}`, `{"src":"c1","body":{"type":"rpc","in_reply_to":0}}`,
		`{"src":"c1","body":{"type":"rpc","msg_id":9223372036854775808}}`, `{"src":"c1","body":{"type":"rpc","msg_id":1.5}}`,
		"{\"src\":\"\xff\",\n\"body\":\n{\"type\":\"rpc\",\"msg_id\":1}\r\n}", `{"src":"\ud800","body":{"type":"rpc","msg_id":1}}`,
	}
	for _, typ := range []string{"rpc", "fail", "panic", "receive", "official", "unknown", "", "RPC"} {
		for _, fields := range []string{
			``, `,"msg_id":1`, `,"msg_id":0,"in_reply_to":null`, `,"msg_id":1,"i":"text"`, `,"i":"text"`,
			`,"msg_id":-1,"i":1e2,"s":"\u0000é"`, `,"s":"a\nb","m":{"a":[1],"a":{}}`, `,"msg_id":1,"type":null,"msg_id":2`,
		} {
			lines = append(lines, fmt.Sprintf(`{"src":"c1","dest":"n1","body":{"type":%q%s}}`, typ, fields))
		}
	}
	return lines
}

func FuzzRun(f *testing.F) {
	for _, line := range runSeeds() {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		runLine(t, bytes.Clone(line)).requireNoticed(t, line)
	})
}

// What asks for an answer gets one, if its sender can be told.
func TestEveryRequestIsAnswered(t *testing.T) {
	for _, line := range runSeeds() {
		var m struct {
			Src  string
			Body struct {
				MsgID     *int64 `json:"msg_id"`
				InReplyTo *int64 `json:"in_reply_to"`
			}
		}
		err := json.Unmarshal([]byte(line), &m)
		w := runLine(t, []byte(line))
		w.requireNoticed(t, []byte(line))
		if err != nil || m.Body.MsgID == nil || m.Body.InReplyTo != nil || m.Src == "" || bytes.Contains([]byte(line), []byte(`"receive"`)) {
			continue
		}
		require.Len(t, w.written, 1, line)
		var reply struct {
			Body struct {
				InReplyTo *int64 `json:"in_reply_to"`
			}
		}
		require.NoError(t, json.Unmarshal(w.written[0], &reply))
		require.Equal(t, m.Body.MsgID, reply.Body.InReplyTo, line)
	}
}
