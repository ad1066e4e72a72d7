package why

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCarries(t *testing.T) {
	for _, c := range []struct {
		body, value string
		want        bool
	}{
		{`{"type":"broadcast","message":17}`, `17`, true},
		{`{"message":17}`, ` 17 `, true},
		{`{"messages":[1,17,3]}`, `17`, true},
		{`{"a":{"b":[[{"c":[17]}]]}}`, `17`, true},
		{`[17]`, `17`, true},
		{`17`, `17`, true},
		{`{"message":170}`, `17`, false},
		{`{"message":117}`, `17`, false},
		{`{"message":-17}`, `17`, false},
		{`{"message":-17}`, `-17`, true},
		{`{"message":17.5}`, `17`, false},
		{`{"message":"n17"}`, `17`, false},
		{`{"messages":[1,7]}`, `17`, false},

		// Numbers
		{`{"message":17.0}`, `17`, true},
		{`{"message":1.7e1}`, `17`, true},
		{`{"message":170E-1}`, `17`, true},
		{`{"message":17e+0}`, `17`, true},
		{`{"message":1.7e10}`, `17`, false},
		{`[0]`, `-0.0`, true},
		{`[0e999999999999999999999]`, `0`, false}, // nobody writes that
		{`[1e999999999999999999999]`, `1e999999999999999999999`, true},
		{`[9007199254740993]`, `9007199254740992`, false}, // equal as floats
		{`[9007199254740993]`, `9007199254740993`, true},
		{`[100]`, `1e2`, true},
		{`[0.01]`, `1e-2`, true},
		{`[0.010]`, `0.001`, false},

		// Strings and keys
		{`{"values":{"17":true}}`, `17`, true},
		{`{"values":{"171":true}}`, `17`, false},
		{`{"values":["17"]}`, `17`, true},
		{`{"values":[17]}`, `"17"`, false},
		{`{"values":["a"]}`, `"a"`, true},
		{`{"values":["\u0061"]}`, `"a"`, true},
		{`{"a":1}`, `"a"`, true},
		{`{"values":["ab"]}`, `"a"`, false},
		{`{"values":["\"a"]}`, `"\"a"`, true},
		{`{"values":[""]}`, `""`, true},
		{`{"value":"[1,17]"}`, `17`, true},
		{`{"value":"{\"17\":[\"[4]\"]}"}`, `4`, true},
		{`{"value":"[1,17"}`, `17`, false}, // cut off
		{`{"value":"[1,17,"}`, `17`, true},
		{`{"ok":true}`, `true`, true},
		{`{"ok":true}`, `"true"`, false},
		{`{"ok":null}`, `null`, true},

		// Fields of the protocol
		{`{"msg_id":17,"in_reply_to":17,"type":"17"}`, `17`, false},
		{`{"msg_id":17,"message":17}`, `17`, true},
		{`{"in_reply_to":{"a":[17]}}`, `17`, false},
		{`{"msg_ids":17}`, `17`, true},
		{`{"type":"a"}`, `"type"`, false},

		// Broken and cut off
		{``, `17`, false},
		{`{"message":17`, `17`, false}, // may have been 170
		{`{"message":17,`, `17`, true},
		{`{"message":"17`, `17`, false},
		{`{"messages":[17,18`, `17`, true},
		{`{"messages":[16,17`, `17`, false},
		{`{"message" 17}`, `17`, false},
		{`{"a":1,,"message":17}`, `17`, false},
		{`{"a":017}`, `17`, false},
		{`{"a":1.}`, `1`, false},
		{`{"a":+17}`, `17`, false},
		{`{"a":"\x","b":17}`, `17`, false},
		{`{17:17}`, `17`, false},
		{"\x00\xff", `17`, false},
		{strings.Repeat("[", maxDepth) + "17,", `17`, true},
		{strings.Repeat("[", 1e6) + "17,", `17`, false},

		// What is asked for is no scalar
		{`[[17]]`, `[17]`, false},
		{`[17]`, `17,`, false},
		{`[17]`, `17 17`, false},
		{`[17]`, ``, false},
		{`[17]`, `x`, false},
	} {
		require.Equal(t, c.want, carries([]byte(c.body), []byte(c.value)), "%.60s has %s", c.body, c.value)
	}
}

