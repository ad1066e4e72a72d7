package lww

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/baselines/internal/txn"
	"glomers/node"
	"glomers/node/nodetest"
)

// In whatever order the write sets arrive, and however often, the latest write of each key wins in the end.
func TestMergeOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sets := make([]WriteSet, rapid.IntRange(1, 8).Draw(t, "sets"))
		latest := make(txn.Registers)
		for i := range sets { // in the order of their stamps
			sets[i] = WriteSet{Stamp: Stamp{Time: int64(1 + i/2), Node: fmt.Sprint("n", i%2)}, Writes: make(map[string]json.RawMessage)}
			for _, key := range rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3"}), 1, 3).Draw(t, "keys") {
				value := json.RawMessage(fmt.Sprint(i))
				sets[i].Writes[key], latest[key] = value, value
			}
		}
		s := New(node.New(node.Options{}))
		arriving := rapid.Permutation(append(sets, sets...)).Draw(t, "arriving")
		for _, ws := range arriving {
			s.Merge(ws)
		}
		for key, value := range latest {
			require.Equal(t, string(value), string(s.registers[key]), "key %s", key)
		}
	})
}

// The stamp of a transaction is above all stamps that its node has seen, so its writes replace the values that it has read.
func TestStamps(t *testing.T) {
	c := nodetest.Start(t, func(n *node.Node) { New(n) }, "n1", "n2")
	c.Send("n2", "write_set", WriteSet{Stamp: Stamp{Time: 41, Node: "n2"}, Writes: map[string]json.RawMessage{"8": json.RawMessage("1")}})
	request := json.RawMessage(`{"txn":[["r",8,null],["w",8,2],["w",8,3],["r",8,null]]}`)
	reply := nodetest.Request[txn.Body](c, "txn", request)
	require.Equal(t, "1", string(reply.Txn[0].Value()))
	require.Equal(t, "3", string(reply.Txn[3].Value()))

	news := c.Expect("n2", "write_set")
	ws := nodetest.Body[WriteSet](c, news)
	require.Equal(t, WriteSet{Stamp: Stamp{Time: 42, Node: "n1"}, Writes: map[string]json.RawMessage{"8": json.RawMessage("3")}}, ws)
	c.Reply(news, struct{}{})
}
