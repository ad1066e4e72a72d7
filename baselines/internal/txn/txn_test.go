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
		require.ErrorContains(t, json.Unmarshal([]byte(text), &op), "no micro-operation", text)
	}
}
