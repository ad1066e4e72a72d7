package challenge

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/why"
	"glomers/internal/compare"
)

func TestChoose(t *testing.T) {
	all, err := Choose([]string{"all", "1"})
	require.NoError(t, err)
	require.Equal(t, All(), all)
	some, err := Choose([]string{"3E", "1", "1"})
	require.NoError(t, err)
	require.Len(t, some, 2)
	require.Equal(t, "1", some[0].ID)
	every, err := Choose([]string{"ALL+"})
	require.NoError(t, err)
	require.Equal(t, Every(), every)
	ours, err := Choose([]string{"8", "7"})
	require.NoError(t, err)
	require.Equal(t, Additional(), ours)
}

func TestMeant(t *testing.T) {
	for word, says := range map[string]string{
		"3":         "want one of its parts, 3a, 3b, 3c, 3d or 3e, or several",
		"Broadcast": "did you mean 3a, 3b, 3c, 3d or 3e?",
		"g-counter": "did you mean 4?",
		"1,2":       "want spaces between them: 1 2",
		"1a":        "want all, all+, 1, 2, 3a, 3b, 3c, 3d, 3e, 4, 5a, 5b, 5c, 6a, 6b, 6c, 7 or 8",
		"":          "want all, all+, 1, 2, 3a, 3b, 3c, 3d, 3e, 4, 5a, 5b, 5c, 6a, 6b, 6c, 7 or 8",
	} {
		require.Equal(t, says, Meant(word, Sets()...), word)
	}
	require.Empty(t, Parts("1"), "it is whole")
	require.Equal(t, []string{"6a", "6b", "6c"}, Parts("6"))
}

func TestDescribe(t *testing.T) {
	require.Empty(t, Describe("3", "glomers"))
	for _, id := range IDs() {
		text := Describe(strings.ToUpper(id), "prog")
		require.Contains(t, text, "\n  prog challenge "+id+" --bin PATH")
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, utf8.RuneCountInString(line), 81, line)
		}
	}
	require.Contains(t, Describe("3e", "prog"), "  Target:  < 20 msgs/op, < 1000 / 2000 ms\n")
	require.Contains(t, Describe("6c", "prog"), "https://fly.io/dist-sys/6c/ ")
	require.Contains(t, Describe("8", "prog"), "  examples/list-append ")
}

func TestTargets(t *testing.T) {
	goal := Targets{MsgsPerOp: 30, Median: 400 * time.Millisecond, Max: 600 * time.Millisecond}
	require.Empty(t, goal.Missed(29.9, stale(399, 599)))
	require.Empty(t, Targets{}.Missed(1000, nil))
	require.Equal(t, []string{
		"msgs/op is 30, the target is below 30",
		"median stable latency is 400ms, the target is below 400ms",
		"maximum stable latency is 1s, the target is below 600ms",
	}, goal.Missed(30, stale(400, 1000)))
	require.Equal(t, []string{"no stable latency was measured"}, goal.Missed(0, nil))
}

func TestTable(t *testing.T) {
	second := milliseconds{time.Second}
	chs := []Challenge{All()[0], All()[5], All()[6]}
	done := []Outcome{
		{Challenge: "1", Name: "echo", OKFraction: 1, Judged: true, Took: second},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 1, MsgsPerOp: 2, Stale: stale(200, 300), Judged: true, Took: second},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 1, MsgsPerOp: 4, Stale: stale(240, 700), Judged: true, Took: second, Missed: []string{"maximum stable latency is 700ms"}, Seed: 7, Dir: "store/x", Again: "glomers challenge 3d --seed 7"},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 0.5, MsgsPerOp: 3, Stale: stale(220, 310), Judged: true, Took: second, Valid: check.Invalid, Reasons: []string{"value 3 is missing\nreply: []"}},
		{Challenge: "3d", Name: "efficient broadcast I", Judged: true, Took: second, Broken: "node n3 exited"},
	}
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, chs, done, ""))
	require.Equal(t, `
challenge                  verdict                                         availability   msgs/op          median                       max                          time
1 echo                     valid                                           1              0                -                            -                            1 s
3d efficient broadcast I   1 valid, 1 target missed, 1 invalid, 1 broken   1 [0.5–1]      3 [2–4] (< 30)   220 ms [200–240] (< 400ms)   310 ms [300–700] (< 600ms)   1 s [1–1]

median, max: until what was acknowledged is seen everywhere

3d efficient broadcast I: target missed
  maximum stable latency is 700ms
  store: store/x
  again: glomers challenge 3d --seed 7

3d efficient broadcast I: invalid
  value 3 is missing
    reply: []
  store: none

3d efficient broadcast I: broken
  node n3 exited
  store: none
`, b.String())
}

