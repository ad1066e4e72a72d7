package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/history"
)

// did returns a history of ok operations. Each is written "f value", or "f! value" if it is final.
func did(ops ...[2]string) []history.Op {
	h := []history.Op{{Type: history.Info, Process: history.Nemesis, F: "start-partition"}}
	for _, op := range ops {
		value := json.RawMessage(op[1])
		h = append(h, history.Op{Type: history.Invoke, F: op[0], Value: value}, history.Op{Type: history.OK, F: op[0], Value: value})
	}
	for i := range h {
		h[i].Index = i
	}
	return h
}

// Every workload is recognized by its own operations.
func TestFunctions(t *testing.T) {
	for _, k := range All() {
		w, err := k.New(Config{Nodes: []string{"n0"}, Rand: choice.From(rand.NewPCG(1, 2))})
		require.NoError(t, err)
		require.NotEmpty(t, k.Functions, k.Name)
		var h []history.Op
		for range 200 {
			op := w.Next()
			require.Contains(t, k.Functions, op.F)
			op.Type = history.Invoke
			h = append(h, op)
		}
		require.Contains(t, All().Recognize(h), k.Name)
		why, _ := All().Foreign(k, h)
		require.Empty(t, why, k.Name)
	}
}

// foreign calls Foreign for a workload of this module.
func foreign(t *testing.T, name string, h []history.Op) (why string, entirely bool) {
	t.Helper()
	k, err := All().Find(name)
	require.NoError(t, err)
	return All().Foreign(k, h)
}

func TestForeign(t *testing.T) {
	set := did([2]string{"add", "1"}, [2]string{"read", "[1]"})
	broadcast := did([2]string{"broadcast", "1"}, [2]string{"read", "[1]"}, [2]string{"broadcast", "2"})
	counter := did([2]string{"add", "3"}, [2]string{"read", "3"})
	counter[len(counter)-1].Final = true
	pn := did([2]string{"add", "-3"}, [2]string{"read", "-3"})
	pn[len(pn)-1].Final = true
	registers := did([2]string{"write", "[0,1]"}, [2]string{"read", "[0,1]"})
	txn := did([2]string{"txn", `[["w",1,1]]`})
	lists := did([2]string{"txn", `[["append",1,1],["r",1,[1]]]`})
	reads := did([2]string{"txn", `[["r",1,null]]`})
	strange := did([2]string{"read", "[1]"}, [2]string{"compact", "1"})

	for i, c := range []struct {
		h        []history.Op
		likely   []string
		foreign  string // a workload that it is not of
		why      string
		entirely bool
	}{
		{set, []string{"g-set"}, "broadcast", "of 2 operations 1 are not of broadcast (broadcast, read): they are add; it looks like a history of g-set", true},
		{set, []string{"g-set"}, "g-counter", "the values of the operations are not those of g-counter; it looks like a history of g-set", true},
		{broadcast, []string{"broadcast"}, "g-set", "of 3 operations 2 are not of g-set (add, read): they are broadcast; it looks like a history of broadcast", true},
		{broadcast, []string{"broadcast"}, "echo", "the history has no operation of echo (echo): its operations are broadcast, read; it looks like a history of broadcast", true},
		{counter, []string{"g-counter", "pn-counter"}, "g-set", "the values of the operations are not those of g-set; it looks like a history of g-counter or pn-counter", true},
		{pn, []string{"pn-counter"}, "g-counter", "the values of the operations are not those of g-counter; it looks like a history of pn-counter", true},
		{registers, []string{"lin-kv"}, "g-set", "of 2 operations 1 are not of g-set (add, read): they are write; it looks like a history of lin-kv", true},
		{txn, []string{"txn-rw-register"}, "txn-list-append", "the values of the operations are not those of txn-list-append; it looks like a history of txn-rw-register", true},
		{lists, []string{"txn-list-append"}, "txn-rw-register", "the values of the operations are not those of txn-rw-register; it looks like a history of txn-list-append", true},
		{reads, []string{"txn-list-append", "txn-rw-register"}, "kafka", "the history has no operation of kafka (assign, crash, poll, send): its operations are txn; it looks like a history of txn-list-append or txn-rw-register", true},
		{strange, nil, "broadcast", "of 2 operations 1 are not of broadcast (broadcast, read): they are compact", false},
		{strange, nil, "unique-ids", "the history has no operation of unique-ids (generate): its operations are compact, read", true},
		{did(), nil, "echo", "nothing can be said: the history has no operation of a client", true},
		{counter[:2], []string{"g-counter", "g-set", "pn-counter"}, "", "", false},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			require.ElementsMatch(t, c.likely, All().Recognize(c.h))
			for _, name := range c.likely {
				why, _ := foreign(t, name, c.h)
				require.Empty(t, why)
			}
			if c.foreign != "" {
				why, entirely := foreign(t, c.foreign, c.h)
				require.Equal(t, c.why, why)
				require.Equal(t, c.entirely, entirely)
			}
		})
	}

	// The final reads are not marked.
	counter[len(counter)-1].Final = false
	why, entirely := foreign(t, "g-counter", counter)
	require.Contains(t, why, `none of 1 reads is marked final, and g-counter is judged by final reads alone`)
	require.False(t, entirely)

	// Malformed values are for the checker.
	mixed := did([2]string{"add", "1"}, [2]string{"read", "[1]"}, [2]string{"read", "1"})
	why, _ = foreign(t, "g-set", mixed)
	require.Empty(t, why)
	// Without invocations, completions count.
	why, entirely = foreign(t, "kafka", []history.Op{{Type: history.OK, F: "txn"}})
	require.Contains(t, why, "its operations are txn")
	require.True(t, entirely)
	many := did([2]string{"a", "1"}, [2]string{"b", "1"}, [2]string{"c", "1"}, [2]string{"d", "1"}, [2]string{"e", "1"}, [2]string{"f", "1"}, [2]string{"g", "1"})
	why, _ = foreign(t, "kafka", many)
	require.Contains(t, why, "its operations are a, b, c, d, e, 2 others")
}

func TestNative(t *testing.T) {
	const body = `{"echo":"Please echo 5","msg_id":3,"in_reply_to":4,"type":"echo_ok"}`
	h := did([2]string{"echo", body})
	native := echo().Native(h)
	require.Equal(t, `"Please echo 5"`, string(native[len(native)-1].Value))
	require.Equal(t, body, string(h[len(h)-1].Value), "the argument is left alone")

	for _, value := range []string{`"Please echo 5"`, `{"type":"echo_ok"}`, `{"type":"echo","echo":1,"in_reply_to":1}`, "7"} {
		mixed := did([2]string{"echo", body}, [2]string{"echo", value})
		require.Equal(t, mixed, echo().Native(mixed), "one that is not of that form shows that it is no form")
	}
}
