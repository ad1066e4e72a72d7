package compare

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/workload"
)

func parse(t *testing.T, text string) Results {
	t.Helper()
	r, err := Parse("results", []byte(text))
	require.NoError(t, err)
	return r
}

func TestParse(t *testing.T) {
	ours := parse(t, `{"valid": "unknown", "seed": 18446744073709551615, "net": {"servers": {"msgs-per-op": 0.5}}}`)
	require.Equal(t, json.Number("18446744073709551615"), ours.At("seed"))
	require.Equal(t, json.Number("0.5"), ours.At("net/servers/msgs-per-op"))
	theirs := parse(t, `{:valid? :unknown, :net {:servers {:msgs-per-op 0.5}}}`)
	require.Equal(t, ours.At("net"), theirs.At("net"))
	require.Equal(t, ours.At("valid"), theirs.At("valid"))

	for _, at := range []string{"nosuch", "seed/deeper", "net/nosuch/deeper", ""} {
		require.Nil(t, ours.At(at), at)
	}
	require.Nil(t, Results(nil).At("net/servers"))

	for text, says := range map[string]string{
		"[1":       "results: neither JSON nor Maelstrom's results: edn: line 1: ",
		"(1 2)":    "want a map",
		"[1]":      "no verdict",
		`{"a": 1}`: "results: no verdict in there",
	} {
		_, err := Parse("results", []byte(text))
		require.ErrorContains(t, err, says)
	}
}

func TestCompare(t *testing.T) {
	a := parse(t, `{"valid": true, "hash": "x", "elapsed-ns": 1500, "net": {"all": {"msg-count": 0}}, "reasons": ["r"],
		"nemesis": {"faults": ["partition"]}, "workload": {"worst-stale": [{"element": 1}]}}`)
	b := parse(t, `{"valid": false, "hash": "y", "elapsed-ns": 3000, "net": {"all": {"msg-count": 3}}}`)
	two := 2.0
	pairs := Pairs(harness.Figures(workload.All()), a, b)
	for i := range pairs {
		require.NotEmpty(t, pairs[i].About)
		pairs[i].About = ""
	}
	require.Equal(t, []Pair{
		{Path: "valid", A: true, B: false},
		{Path: "net/all/msg-count", Unit: "msgs", A: json.Number("0"), B: json.Number("3")},
		{Path: "nemesis/faults", A: []any{"partition"}},
		{Path: "elapsed-ns", Unit: "ns", A: json.Number("1500"), B: json.Number("3000"), Ratio: &two},
	}, pairs)
	require.Equal(t, []string{"differs", "differs", "", "2"},
		[]string{pairs[0].Relation(), pairs[1].Relation(), pairs[2].Relation(), pairs[3].Relation()})
	require.Empty(t, Pairs(harness.Figures(workload.All()), nil, nil))
	require.Len(t, Pairs(harness.Figures(workload.All()), a, nil), 4)
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		v          any
		unit, want string
	}{
		{nil, "ns", "-"},
		{true, "", "yes"},
		{false, "", "no"},
		{"unknown", "", "unknown"},
		{json.Number("1500"), "ns", "1.5 µs"},
		{json.Number("7"), "ms", "7 ms"},
		{json.Number("7"), "ops", "7"},
		{json.Number("0.75"), "", "0.75"},
		{json.Number("6.534883720930233"), "msgs", "6.5349"},
		{json.Number("18446744073709551615"), "", "18446744073709551615"},
		{[]any{json.Number("1"), "a"}, "", "[1 a]"},
		{"0123456789012345678901234567890123456789é", "", "012345678901234567890123456789012345678…"},
	} {
		require.Equal(t, c.want, Show(c.v, c.unit))
	}
}
