package txn_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/baselines/internal/txn"
)

func TestRun(t *testing.T) {
	registers := make(txn.Registers)
	for _, c := range []struct{ request, reply string }{
		{`{"txn":[["r",1,null],["w",1,9007199254740993],["r",1,null]]}`, `{"txn":[["r",1,null],["w",1,9007199254740993],["r",1,9007199254740993]]}`},
		{`{"txn":[["r",1,null],["r","1",null]]}`, `{"txn":[["r",1,9007199254740993],["r","1",null]]}`},
		{`{"txn":[]}`, `{"txn":[]}`},
	} {
		var b txn.Body
		require.NoError(t, json.Unmarshal([]byte(c.request), &b))
		reply, err := json.Marshal(txn.Body{Txn: registers.Run(b.Txn)})
		require.NoError(t, err)
		require.Equal(t, c.reply, string(reply))
	}
}

func TestMalformed(t *testing.T) {
	for _, text := range []string{`["r",1]`, `["w",1,2,3]`, `["x",1,2]`, `[0,1,2]`, `{}`, `[]`, `null`, `1`} {
		var op txn.Op
		require.ErrorContains(t, json.Unmarshal([]byte(text), &op), "not a micro-operation", text)
	}
}

func TestRunLists(t *testing.T) {
	var lists txn.Lists
	for _, c := range []struct{ request, reply string }{
		{`[["r",1,null],["append",1,9007199254740993],["r",1,null]]`, `[["r",1,null],["append",1,9007199254740993],["r",1,[9007199254740993]]]`},
		{`[["append",1,2],["append","1",3]]`, `[["append",1,2],["append","1",3]]`},
		{`[["r",1,null],["r","1",null]]`, `[["r",1,[9007199254740993,2]],["r","1",[3]]]`},
		{`[]`, `[]`},
	} {
		var ops, done []txn.ListOp
		require.NoError(t, json.Unmarshal([]byte(c.request), &ops))
		lists, done = lists.Run(ops)
		reply, err := json.Marshal(done)
		require.NoError(t, err)
		require.Equal(t, c.reply, string(reply))
	}
}

// A transaction that runs twice on the same lists, as after a lost race, appends only once.
func TestRunListsAgain(t *testing.T) {
	var ops []txn.ListOp
	require.NoError(t, json.Unmarshal([]byte(`[["append",1,2]]`), &ops))
	before, _ := txn.Lists{}.Run(ops)
	first, _ := before.Run(ops)
	second, _ := before.Run(ops)
	require.Equal(t, first, second)
	require.Len(t, before["1"], 1)
	require.Len(t, first["1"], 2)
}

// Each kind of store refuses the operations of the other kind.
func TestMalformedLists(t *testing.T) {
	var op txn.Op
	require.EqualError(t, json.Unmarshal([]byte(`["append",1,2]`), &op),
		`txn: ["append",1,2] is not a micro-operation: want ["r", key, null] or ["w", key, value]`)
	var listOp txn.ListOp
	require.EqualError(t, json.Unmarshal([]byte(`["w",1,2]`), &listOp),
		`txn: ["w",1,2] is not a micro-operation: want ["r", key, null] or ["append", key, value]`)
}