func TestPlacesOfScalars(t *testing.T) {
	var got []string
	eachScalar([]byte(`{"type":"gossip","seq":1,"have":[2,[3]],"by":{"n1":4,"5":true},"text":"[6]"}`), func(place, scalar []byte) bool {
		got = append(got, string(place)+" "+string(scalar))
		return len(got) < 15
	})
	require.Equal(t, []string{
		`{} "seq`, `.seq 1e0`, `{} "have`, `.have[] 2e0`, `.have[][] 3e0`, `{} "by`, `.by{} "n1`, `.by.n1 4e0`, `.by{} "5`, `.by{} 5e0`, `.by.# true`,
		`{} "text`, `.text "[6]`, `.text"[] 6e0`,
	}, got)
}

// What encoding/json makes of anything has each of its scalars, and no number that is not there.
func TestCarriesIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		there := make(map[int64]bool)
		var build func(depth int) any
		build = func(depth int) any {
			if depth == 0 || rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
				n := rapid.Int64Range(-30, 30).Draw(t, "number")
				there[n] = true
				return n
			}
			if rapid.Bool().Draw(t, "list") {
				list := []any{}
				for range rapid.IntRange(0, 4).Draw(t, "length") {
					list = append(list, build(depth-1))
				}
				return list
			}
			object := map[string]any{"type": 99, "msg_id": 98, "in_reply_to": 97}
			for range rapid.IntRange(0, 4).Draw(t, "length") {
				key := rapid.StringMatching(`[a-z"\\é]{1,8}|n[0-9]{2}`).Draw(t, "key")
				if !map[string]bool{"type": true, "msg_id": true, "in_reply_to": true}[key] {
					// A key may be drawn twice.
					if _, found := object[key]; !found {
						object[key] = build(depth - 1)
					}
				}
			}
			return object
		}
		body, err := json.Marshal(build(4))
		require.NoError(t, err)
		for n := int64(-31); n <= 99; n++ {
			require.Equal(t, there[n], carries(body, strconv.AppendInt(nil, n, 10)), "%s has %d", body, n)
		}
	})
}

// Equal numbers have one form, and others have another.
func TestFormOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64().Filter(func(f float64) bool { return f != 0 && !math.IsInf(f, 0) && !math.IsNaN(f) }).Draw(t, "a")
		one, ok := canonical(strconv.AppendFloat(nil, a, 'e', -1, 64))
		require.True(t, ok)
		other, ok := canonical(strconv.AppendFloat(nil, a, 'f', -1, 64))
		require.True(t, ok)
		require.Equal(t, one, other)
		next, ok := canonical(strconv.AppendFloat(nil, math.Nextafter(a, 0), 'g', -1, 64))
		require.True(t, ok)
		require.NotEqual(t, one, next)
	})
}

func FuzzCarries(f *testing.F) {
	for _, body := range []string{
		`{"type":"broadcast","message":17,"msg_id":1}`, `{"messages":[1,"17",{"17":null}]}`, `"{\"a\":[17]}"`, `[1e5,-0.0,true]`, `{"a":"\ud800"}`, `[[[`,
	} {
		f.Add([]byte(body), []byte(`17`))
	}
	f.Fuzz(func(t *testing.T, body, value []byte) {
		eachScalar(body, func(_, scalar []byte) bool {
			require.NotEmpty(t, scalar)
			return true
		})
		found := carries(body, value)
		form, ok := canonical(value)
		if !ok {
			require.False(t, found)
			return
		}
		require.NotEmpty(t, form)
		require.True(t, carries(value, value), "a scalar has itself")
		if json.Valid(value) {
			require.True(t, carries([]byte(`{"a":[`+string(value)+`]}`), value))
			require.False(t, carries([]byte(`{"msg_id":`+string(value)+`}`), value))
		}
		if json.Valid(body) {
			require.Equal(t, found, carries([]byte(`[`+string(body)+`]`), value), "found at any depth")
		}
	})
}
