package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTransactionJSON(t *testing.T) {
	for in, want := range map[string]string{
		`[]`:                `[]`,
		`[["r",1,null]]`:    `[["r",1,null]]`,
		`[["w",1,null]]`:    `[["w",1,null]]`,
		`[["w",-0,1.50e0]]`: `[["w",0,1.50e0]]`,
		` [ [ "w" , "a\u0062\/" , {"x": [1, 2], "x": 12345678901234567890} ] ] `: `[["w","ab/",{"x":[1,2],"x":12345678901234567890}]]`,
		`[["r",9223372036854775807,null],["w",-9223372036854775808,"é"]]`:        `[["r",9223372036854775807,null],["w",-9223372036854775808,"é"]]`,
		`[["\u0072","",null]]`: `[["r","",null]]`,
	} {
		var txn []microOp
		require.NoError(t, json.Unmarshal([]byte(in), &txn), in)
		out, err := json.Marshal(txn)
		require.NoError(t, err)
		require.Equal(t, want, string(out))
	}
}

// notTransactions are not null, which only the handler can tell from an absent field.
func notTransactions() []string {
	return []string{
		`{}`, `5`, `"r"`, `[null]`, `[5]`, `["r",1,null]`, `[{}]`, `[[]]`, // no list of lists
		`[["r"]]`, `[["r",1]]`, `[["w",1]]`, `[["r",1,null,null]]`, `[["w",1,2,3]]`, // arity
		`[["x",1,2]]`, `[["",1,2]]`, `[["R",1,null]]`, `[["append",1,2]]`, `[[null,1,2]]`, `[[1,1,2]]`, `[[["w"],1,2]]`, // operation
		`[["r",null,null]]`, `[["w",null,1]]`, `[["w",true,1]]`, `[["w",1.0,1]]`, `[["w",1e3,1]]`, `[["w",0.5,1]]`,
		`[["w",[1],1]]`, `[["w",{},1]]`, `[["w",9223372036854775808,1]]`, `[["w",-9223372036854775809,1]]`, // key
		`[["r",1,5]]`, `[["r",1,"null"]]`, `[["r",1,[]]]`, `[["r",1,false]]`, // a read with a value
		`[["w",1,2],["w",3]]`, `[["w",1,2],["w",3,4],null]`, // a good beginning
	}
}

func TestNotTransactions(t *testing.T) {
	for _, in := range notTransactions() {
		var txn []microOp
		require.Error(t, json.Unmarshal([]byte(in), &txn), in)
	}
}

// A key has one text only: as a key in a map it is equal to all that mean the same.
func TestKeys(t *testing.T) {
	same := func(a, b string) bool {
		var k, l key
		require.NoError(t, json.Unmarshal([]byte(a), &k))
		require.NoError(t, json.Unmarshal([]byte(b), &l))
		return k == l
	}
	require.True(t, same(`0`, `-0`))
	require.True(t, same(`"a<\n"`, `"\u0061\u003c\u000A"`))
	require.False(t, same(`8`, `"8"`))
	require.False(t, same(`9007199254740993`, `9007199254740992`))
	_, err := json.Marshal(key(""))
	require.Error(t, err)
}

func FuzzTransactionJSON(f *testing.F) {
	f.Add(`[["r",1,null],["w","k",{"a":[1.5]}]]`)
	for _, in := range notTransactions() {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		var txn, again []microOp
		if json.Unmarshal([]byte(in), &txn) != nil {
			return
		}
		out, err := json.Marshal(txn)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(out, &again))
		outAgain, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(out), string(outAgain))
		for i, op := range txn {
			require.Equal(t, op.key, again[i].key)
		}
	})
}
