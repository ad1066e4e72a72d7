package history_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
)

// A notation writes operations in one of the formats.
type notation struct {
	name, field string // field formats the name of a field as in an error
	write       func(fields map[string]string) string
}

func notations() []notation {
	return []notation{
		{"JSON", `field "%s"`, func(fields map[string]string) string { return join(fields, `"%s": %s`) }},
		{"EDN", ":%s", func(fields map[string]string) string { return join(fields, ":%s %s") }},
	}
}

func join(fields map[string]string, format string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, fmt.Sprintf(format, name, fields[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// operation returns the fields of an operation. Their values are written the same in both formats.
func operation(index int, typ string, change ...string) map[string]string {
	fields := map[string]string{
		"index": fmt.Sprint(index), "time": fmt.Sprint(10 * index), "type": fmt.Sprintf("%q", typ), "process": "3", "f": `"read"`, "value": "[1]",
	}
	for i := 0; i < len(change); i += 2 {
		fields[change[i]] = change[i+1]
	}
	return fields
}

func without(fields map[string]string, name string) map[string]string {
	delete(fields, name)
	return fields
}

func read(tolerate []history.Deviation, lines ...string) ([]history.Op, error) {
	return history.Reader{Tolerate: tolerate}.Read(strings.NewReader(strings.Join(lines, "\n")))
}

// Every field must have its type, and its exact name.
func TestFields(t *testing.T) {
	for _, n := range notations() {
		t.Run(n.name, func(t *testing.T) {
			first := n.write(operation(0, "invoke"))
			ops, err := read(nil, first, n.write(operation(1, "ok", "final", "true", "error", `"e"`, "node", `"n1"`, "client", `"c1"`, "effect", "{}")))
			require.NoError(t, err)
			require.Len(t, ops, 2)
			require.Equal(t, history.Op{
				Index: 1, Time: 10, Type: history.OK, Process: 3, Node: "n1", Client: "c1", F: "read", Value: []byte("[1]"), Final: true, Error: []byte(`"e"`),
				Effect: &history.Effect{},
			}, ops[1])

			ops, err = read(nil, first, n.write(operation(1, "ok", "node", "[1]", "client", "1", "effect", "[7]")))
			require.NoError(t, err, "others may mean something else by these")
			require.Empty(t, ops[1].Node)
			require.Empty(t, ops[1].Client)
			require.Nil(t, ops[1].Effect)

			for _, c := range []struct{ name, value, want string }{
				{"index", `"1"`, "an integer from 0"},
				{"index", "-1", "an integer from 0"},
				{"index", "1.0", "an integer from 0"},
				{"time", `"10"`, "an integer, in nanoseconds"},
				{"time", "1.5", "an integer, in nanoseconds"},
				{"time", "true", "an integer, in nanoseconds"},
				{"time", "99999999999999999999", "an integer, in nanoseconds"},
				{"type", `"OK"`, "invoke, ok, fail or info"},
				{"type", "1", "invoke, ok, fail or info"},
				{"type", "[]", "invoke, ok, fail or info"},
				{"process", "-1", `a number from 0, or "nemesis"`},
				{"process", "1.5", `a number from 0, or "nemesis"`},
				{"process", `"3"`, `a number from 0, or "nemesis"`},
				{"process", "[]", `a number from 0, or "nemesis"`},
				{"f", "7", "a string"},
				{"f", "[]", "a string"},
				{"final", "1", "true or false"},
				{"final?", `"true"`, "true or false"},
			} {
				_, err := read(nil, first, n.write(operation(1, "ok", c.name, c.value)))
				require.EqualError(t, err, "history: line 2: "+fmt.Sprintf(n.field, c.name)+": "+c.value+": want "+c.want)
				_, err = read(history.Deviations(), first, n.write(operation(1, "ok", c.name, c.value)))
				require.Error(t, err, "a wrong type is never tolerated")
			}
			for _, name := range []string{"index", "time", "type", "process", "f", "value"} {
				_, err := read(nil, first, n.write(without(operation(1, "ok"), name)))
				require.EqualError(t, err, "history: line 2: no field "+name)

				misspelt := without(operation(1, "ok", name+"s", "0"), name)
				_, err = read(nil, first, n.write(misspelt))
				require.ErrorContains(t, err, fmt.Sprintf("history: line 2: no field is called %q: want index, time, ", name+"s"))
				require.ErrorContains(t, err, "; there is no "+name)

				_, err = read([]history.Deviation{history.Fields}, first, n.write(misspelt))
				required := name == "type" || name == "process" || name == "f"
				require.Equal(t, required, err != nil, "%s: %v", name, err)
			}
			for _, name := range []string{"Process", "PROCESS", "Final", "proc"} {
				_, err := read(nil, first, n.write(operation(1, "ok", name, "0")))
				require.ErrorContains(t, err, fmt.Sprintf("no field is called %q", name))
			}
			process := strings.Trim(n.write(map[string]string{"process": "3"}), "{}")
			_, err = read(nil, first, strings.Replace(n.write(operation(1, "ok")), "{", "{"+process+", ", 1))
			require.ErrorContains(t, err, fmt.Sprintf(n.field, "process")+" twice")
		})
	}
}

// Different spellings of the same JSON are read as the same operation.
func TestJSONSpelling(t *testing.T) {
	ops, err := read(nil, ` {"\u0069ndex" : 0 ,"time":5, "type" :"ok","process":"nemesis","f":"a\"}{\\","value": { "k" : [ 1 , "}, ]\\" ] },"error":[ ] } `)
	require.NoError(t, err)
	require.Equal(t, []history.Op{{
		Time: 5, Type: history.OK, Process: history.Nemesis, F: `a"}{\`, Value: []byte(`{"k":[1,"}, ]\\"]}`), Error: []byte("[]"),
	}}, ops)
	_, err = read(nil, `{"index":0}`, "17")
	require.ErrorContains(t, err, "line 1: no field time, type, process, f and value")
	ops, err = history.Read(strings.NewReader("17"))
	require.ErrorContains(t, err, "line 1: want an object, an operation")
	require.Empty(t, ops)
}
