package node_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// What a node sends to others at once after init waits until they can be expected to exist: for a request, or for
// a second. Nothing else waits, and the order stays.
func TestGate(t *testing.T) {
	for name, tc := range map[string]struct {
		request string        // comes after 300 ms
		want    time.Duration // when the messages to n2 are sent
	}{
		"request": {`{"src":"c1","dest":"n1","body":{"type":"read","msg_id":1}}`, 300 * time.Millisecond},
		"peer":    {`{"src":"n2","dest":"n1","body":{"type":"hello"}}`, 300 * time.Millisecond},
		"reply":   {`{"src":"seq-kv","dest":"n1","body":{"type":"read_ok","in_reply_to":7}}`, time.Second},
		"nothing": {"", time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				type sent struct {
					at   time.Duration
					dest string
					kind string
				}
				var got []sent
				mem := node.NewMem(func(line []byte) {
					var m node.Message
					require.NoError(t, json.Unmarshal(line, &m))
					got = append(got, sent{time.Since(begin), m.Dest, m.Type()})
				})
				n := node.New(node.Options{Transport: mem, Seed: 1})
				node.Receive(n, "read", func(context.Context, none) {})
				node.Receive(n, "hello", func(context.Context, none) {})
				n.OnInit(func(context.Context) error {
					for _, dest := range []string{"n2", "seq-kv", "n1", "n2"} {
						require.NoError(t, node.Notify(n, dest, "to-"+dest, none{}))
					}
					return nil
				})
				ended := make(chan error)
				go func() { ended <- n.Run() }()
				mem.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`))
				time.Sleep(300 * time.Millisecond)
				if tc.request != "" {
					mem.Deliver([]byte(tc.request))
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				mem.CloseInput()
				require.NoError(t, <-ended)
				require.Equal(t, []sent{
					{0, "seq-kv", "to-seq-kv"},
					{0, "n1", "to-n1"},
					{0, "c0", "init_ok"},
					{tc.want, "n2", "to-n2"},
					{tc.want, "n2", "to-n2"},
				}, got)
			})
		})
	}
}
