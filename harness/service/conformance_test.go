package service

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// kvNames returns the names of the key/value services.
func kvNames() []string { return []string{node.LinKV, node.SeqKV, node.LWWKV} }

// settle brings src up to date in any key/value service, if only src has made changes: it reads until the replicas of lww-kv
// are merged.
func settle(t require.TestingT, s Service, src string) {
	for range 100 {
		ask(t, s, src, readBody(`"nobody writes this"`))
	}
}

// A step is a request and its expected result: a value, "ok", or the code of an error.
type step struct{ body, want string }

func (r reply) outcome() string {
	switch {
	case r.Type == "error":
		return fmt.Sprint(r.Code)
	case r.Value != nil:
		return string(r.Value)
	}
	return "ok"
}

// The behaviour of every key/value service with a single client.
func TestConformance(t *testing.T) {
	for _, scenario := range []struct {
		name  string
		steps []step
	}{
		{"read, write", []step{
			{readBody(`"x"`), "20"},
			{writeBody(`"x"`, 1), "ok"},
			{readBody(`"x"`), "1"},
			{writeBody(`"x"`, `"two"`), "ok"},
			{readBody(`"x"`), `"two"`},
		}},
		{"compare and set", []step{
			{casBody(`"x"`, 1, 2), "20"},
			{writeBody(`"x"`, 1), "ok"},
			{casBody(`"x"`, 1, 2), "ok"},
			{casBody(`"x"`, 1, 3), "22"},
			{readBody(`"x"`), "2"},
			{casBody(`"x"`, 2, 2), "ok"},
			{readBody(`"x"`), "2"},
		}},
		{"a flag that is off", []step{
			{`{"type":"cas","key":"x","from":0,"to":1,"create_if_not_exists":false}`, "20"},
			{`{"type":"cas","key":"x","from":0,"to":1,"create_if_not_exists":null}`, "20"},
			{`{"type":"cas","key":"x","from":0,"to":1,"CREATE_IF_NOT_EXISTS":true}`, "20"},
			{readBody(`"x"`), "20"},
		}},
		{"keys do not mix", []step{
			{writeBody(`"x"`, 1), "ok"},
			{readBody(`"y"`), "20"},
			{writeBody(`"y"`, 2), "ok"},
			{readBody(`"x"`), "1"},
		}},
		{"keys are JSON values", []step{
			{writeBody(`1`, `"integer"`), "ok"},
			{writeBody(`1.0`, `"float"`), "ok"},
			{writeBody(`"1"`, `"string"`), "ok"},
			{writeBody(`null`, `"null"`), "ok"},
			{writeBody(`{"a":1,"b":[2]}`, `"object"`), "ok"},
			{writeBody(`123456789012345678901234567890`, `"large"`), "ok"},
			{readBody(`1`), `"integer"`},
			{readBody(`10e-1`), `"float"`},
			{readBody(`"\u0031"`), `"string"`},
			{readBody(`null`), `"null"`},
			{readBody(`{"b": [2], "a": 1}`), `"object"`},
			{readBody(`123456789012345678901234567891`), "20"},
		}},
		{"values are JSON values", []step{
			{writeBody(`"x"`, `null`), "ok"},
			{readBody(`"x"`), "null"},
			{casBody(`"x"`, `false`, `{"a":1,"b":2}`), "22"},
			{casBody(`"x"`, `null`, `{"a":1,"b":2}`), "ok"},
			{casBody(`"x"`, `{"a":1,"b":2.0}`, `1`), "22"},
			{casBody(`"x"`, `{ "b":2, "a":1 }`, `1`), "ok"},
			{casBody(`"x"`, `1.0`, `0`), "22"},
			{casBody(`"x"`, `1`, `1.0`), "ok"},
			{casBody(`"x"`, `1`, `0`), "22"},
			{casBody(`"x"`, `1e0`, `0`), "ok"},
		}},
		{"integers are exact", []step{
			{writeBody(`"x"`, `9007199254740993`), "ok"},
			{casBody(`"x"`, `9007199254740992`, `0`), "22"},
			{readBody(`"x"`), "9007199254740993"},
			{casBody(`"x"`, `9007199254740993`, `123456789012345678901234567890`), "ok"},
			{readBody(`"x"`), "123456789012345678901234567890"},
		}},
		{"refused requests change nothing", []step{
			{writeBody(`"x"`, 1), "ok"},
			{`{"type":"append","key":"x","value":2}`, "10"},
			{`{"type":["write"],"key":"x","value":2}`, "12"},
			{readBody(`"x"`), "1"},
		}},
		{"more changes than seq-kv keeps", append(writes(100), step{readBody(`"x"`), "99"}, step{readBody(`"y"`), "98"})},
	} {
		for _, name := range kvNames() {
			t.Run(scenario.name+"/"+name, func(t *testing.T) { play(t, newService(t, name, 1), scenario.steps) })
		}
	}
}

// writes returns writes of 0 … n-1, in turns to "y" and "x".
func writes(n int) []step {
	keys := []string{`"y"`, `"x"`}
	var steps []step
	for i := range n {
		steps = append(steps, step{writeBody(keys[i%2], i), "ok"})
	}
	return steps
}

func play(t *testing.T, s Service, steps []step) {
	for i, step := range steps {
		r := ask(t, s, "n1", step.body)
		require.Equal(t, step.want, r.outcome(), "step %d: %s: %s", i, step.body, r.Text)
		settle(t, s, "n1")
	}
}

// A cas may create a key, but not in lww-kv.
func TestCreateIfNotExists(t *testing.T) {
	for _, name := range []string{node.LinKV, node.SeqKV} {
		play(t, newService(t, name, 1), []step{
			{createBody(`"x"`, 0, 5), "ok"},
			{readBody(`"x"`), "5"},
			{createBody(`"x"`, 0, 6), "22"},
			{createBody(`"x"`, 5, 6), "ok"},
			{readBody(`"x"`), "6"},
			{`{"type":"cas","key":"y","from":0,"to":1,"create_if_not_exists":0}`, "ok"}, // on: neither false nor null
			{readBody(`"y"`), "1"},
		})
	}
	play(t, newService(t, node.LWWKV, 1), []step{
		{createBody(`"x"`, 0, 5), "20"},
		{writeBody(`"x"`, 0), "ok"},
		{createBody(`"x"`, 0, 5), "ok"},
		{readBody(`"x"`), "5"},
	})
}
