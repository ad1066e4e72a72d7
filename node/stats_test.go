package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// In sees every message before its handler does, Out each before it is written, what the gate holds back only then. Stats count
// the same.
func TestStatsAndInterception(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var mu sync.Mutex // guards d: several goroutines call In and Out
		write := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			d.note(what)
		}
		m := node.NewMem(func([]byte) { write("written") })
		note := func(what string) func(m node.Message) {
			return func(m node.Message) { write(fmt.Sprintf("%s %s>%s %s", what, m.Src, m.Dest, m.Body)) }
		}
		n := node.New(node.Options{Transport: m, In: note("in"), Out: note("out"), Logger: slog.New(slog.DiscardHandler)})
		n.OnInit(func(context.Context) error { return node.Notify(n, "n2", "hello", none{}) })
		node.HandleRPC(n, "ask", func(ctx context.Context, _ none) (none, error) {
			write("asked")
			return node.Call[none](ctx, n, "n3", "question", none{})
		})
		ended := make(chan error)
		go func() { ended <- n.Run() }()

		m.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`))
		m.Deliver([]byte(`rubbish`))
		synctest.Wait()
		require.Equal(t, node.Stats{Received: 2, Sent: 1}, n.Stats())
		time.Sleep(2 * time.Second) // the gate opens after one
		m.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"ask","msg_id":7}}`))
		synctest.Wait()
		require.Equal(t, node.Stats{Received: 3, Sent: 3, Running: 1, Awaited: 1}, n.Stats())
		m.Deliver([]byte(`{"src":"n3","dest":"n1","body":{"type":"question_ok","in_reply_to":1}}`))
		synctest.Wait()
		require.Equal(t, node.Stats{Received: 4, Sent: 4}, n.Stats())
		m.CloseInput()
		require.NoError(t, <-ended)
		require.Equal(t, []string{
			`0s in c0>n1 {"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}`,
			`0s out n1>c0 {"type":"init_ok","in_reply_to":1}`,
			`0s written`,
			`1s out n1>n2 {"type":"hello"}`,
			`1s written`,
			`2s in c1>n1 {"type":"ask","msg_id":7}`,
			`2s asked`,
			`2s out n1>n3 {"type":"question","msg_id":1}`,
			`2s written`,
			`2s in n3>n1 {"type":"question_ok","in_reply_to":1}`,
			`2s out n1>c1 {"type":"ask_ok","in_reply_to":7}`,
			`2s written`,
		}, d.events)
	})
}
