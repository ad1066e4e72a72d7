package lists

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func ExampleDatabase() {
	var t Txn
	if err := json.Unmarshal([]byte(`[["r",1,null],["append",1,7],["r",1,null]]`), &t); err != nil {
		panic(err)
	}
	d := make(Database)
	for range 2 {
		done, err := json.Marshal(d.Apply(t))
		fmt.Println(string(done), err)
	}
	// Output:
	// [["r",1,null],["append",1,7],["r",1,[7]]] <nil>
	// [["r",1,[7]],["append",1,7],["r",1,[7,7]]] <nil>
}

// What a read has found stays as it was.
func TestRepliesStay(t *testing.T) {
	d := make(Database)
	appendOne := Txn{{Append: true, Key: "1", Value: json.RawMessage("1")}}
	read := Txn{{Key: "1"}}
	var replies []Txn
	for range 10 {
		d.Apply(appendOne)
		replies = append(replies, d.Read(read))
	}
	for i, r := range replies {
		require.Len(t, r[0].Found, i+1)
	}
	require.Nil(t, read[0].Found, "nor is the question changed")
	require.True(t, appendOne.writes())
	require.False(t, read.writes())
}

func TestSnapshot(t *testing.T) {
	d := make(Database)
	d.Apply(Txn{{Append: true, Key: `"x"`, Value: json.RawMessage("1")}, {Append: true, Key: "2", Value: json.RawMessage("null")}})
	snapshot, err := d.Snapshot()
	require.NoError(t, err)
	restored := Database{"7": List{}}
	require.NoError(t, restored.Restore(snapshot))
	require.Equal(t, d, restored)
}

func TestBadOperations(t *testing.T) {
	for text, says := range map[string]string{
		`["r",1]`:      "is not an operation",
		`7`:            "is not an operation",
		`["r",1,7]`:    "has a value that is no list",
		`["w",1,7]`:    `unknown operation "w"`,
		`[null,1,7]`:   `unknown operation ""`,
		`{"f":"r"}`:    "is not an operation",
		`["append",1]`: "is not an operation",
	} {
		var o Op
		require.ErrorContains(t, json.Unmarshal([]byte(text), &o), says, text)
	}
}
