package registers

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

func ExampleStore() {
	s := make(Store)
	key := json.RawMessage(`"x"`)
	fmt.Println(s.Apply(Command{Op: "write", Key: key, Value: json.RawMessage("1")}).Code)
	fmt.Println(s.Apply(Command{Op: "cas", Key: key, From: json.RawMessage("2"), Value: json.RawMessage("3")}).Code == node.PreconditionFailed)
	fmt.Println(s.Apply(Command{Op: "cas", Key: key, From: json.RawMessage("1"), Value: json.RawMessage("3")}).Code)
	fmt.Println(string(s.Read(Command{Op: "read", Key: key}).Value))
	// Output:
	// 0
	// true
	// 0
	// 3
}

// Keys and values are any JSON; spaces do not matter.
func TestKeysAndValues(t *testing.T) {
	s := make(Store)
	do := func(op, key, from, value string) Reply {
		return s.Apply(Command{op, json.RawMessage(key), json.RawMessage(from), json.RawMessage(value)})
	}
	require.Equal(t, Reply{Code: node.KeyDoesNotExist}, do("read", `1`, "", ""))
	require.Equal(t, Reply{Code: node.KeyDoesNotExist}, do("cas", `1`, "null", "2"), "a cas makes no register")
	require.Equal(t, Reply{}, do("write", `[1, {"a": 2}]`, "", `{"b": [ ]}`))
	require.Equal(t, Reply{Value: json.RawMessage(`{"b":[]}`)}, do("read", `[1,{"a":2}]`, "", ""))
	require.Equal(t, Reply{}, do("cas", `[1,{"a":2}]`, `{"b":[]}`, ""))
	require.Equal(t, Reply{Value: json.RawMessage("null")}, do("read", `[1,{"a":2}]`, "", ""), "no value is null")

	snapshot, err := s.Snapshot()
	require.NoError(t, err)
	restored := Store{"7": json.RawMessage("7")}
	require.NoError(t, restored.Restore(snapshot))
	require.Equal(t, s, restored)
	require.Error(t, restored.Restore([]byte("[]")))
}
