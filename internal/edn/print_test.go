package edn_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/edn"
)

func TestAppend(t *testing.T) {
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for want, v := range map[string]any{
		"nil": nil, "true": true, "-3": -3, "4": int64(4), "123456789012345678901234567890": big1,
		"1.0": float32(1), "2.0394738": float32(2.0394738), "0.1": 0.1, "1e+300": 1e300, "##Inf": math.Inf(1), "##-Inf": math.Inf(-1), "##NaN": math.NaN(),
		`"a\"b\\c\n\u001b"`: "a\"b\\c\n\x1b", ":valid?": edn.Keyword("valid?"), "[]": edn.List(nil), `(1 "x")`: edn.Seq{1, "x"}, "#{:a :b}": edn.Set{edn.Keyword("a"), edn.Keyword("b")},
		`{:a 1, "b" [2 {}]}`: edn.Map{{Key: edn.Keyword("a"), Value: 1}, {Key: "b", Value: edn.List{2, edn.Map{}}}}, "1.50": edn.Raw("1.50"),
	} {
		require.Equal(t, want, string(edn.Append(nil, v)))
		_, err := edn.Parse(want)
		require.NoError(t, err)
	}
	require.Panics(t, func() { edn.Append(nil, struct{}{}) })
}

func TestPrint(t *testing.T) {
	m := edn.Map{
		{Key: edn.Keyword("stats"), Value: edn.Map{{Key: edn.Keyword("valid?"), Value: true}, {Key: edn.Keyword("count"), Value: 304}}},
		{Key: edn.Keyword("workload"), Value: edn.Map{
			{Key: edn.Keyword("valid?"), Value: false}, {Key: edn.Keyword("lost"), Value: edn.Seq{strings.Repeat("a", 50), strings.Repeat("b", 50)}},
		}},
	}
	var b strings.Builder
	require.NoError(t, edn.Print(&b, m))
	require.Equal(t, `{:stats {:valid? true, :count 304},
 :workload {:valid? false,
            :lost ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")}}
`, b.String())
}

// A value cannot be aligned behind a name of a megabyte, or behind thousands of brackets.
func TestPrintBounded(t *testing.T) {
	elements := make(edn.List, 1000)
	for i := range elements {
		elements[i] = i
	}
	var deep any = elements
	for range 2000 {
		deep = edn.List{deep}
	}
	for _, v := range []any{edn.Map{{Key: strings.Repeat("k", 1<<20), Value: elements}}, deep} {
		var b strings.Builder
		require.NoError(t, edn.Print(&b, v))
		require.Less(t, b.Len(), len(edn.Append(nil, v))+10_000)
	}
}

func TestFromJSON(t *testing.T) {
	v, err := edn.FromJSON(json.RawMessage(`{"b":1.50,"0.5":[null,true,"x"],"a":{}}`))
	require.NoError(t, err)
	require.Equal(t, `{:b 1.50, "0.5" [nil true "x"], :a {}}`, string(edn.Append(nil, v)))
	_, err = edn.FromJSON(func() {})
	require.ErrorContains(t, err, "edn: json")
}

func FuzzAppendFromJSON(f *testing.F) {
	f.Add(`{"a" : [1,2.5e3,"\ud83d\ude00\/",null,{"b c":[]}]}`)
	f.Add(" [ ] ")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []edn.Style{{}, {Keys: true}, {Keys: true, Sets: true}} {
			out, err := edn.AppendFromJSON(nil, json.RawMessage(text), s)
			require.Equal(t, json.Valid([]byte(text)), err == nil)
			if err != nil {
				continue
			}
			v, err := edn.Parse(string(out))
			if err != nil { // numbers beyond float64, and values that are nested too deep
				require.Regexp(t, "is not a number|nested", err.Error())
				continue
			}
			_, err = edn.AppendJSON(nil, v)
			require.NoError(t, err)
		}
	})
}
