package choice_test

import (
	"encoding/json"
	"math"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
)

func TestOverridesText(t *testing.T) {
	o := choice.Overrides{
		{Stream: "nemesis/partition/3", At: 0, Option: 2},
		{Stream: "network/n-0/n_1.x/loss", At: 3, Option: 1},
		{Stream: "network/n-0/n_1.x/loss", At: 12, Option: 0},
		{Stream: "workload", At: 1 << 30, Option: math.MaxUint64},
	}
	const text = "nemesis/partition/3:0.2~network/n-0/n_1.x/loss:3.1-12.0~workload:1073741824.18446744073709551615"
	require.Equal(t, text, o.String())
	for _, form := range []string{
		text,
		"workload:1073741824.18446744073709551615\nnetwork/n-0/n_1.x/loss:12.0-3.1\r\n\n  nemesis/partition/3:0.2\n",
		"network/n-0/n_1.x/loss:3.1~nemesis/partition/3:0.2~network/n-0/n_1.x/loss:12.0~workload:1073741824.18446744073709551615",
	} {
		got, err := choice.ParseOverrides(form)
		require.NoError(t, err)
		require.Equal(t, o, got)
	}
	u, err := url.Parse("http://localhost/run?choices=" + text + "#" + text)
	require.NoError(t, err)
	require.Equal(t, text, u.Query().Get("choices"))
	require.Equal(t, text, u.Fragment)

	for _, none := range []choice.Overrides{nil, {}} {
		require.Equal(t, "0", none.String())
	}
	none, err := choice.ParseOverrides("0\n")
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestParseOverridesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                         `choice: no decisions: want STREAM:DECISION.OPTION such as "network/n0/n1/loss:3.1", or "0" for none`,
		" \n":                      `choice: no decisions: want STREAM:DECISION.OPTION such as "network/n0/n1/loss:3.1", or "0" for none`,
		"12.3":                     `choice: "12.3": want STREAM:DECISION.OPTION, such as "network/n0/n1/loss:3.1"`,
		"0~a:1.1":                  `choice: "0": want STREAM:DECISION.OPTION, such as "network/n0/n1/loss:3.1"`,
		":1.1":                     `choice: stream "": want a name of letters, digits, '/', '_', '-' and '.'`,
		"n0>n1:1.1":                `choice: stream "n0>n1": want a name of letters, digits, '/', '_', '-' and '.'`,
		"a:":                       `choice: stream a: "": want DECISION.OPTION, such as "12.3"`,
		"a:1.1-2":                  `choice: stream a: "2": want DECISION.OPTION, such as "12.3"`,
		"a:1.x":                    `choice: stream a: "1.x": option "x": want a number from 0 on`,
		"a:01.1":                   `choice: stream a: "01.1": decision "01": want 1, without zeros before it`,
		"a:1.1~a:1.2":              `choice: a decision is there twice: want each once`,
		"a:2147483648.1":           `choice: stream a: "2147483648.1": decision 2147483648: want at most 2147483647`,
		"a:1.18446744073709551616": `choice: stream a: "1.18446744073709551616": option 18446744073709551616: want at most 18446744073709551615`,
	} {
		_, err := choice.ParseOverrides(text)
		require.EqualError(t, err, want)
	}
}

func TestSort(t *testing.T) {
	o := choice.Overrides{{"b", 1, 1}, {"a", 2, 2}, {"b", 1, 3}, {"a", 1, 4}, {"b", 0, 5}, {"b", 1, 6}}
	require.Equal(t, choice.Overrides{{"a", 1, 4}, {"a", 2, 2}, {"b", 0, 5}, {"b", 1, 6}}, o.Sort(), "the last one counts")
	require.Empty(t, choice.Overrides{}.Sort())
}

func TestOverridesInJSON(t *testing.T) {
	type run struct {
		Choices choice.Overrides `json:"choices,omitempty"`
	}
	for want, r := range map[string]run{`{}`: {}, `{"choices":"a:1.2"}`: {choice.Overrides{{"a", 1, 2}}}} {
		b, err := json.Marshal(r)
		require.NoError(t, err)
		require.JSONEq(t, want, string(b))
		var got run
		require.NoError(t, json.Unmarshal(b, &got))
		require.Equal(t, r, got)
	}
	var got run
	require.ErrorContains(t, json.Unmarshal([]byte(`{"choices": "1"}`), &got), "choice: ")
}

func FuzzParseOverrides(f *testing.F) {
	for _, seed := range []string{"", "0", "a:1.2", "network/n0/n1/loss:3.1-12.0~workers:0.2", "b:1.1\na:2.2", "a:1.1~a:1.2", "a:01.1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := choice.ParseOverrides(text)
		if err != nil {
			require.Nil(t, o)
			require.ErrorContains(t, err, "choice: ")
			return
		}
		again, err := choice.ParseOverrides(o.String())
		require.NoError(t, err)
		require.Equal(t, o, again)
	})
}
