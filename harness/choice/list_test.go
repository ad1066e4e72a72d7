package choice_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
)

func ExampleParse() {
	l, err := choice.Parse("2.3-5.1")
	fmt.Println([]int(l), err)
	fmt.Println(choice.List{0, 0, 3, 0, 0, 1, 0, 0})
	// Output:
	// [0 0 3 0 0 1] <nil>
	// 2.3-5.1
}

func TestListText(t *testing.T) {
	for text, list := range map[string]choice.List{
		"0":                          {},
		"0.1":                        {1},
		"12.3":                       {12: 3},
		"12.3-17.1":                  {12: 3, 17: 1},
		"0.2-1.2147483647-1048575.1": {0: 2, 1: choice.MaxOption, choice.MaxLen - 1: 1},
	} {
		got, err := choice.Parse(text)
		require.NoError(t, err)
		require.Equal(t, list, got)
		require.Equal(t, text, list.String())
		require.Equal(t, text, append(list, 0, 0).String(), "trailing zeros are dropped")
		require.Equal(t, text, url.PathEscape(text))
		require.Equal(t, text, url.QueryEscape(text))
	}
	require.Equal(t, "0", choice.List(nil).String())
	require.Equal(t, choice.List{0, 1}, choice.List{0, 1, 0, 0}.Trim())
	require.Empty(t, choice.List{0, 0}.Trim())
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":             `choice: no decisions: want pairs such as "12.3-17.1", or "0" for the list without any`,
		"12":           `choice: pair 1 of the list, "12": want DECISION.OPTION, such as "12.3"`,
		"1.1-":         `choice: pair 2 of the list, "": want DECISION.OPTION, such as "12.3"`,
		"1.1--2.1":     `choice: pair 2 of the list, "": want DECISION.OPTION, such as "12.3"`,
		"1.x":          `choice: pair 1 of the list, "1.x": option "x": want a number from 0 on`,
		"+1.1":         `choice: pair 1 of the list, "+1.1": decision "+1": want a number from 0 on`,
		" 1.1":         `choice: pair 1 of the list, " 1.1": decision " 1": want a number from 0 on`,
		"1.1.1":        `choice: pair 1 of the list, "1.1.1": option "1.1": want a number from 0 on`,
		"01.1":         `choice: pair 1 of the list, "01.1": decision "01": want 1, without zeros before it`,
		"1.00":         `choice: pair 1 of the list, "1.00": option "00": want 0, without zeros before it`,
		"1.0":          `choice: pair 1 of the list, "1.0": option 0 is left out, as it is the one that is taken without a pair`,
		"3.1-2.1":      `choice: pair 2 of the list, "2.1": decision 2 comes after decision 3: want them in order, each once`,
		"3.1-3.2":      `choice: pair 2 of the list, "3.2": decision 3 comes after decision 3: want them in order, each once`,
		"1048576.1":    `choice: pair 1 of the list, "1048576.1": decision 1048576: want at most 1048575`,
		"1.2147483648": `choice: pair 1 of the list, "1.2147483648": option 2147483648: want at most 2147483647`,
		"1." + strings.Repeat("9", 100): `choice: pair 1 of the list, "1.` + strings.Repeat("9", 38) + `…": option ` +
			strings.Repeat("9", 40) + `…: want at most 2147483647`,
	} {
		_, err := choice.Parse(text)
		require.EqualError(t, err, want)
	}
}

func TestListInJSON(t *testing.T) {
	type run struct{ Choices choice.List }
	b, err := json.Marshal(run{choice.List{0, 2}})
	require.NoError(t, err)
	require.JSONEq(t, `{"Choices": "1.2"}`, string(b))
	var got run
	require.NoError(t, json.Unmarshal(b, &got))
	require.Equal(t, choice.List{0, 2}, got.Choices)
	require.ErrorContains(t, json.Unmarshal([]byte(`{"Choices": "1"}`), &got), "choice: pair 1 of the list")
	require.Equal(t, choice.List{0, 2}, got.Choices, "an error changes nothing")
}

// Each list has one text: what Parse accepts is what String returns.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "0", "12.3-17.1", "0.1", "1.0", "01.1", "1048576.1", "3.1-2.1", "1.2147483648"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := choice.Parse(text)
		if err != nil {
			require.Nil(t, l)
			require.ErrorContains(t, err, "choice: ")
			return
		}
		require.Equal(t, text, l.String())
		require.LessOrEqual(t, len(l), choice.MaxLen)
		require.Len(t, l, len(l.Trim()))
	})
}
