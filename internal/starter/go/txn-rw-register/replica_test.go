package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// run runs a transaction, both in JSON.
func run(t *testing.T, r *replica, txn string) string {
	t.Helper()
	var ops []op
	require.NoError(t, json.Unmarshal([]byte(txn), &ops))
	text, err := json.Marshal(r.run(ops))
	require.NoError(t, err)
	return string(text)
}

func TestATransactionSeesItsOwnWrites(t *testing.T) {
	r := newReplica("a", nil)
	require.Equal(t, `[["r",1,null],["w",1,6],["r",1,6]]`, run(t, r, `[["r",1,null],["w",1,6],["r",1,null]]`))
}

func TestTheLastWriteWinsEverywhere(t *testing.T) {
	a, b := newReplica("a", []string{"b"}), newReplica("b", []string{"a"})
	run(t, a, `[["w",1,10]]`)
	run(t, b, `[["w",1,20]]`) // at the same time: b has the higher id
	run(t, a, `[["w",2,11]]`)
	run(t, a, `[["w",2,12]]`)
	fromA, fromB := a.Tick(0)[0].Message, b.Tick(0)[0].Message
	for range 2 { // the second message changes nothing
		a.Receive("b", fromB, 0)
		b.Receive("a", fromA, 0)
		for _, r := range []*replica{a, b} {
			require.Equal(t, `[["r",1,20],["r",2,12]]`, run(t, r, `[["r",1,null],["r",2,null]]`), r.id)
		}
	}
}
