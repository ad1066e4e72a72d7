package harness

import (
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// A saved history gets the same judgement as in the run.
func TestJudge(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(registerEcho))
	test.Store = t.TempDir()
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	h, err := history.ReadFile(filepath.Join(res.Dir, "history.jsonl"))
	require.NoError(t, err)
	w, err := workload.All().New("echo", workload.Config{})
	require.NoError(t, err)

	j, err := Judge(w, h, "total")
	require.NoError(t, err)
	res.Warnings = nil // of the machine that day, which is not in the history
	want, err := json.Marshal(res.Judgement)
	require.NoError(t, err)
	got, err := json.Marshal(j)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(got))

	h[len(h)-1].Value = json.RawMessage(`"something else"`)
	j, err = Judge(w, h, "total")
	require.NoError(t, err)
	require.Equal(t, check.Invalid, j.Valid)
	require.Len(t, j.Reasons, 1)

	_, err = Judge(w, h, "most")
	require.ErrorContains(t, err, `harness: check: availability "most"`)
}

// A user's workload is made once per run.
func TestOwnWorkload(t *testing.T) {
	t.Parallel()
	test := quick("", InProcess(registerEcho))
	test.Store = t.TempDir()
	made := 0
	test.Own = map[string]string{"loud": "true"}
	test.Kind = workload.Kind{Name: "shout", Workers: 2, Make: func(c workload.Config) (workload.Workload, error) {
		made++
		require.Equal(t, []string{"n0", "n1", "n2"}, c.Nodes)
		require.Equal(t, 6, c.Workers)
		require.NotNil(t, c.Rand)
		require.Equal(t, "true", c.Own["loud"])
		return workload.All().New("echo", c)
	}}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Equal(t, "shout", filepath.Base(filepath.Dir(res.Dir)))
	require.Equal(t, 1, made)

	test.Kind.Make = func(workload.Config) (workload.Workload, error) { return nil, errors.New("no such luck") }
	_, err = Run(t.Context(), test)
	require.EqualError(t, err, "harness: no such luck")
	test.Kind.Name = "../shout"
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, `harness: workload: kind "../shout": want a name of lower-case letters`)
}

// Sentences for people are brief with every checker, even if a program sends large values.
func TestReasonsAreBrief(t *testing.T) {
	t.Parallel()
	const size = 200_000
	huge := strings.Repeat("x", size)
	list := "[" + strings.Repeat("9,", size/2) + "9]"
	histories := map[string]string{ // H is a huge string without quotes, L a huge list
		"echo":       `0 invoke H "H"|0 ok H "yH"|1 invoke echo 1|1 info echo 1 ! ["malformed-reply","H","H","H"]|2 invoke H 1|2 fail H 1 ! ["no-code","H"]`,
		"broadcast":  `0 invoke broadcast "H"|0 ok broadcast "H"|1 invoke read null|1 ok read L`,
		"g-set":      `0 invoke add L|0 ok add L|1 invoke read null|1 ok read L|1 invoke read null|1 ok read ["H"]`,
		"g-counter":  `0 invoke add 1|0 ok add 1|1 invoke read null final|1 ok read "H" final`,
		"pn-counter": `0 invoke add "H"|0 ok add "H"|1 invoke read null final|1 ok read 9 final`,
		"unique-ids": `0 invoke generate null|0 ok generate "H"|0 invoke generate null|0 ok generate "H"|0 invoke generate null|0 ok generate L`,
		"lin-kv":     `0 invoke write ["H","H"]|0 ok write ["H","H"]|1 invoke read ["H",null]|1 ok read ["H","yH"]`,
		"kafka":      `0 invoke send [["send","H","H"]]|0 ok send [["send","H",[1,"H"]]]|1 invoke poll [["poll"]]|1 ok poll [["poll",{"H":[[2,"zH"],[1,"yH"]]}]]|1 invoke H 1|1 fail H 1`,
		"lock":       `0 invoke enter null|0 ok enter "H"|1 invoke H null|1 ok H L|1 invoke H null|1 fail H null`,
		"txn-list-append": `0 invoke [["append","H","H"]]|0 ok txn [["append","H","H"]]|1 invoke txn [["r","H",null]]|1 ok txn [["r","H",L]]|` +
			`1 invoke txn [["H",1,2]]|1 ok txn [["H",1,2]]|2 invoke txn [["r","H",null]]|2 ok txn [["r","H","H"]]`,
		"txn-rw-register": `0 invoke txn [["w","H","H"]]|0 ok txn [["w","H","H"]]|1 invoke txn [["r","H",null]]|1 ok txn [["r","H","zH"]]|` +
			`1 invoke txn [["H",1,2]]|1 ok txn [["H",1,2]]|2 invoke txn [["r","H",null]]|2 ok txn [["r","H",null]]`,
	}
	require.ElementsMatch(t, workload.All().Names(), slices.Collect(maps.Keys(histories)))
	for name, lines := range histories {
		t.Run(name, func(t *testing.T) {
			var h []history.Op
			for _, line := range strings.Split(lines, "|") {
				line, final := strings.CutSuffix(line, " final")
				line, failure, _ := strings.Cut(line, " ! ")
				words := strings.SplitN(line, " ", 4)
				fill := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "H", huge), "L", list) }
				if len(words) == 3 { // without a function
					words = []string{words[0], words[1], "txn", words[2]}
				}
				process, err := strconv.Atoi(words[0])
				require.NoError(t, err)
				h = append(h, history.Op{
					Index: len(h), Time: int64(len(h)) * 1e6, Type: history.Type(words[1]), Process: history.Process(process),
					F: fill(words[2]), Value: json.RawMessage(fill(words[3])), Final: final, Error: json.RawMessage(fill(failure)),
				})
			}
			w, err := workload.All().New(name, workload.Config{Nodes: []string{"n0"}, Workers: 2})
			require.NoError(t, err)
			j, err := Judge(w, h, "")
			require.NoError(t, err)
			require.NotEqual(t, check.Valid, j.Valid)
			require.NotEmpty(t, j.Reasons)
			for _, reason := range append(j.Reasons, j.Warnings...) {
				require.Less(t, len(reason), 2100)
				require.LessOrEqual(t, strings.Count(reason, "\n"), 16)
			}
			require.Less(t, len(j.Reasons)+len(j.Warnings), 40)
		})
	}
}
