package rpc

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/workload"
	"glomers/node"
)

func TestWithMsgID(t *testing.T) {
	t.Parallel()
	b, err := WithMsgID(struct{}{}, 7)
	require.NoError(t, err)
	require.Equal(t, `{"msg_id":7}`, string(b))
	b, err = WithMsgID(map[string]any{"type": "read"}, 8)
	require.NoError(t, err)
	require.Equal(t, `{"type":"read","msg_id":8}`, string(b))
	for _, wrong := range []any{nil, 1, []int{}, make(chan int)} {
		_, err = WithMsgID(wrong, 1)
		require.Error(t, err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	var into struct{ X int }
	require.NoError(t, Decode([]byte(`{"type":"x_ok","x":3}`), "x_ok", &into))
	require.Equal(t, 3, into.X)

	err := Decode([]byte(`{"type":"error","code":22,"text":"no"}`), "x_ok", &into)
	var coded *node.RPCError
	require.ErrorAs(t, err, &coded)
	require.Equal(t, node.NewRPCError(22, "no"), coded)

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
		require.ErrorAs(t, Decode([]byte(wrong), "x_ok", &into), &malformed, wrong)
		require.Equal(t, workload.MalformedReply{Reply: []byte(wrong), Type: "x_ok", Problem: problem}, *malformed)
	}
	require.NoError(t, Decode([]byte(`{"type":"x_ok","msg_id":18446744073709551616}`), "x_ok", &into))

	// An error reply with other faults is still an error.
	for reply, want := range map[string]error{
		`{"type":"error","code":20,"text":7,"extra":1}`: node.NewRPCError(20, "7"),
		`{"type":"error","code":20,"msg_id":"a"}`:       node.NewRPCError(20, ""),
		`{"type":"error","code":20,"text":null}`:        node.NewRPCError(20, ""),
		`{"type":"error"}`:                              &workload.UncodedError{},
		`{"type":"error","code":"20","text":"t"}`:       &workload.UncodedError{Code: []byte(`"20"`), Text: "t"},
		`{"type":"error","code":20.0}`:                  &workload.UncodedError{Code: []byte(`20.0`)},
		`{"type":"error","code":null}`:                  &workload.UncodedError{Code: []byte(`null`)},
	} {
		require.Equal(t, want, Decode([]byte(reply), "x_ok", &into), reply)
	}
}