// Both verdicts on transactions are there: the reference's, and what was decided completely.
func TestTableSaysWhatWasDecided(t *testing.T) {
	all := All()
	committed := all[slices.IndexFunc(all, func(ch Challenge) bool { return ch.ID == "6c" })]
	decide := func(values ...string) *elle.Decided {
		var h []history.Op
		for i, value := range values {
			h = append(h, history.Op{Index: i, Process: history.Process(i), Type: history.OK, F: "txn", Value: json.RawMessage(value)})
		}
		return elle.Register(h, elle.Options{Models: []elle.Model{elle.ReadCommitted}}).Decided
	}
	run := Outcome{Challenge: "6c", Name: committed.Name, OKFraction: 1, Judged: true, Decided: decide(`[["w",8,1],["w",9,1]]`, `[["r",8,1],["r",9,1]]`)}
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, []Challenge{committed}, []Outcome{run}, ""))
	require.Contains(t, b.String(), "valid; decided: causal consistency ")
	require.Contains(t, b.String(), "\ndecided: the strongest of ")

	fractured := run
	fractured.Decided = decide(`[["w",8,1],["w",9,1]]`, `[["r",8,null],["r",9,1]]`)
	b.Reset()
	require.NoError(t, WriteTable(&b, []Challenge{committed}, []Outcome{run, fractured}, ""))
	require.Contains(t, b.String(), "valid; decided: causal consistency, read committed ")
	require.Contains(t, b.String(), "\n6c read committed: decided completely: read committed holds; read atomic is violated (and with it causal consistency): T1 (op 1, process 1) knew of")
}

// If no node has shown what another wrote, there are no times to tell.
func TestNoStaleness(t *testing.T) {
	require.Nil(t, compare.StalenessOf(&elle.Result{Delay: &elle.Delay{}}))
	require.NotNil(t, compare.StalenessOf(&elle.Result{Delay: &elle.Delay{Shown: 1}}))
}

// The sizes of messages are there as far as they were counted.
func TestTableSaysHowLargeMessagesWere(t *testing.T) {
	perOp := func(n float64) *float64 { return &n }
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, All(), []Outcome{
		{Challenge: "3d", Name: "efficient broadcast I", BytesPerOp: perOp(100), Largest: 2000},
		{Challenge: "3d", Name: "efficient broadcast I", BytesPerOp: perOp(120), Largest: 65_000},
		{Challenge: "3e", Name: "efficient broadcast II"},
	}, ""))
	require.Contains(t, b.String(), "\nbytes per operation between servers (bodies), largest message:\n  3d efficient broadcast I: 110 [100–120], 65 kB\n")
	require.NotContains(t, b.String(), "3e efficient broadcast II:")
}

func TestTableMarksWhatTheMachineDistorted(t *testing.T) {
	late := []string{"the harness was late"}
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, All(), []Outcome{
		{Challenge: "1", Name: "echo", Judged: true},
		{Challenge: "3e", Name: "efficient broadcast II", Judged: true},
		{Challenge: "3e", Name: "efficient broadcast II", Judged: true, Warnings: late, Distorted: late},
	}, ""))
	require.Regexp(t, `3e efficient broadcast II +valid † +0 `, b.String())
	require.Regexp(t, `1 echo +valid +0 `, b.String())
	require.Contains(t, b.String(), "\n†: the machine distorted a run")
	require.Contains(t, b.String(), "  warning: the harness was late\n")
}

