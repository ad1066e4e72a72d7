package check_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/internal/corpus"
)

// requireFields compares every field of want. It compares numbers by their text.
func requireFields(t *testing.T, want map[string]json.RawMessage, got any) {
	t.Helper()
	b, err := json.Marshal(got)
	require.NoError(t, err)
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b, &fields))
	for name, w := range want {
		require.Equal(t, decode(t, w), decode(t, fields[name]), "field %q", name)
	}
	for _, name := range []string{"stable-latencies", "lost-latencies"} { // optional ones
		require.Equal(t, want[name] != nil, fields[name] != nil, "field %q", name)
	}
}

func decode(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v))
	return v
}

func TestCorpusSetFull(t *testing.T) {
	cases := corpus.Read[corpus.Case](t, "setfull")
	require.Len(t, cases, 79)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			add := "broadcast"
			for _, op := range c.History {
				if op.F == "add" {
					add = "add"
				}
			}
			r := check.SetFull(c.History, add)
			requireFields(t, c.Expect, r)
			corpus.RequireReasons(t, r)
		})
	}
}

func TestCorpusUniqueIDs(t *testing.T) {
	// The reference compares every id with the lowest and the highest so far. If it cannot compare them, it throws, and
	// reports only "unknown". Our checker still reports an id that was given out twice.
	throws := map[string]bool{
		"uniqueids-object-015":               true, // objects have no order
		"uniqueids-object-dup-016":           true,
		"uniqueids-object-035":               true,
		"uniqueids-object-dup-036":           true,
		"uniqueids-object-055":               true,
		"uniqueids-object-dup-056":           true,
		"uniqueids-mixed-int-string-032":     true, // a number and a string have none
		"uniqueids-mixed-int-string-dup-033": true,
		"uniqueids-mixed-int-string-dup-053": true,
	}
	certain := 0
	cases := corpus.Read[corpus.Case](t, "uniqueids")
	require.Len(t, cases, 55)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			require.Equal(t, throws[c.Name], c.Expect["exception"] != nil)
			delete(c.Expect, "exception")
			r := check.UniqueIDs(c.History)
			if throws[c.Name] && r.DuplicatedCount > 0 {
				require.JSONEq(t, `"unknown"`, string(c.Expect["valid"]))
				certain++
				c.Expect["valid"] = json.RawMessage("false")
			}
			requireFields(t, c.Expect, r)
			corpus.RequireReasons(t, r)
			require.Equal(t, throws[c.Name], r.Incomparable != nil)
		})
	}
	require.Equal(t, 2, certain)
}

func TestCorpusAvailabilityAndStats(t *testing.T) {
	cases := corpus.Read[corpus.Case](t, "availability_stats")
	require.Len(t, cases, 71)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var expect struct {
				Valid        check.Verdict
				Availability struct {
					Valid    check.Verdict
					Fraction float32 `json:"ok-fraction"`
				}
				Stats   map[string]json.RawMessage
				Without check.Verdict `json:"stats-without-kafka-wrapper-valid"`
			}
			b, err := json.Marshal(c.Expect)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(b, &expect))
			require.Len(t, c.Expect, 4)

			want := ""
			if c.Options["availability"] != nil {
				b, err := json.Marshal(c.Options["availability"])
				require.NoError(t, err)
				want = strings.Trim(string(b), `"`)
			}
			a, err := check.NewAvailability(c.History, want)
			require.NoError(t, err)
			require.Equal(t, expect.Availability.Valid, a.Valid)
			require.InDelta(t, expect.Availability.Fraction, a.OKFraction, 0)
			corpus.RequireReasons(t, a)

			s := check.NewStats(c.History, "crash")
			requireFields(t, expect.Stats, s)
			corpus.RequireReasons(t, s)
			require.Equal(t, expect.Without, check.NewStats(c.History).Valid)
			require.Equal(t, expect.Valid, check.Worst(a.Valid, s.Valid))
		})
	}
}