func TestTableSaysWhenFinalOperationsCame(t *testing.T) {
	var b bytes.Buffer
	done := []Outcome{{Challenge: "3a", Judged: true}, {Challenge: "3c", Judged: true, Recovery: &milliseconds{1500 * time.Millisecond}}}
	require.NoError(t, WriteTable(&b, All(), done, ""))
	require.Contains(t, b.String(), "\nFinal operations came 1.5s after the end of the faults (--recovery), where Maelstrom waits 10s.\n")
	text, err := json.Marshal(done)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), `"recovery-ms":1500`))
}

func TestTableSaysWhenTargetsAreNotJudged(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, All(), []Outcome{{Challenge: "3d", MsgsPerOp: 99}}, ""))
	require.Contains(t, b.String(), "Targets are not judged under --nemesis.")
}

func TestOutcomeJSON(t *testing.T) {
	b, err := json.Marshal(Outcome{Challenge: "3d", Stale: stale(200, 300), Took: milliseconds{time.Second}, Judged: true})
	require.NoError(t, err)
	require.JSONEq(t, `{"challenge":"3d","name":"","valid":true,"ok-fraction":0,"msgs-per-op":0,"staleness-ms":{"0.5":200,"1":300},"took-ms":1000,"targets-judged":true}`, string(b))
}

func TestASingleNodeHasNoLinks(t *testing.T) {
	faults := Changes{Nemesis: []string{"partition", "pause"}}
	for id, want := range map[string]string{"1": "pause", "3a": "pause", "3b": "partition,pause"} {
		chosen, err := Choose([]string{id})
		require.NoError(t, err)
		require.Equal(t, want, chosen[0].Command("bin", faults).Get("--nemesis"), id)
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		outcome Outcome
		verdict string
		passed  bool
	}{
		{Outcome{}, "valid", true},
		{Outcome{Missed: []string{"x"}}, "target missed", false},
		{Outcome{Warnings: []string{"x"}}, "valid, with warnings", true},
		{Outcome{Warnings: []string{"x"}, Distorted: []string{"x"}}, "valid", true},
		{Outcome{Warnings: []string{"x", "y"}, Distorted: []string{"y"}}, "valid, with warnings", true},
		{Outcome{Valid: check.Invalid, Warnings: []string{"x"}}, "invalid", false},
		{Outcome{Valid: check.Unknown}, "unknown", false},
		{Outcome{Broken: "x"}, "broken", false},
	} {
		require.Equal(t, c.verdict, c.outcome.Verdict())
		require.Equal(t, c.passed, c.outcome.Passed(), c.verdict)
	}
}

func TestTableWithWarnings(t *testing.T) {
	const warning = "garbage-read: T1 read 7"
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, All(), []Outcome{{
		Challenge: "6b", Name: "read uncommitted", Judged: true, Warnings: []string{warning}, Dir: "store/x",
	}}, ""))
	require.Contains(t, b.String(), "valid, with warnings\n  warning: "+warning+"\n  store: store/x\n")
}

func TestTableSaysWhy(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteTable(&b, All(), []Outcome{{
		Challenge: "1", Name: "echo", Judged: true, Valid: check.Invalid, Reasons: []string{"wrong"}, Why: []why.Cause{{Headline: "n1 mixes them up", So: "something is shared"}},
	}}, ""))
	require.Contains(t, b.String(), "\n  wrong\n")
	require.Contains(t, b.String(), "\n  why: n1 mixes them up\n    So: something is shared\n")
}

func stale(median, most float64) *compare.Staleness {
	return &compare.Staleness{Median: time.Duration(median * 1e6), Max: time.Duration(most * 1e6)}
}
