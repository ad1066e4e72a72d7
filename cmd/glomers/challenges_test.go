package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
)

func TestPublishedCommandsAreUnderstood(t *testing.T) {
	for _, ch := range challenges() {
		test, err := ch.command("bin/node", overrides{}).test()
		require.NoError(t, err, ch.id)
		require.NotZero(t, test.TimeLimit, ch.id)
	}
	efficient, err := challenges()[5].command("bin/node", overrides{}).test()
	require.NoError(t, err)
	require.Equal(t, "broadcast", efficient.Workload)
	require.Equal(t, 25, efficient.NodeCount)
	require.Equal(t, 100.0, efficient.Rate)
	require.Equal(t, 20*time.Second, efficient.TimeLimit)
	require.Equal(t, 100*time.Millisecond, efficient.Latency)
}

func TestPrintCommand(t *testing.T) {
	for line, want := range map[string]string{
		"challenge 3d --print-command":                        "test -w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100 --bin bin/broadcast\n",
		"challenge 3c --print-command --bin x --time-limit 5": "test -w broadcast --node-count 5 --time-limit 5 --rate 10 --nemesis partition --bin x\n",
		"challenge 3c --print-command --time-limit 60":        "test -w broadcast --node-count 5 --time-limit 60 --rate 10 --nemesis partition --bin bin/broadcast\n",
		"challenge 3b --print-command --nemesis partition":    "test -w broadcast --node-count 5 --time-limit 20 --rate 10 --bin bin/broadcast --nemesis partition\n",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusValid, status, stderr)
		require.Equal(t, want, stdout)
	}
}

func TestChoose(t *testing.T) {
	all, err := choose([]string{"all", "1"})
	require.NoError(t, err)
	require.Equal(t, challenges(), all)
	some, err := choose([]string{"3e", "1", "1"})
	require.NoError(t, err)
	require.Len(t, some, 2)
	require.Equal(t, "1", some[0].id)
}

func TestTargets(t *testing.T) {
	goal := targets{msgsPerOp: 30, median: 400 * time.Millisecond, max: 600 * time.Millisecond}
	require.Empty(t, goal.missed(outcome{MsgsPerOp: 29.9, Stale: newStaleness(399, 599)}))
	require.Empty(t, targets{}.missed(outcome{MsgsPerOp: 1000}))
	require.Equal(t, []string{
		"msgs/op is 30, the target is below 30",
		"median stable latency is 400ms, the target is below 400ms",
		"maximum stable latency is 1s, the target is below 600ms",
	}, goal.missed(outcome{MsgsPerOp: 30, Stale: newStaleness(400, 1000)}))
	require.Equal(t, []string{"no stable latency was measured"}, goal.missed(outcome{}))
}

func TestOutcomeStatus(t *testing.T) {
	for _, c := range []struct {
		outcome outcome
		verdict string
		status  int
	}{
		{outcome{}, "valid", statusValid},
		{outcome{Missed: []string{"x"}}, "target missed", statusInvalid},
		{outcome{Warnings: []string{"x"}}, "valid, with warnings", statusValid},
		{outcome{Warnings: []string{"x"}, Distorted: []string{"x"}}, "valid", statusValid},
		{outcome{Warnings: []string{"x", "y"}, Distorted: []string{"y"}}, "valid, with warnings", statusValid},
		{outcome{Valid: check.Invalid, Warnings: []string{"x"}}, "invalid", statusInvalid},
		{outcome{Valid: check.Unknown}, "unknown", statusUnknown},
		{outcome{Valid: check.Invalid}, "invalid", statusInvalid},
		{outcome{Broken: "x"}, "broken", statusBroken},
	} {
		require.Equal(t, c.verdict, c.outcome.verdict())
		require.Equal(t, c.status, c.outcome.status())
	}

	var worst cli
	for _, step := range [][2]int{{statusValid, statusValid}, {statusUnknown, statusUnknown}, {statusInvalid, statusInvalid}, {statusUnknown, statusInvalid}, {statusBroken, statusBroken}, {statusInvalid, statusBroken}} {
		worst.worsen(step[0])
		require.Equal(t, step[1], worst.status)
	}
}

func TestTable(t *testing.T) {
	second := milliseconds{time.Second}
	chs := []challenge{challenges()[0], challenges()[5], challenges()[6]}
	done := []outcome{
		{Challenge: "1", Name: "echo", OKFraction: 1, Judged: true, Took: second},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 1, MsgsPerOp: 2, Stale: newStaleness(200, 300), Judged: true, Took: second},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 1, MsgsPerOp: 4, Stale: newStaleness(240, 700), Judged: true, Took: second, Missed: []string{"maximum stable latency is 700ms"}, Seed: 7, Dir: "store/x", Again: "glomers challenge 3d --seed 7"},
		{Challenge: "3d", Name: "efficient broadcast I", OKFraction: 0.5, MsgsPerOp: 3, Stale: newStaleness(220, 310), Judged: true, Took: second, Valid: check.Invalid, Reasons: []string{"value 3 is missing\nreply: []"}},
		{Challenge: "3d", Name: "efficient broadcast I", Judged: true, Took: second, Broken: "node n3 exited"},
	}
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, chs, done))
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
	all := challenges()
	committed := all[slices.IndexFunc(all, func(ch challenge) bool { return ch.id == "6c" })]
	decide := func(values ...string) *elle.Decided {
		var h []history.Op
		for i, value := range values {
			h = append(h, history.Op{Index: i, Process: history.Process(i), Type: history.OK, F: "txn", Value: json.RawMessage(value)})
		}
		return elle.Register(h, elle.Options{Models: []elle.Model{elle.ReadCommitted}}).Decided
	}
	run := outcome{Challenge: "6c", Name: committed.name, OKFraction: 1, Judged: true, Decided: decide(`[["w",8,1],["w",9,1]]`, `[["r",8,1],["r",9,1]]`)}
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, []challenge{committed}, []outcome{run}))
	require.Contains(t, b.String(), "valid; decided: causal consistency ")
	require.Contains(t, b.String(), "\ndecided: the strongest of ")

	fractured := run
	fractured.Decided = decide(`[["w",8,1],["w",9,1]]`, `[["r",8,null],["r",9,1]]`)
	b.Reset()
	require.NoError(t, writeTable(&b, []challenge{committed}, []outcome{run, fractured}))
	require.Contains(t, b.String(), "valid; decided: causal consistency, read committed ")
	require.Contains(t, b.String(), "\n6c read committed: decided completely: read committed holds; read atomic is violated (and with it causal consistency): T1 (op 1, process 1) knew of")
}

func TestTableWithWarnings(t *testing.T) {
	r := elle.Register([]history.Op{
		{Index: 0, Type: history.Invoke, F: "txn", Value: []byte(`[["r",9,null]]`)},
		{Index: 1, Type: history.OK, F: "txn", Value: []byte(`[["r",9,7]]`)},
	}, elle.Options{Models: []elle.Model{elle.ReadCommitted}})
	warning := "garbage-read: T1 (op 1, process 0) read 7 from key 9, which nobody wrote"
	require.Equal(t, []string{warning}, r.Cautions())
	var b strings.Builder
	writeVerdict(&b, "txn-rw-register", harness.Judgement{Workload: r, Warnings: r.Cautions()})
	require.Equal(t, "\nvalid: txn-rw-register\n  warning: "+warning+"\n\n", b.String())

	var table bytes.Buffer
	require.NoError(t, writeTable(&table, challenges(), []outcome{{
		Challenge: "6b", Name: "read uncommitted", Judged: true, Warnings: r.Cautions(), Dir: "store/x",
	}}))
	require.Contains(t, table.String(), "valid, with warnings")
	require.Contains(t, table.String(), "valid, with warnings\n  warning: "+warning+"\n  store: store/x\n")
}

// If no node has shown what another wrote, there are no times to tell.
func TestNoStaleness(t *testing.T) {
	require.Nil(t, stalenessOf(&elle.Result{Delay: &elle.Delay{}}))
	require.NotNil(t, stalenessOf(&elle.Result{Delay: &elle.Delay{Shown: 1}}))
}

// The sizes of messages are there as far as they were counted.
func TestTableSaysHowLargeMessagesWere(t *testing.T) {
	perOp := func(n float64) *float64 { return &n }
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, challenges(), []outcome{
		{Challenge: "3d", Name: "efficient broadcast I", BytesPerOp: perOp(100), Largest: 2000},
		{Challenge: "3d", Name: "efficient broadcast I", BytesPerOp: perOp(120), Largest: 65_000},
		{Challenge: "3e", Name: "efficient broadcast II"},
	}))
	require.Contains(t, b.String(), "\nbytes per operation between servers (bodies), largest message:\n  3d efficient broadcast I: 110 [100–120], 65 kB\n")
	require.NotContains(t, b.String(), "3e efficient broadcast II:")
}

func TestTableMarksWhatTheMachineDistorted(t *testing.T) {
	late := []string{"the harness was late"}
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, challenges(), []outcome{
		{Challenge: "1", Name: "echo", Judged: true},
		{Challenge: "3e", Name: "efficient broadcast II", Judged: true},
		{Challenge: "3e", Name: "efficient broadcast II", Judged: true, Warnings: late, Distorted: late},
	}))
	require.Regexp(t, `3e efficient broadcast II +valid † +0 `, b.String())
	require.Regexp(t, `1 echo +valid +0 `, b.String())
	require.Contains(t, b.String(), "\n†: the machine distorted a run")
	require.Contains(t, b.String(), "  warning: the harness was late\n")
}

func TestTableSaysWhenTargetsAreNotJudged(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, writeTable(&b, challenges(), []outcome{{Challenge: "3d", MsgsPerOp: 99}}))
	require.Contains(t, b.String(), "Targets are not judged under --nemesis.")
}

func TestOutcomeJSON(t *testing.T) {
	b, err := json.Marshal(outcome{Challenge: "3d", Stale: newStaleness(200, 300), Took: milliseconds{time.Second}, Judged: true})
	require.NoError(t, err)
	require.JSONEq(t, `{"challenge":"3d","name":"","valid":true,"ok-fraction":0,"msgs-per-op":0,"staleness-ms":{"0.5":200,"1":300},"took-ms":1000,"targets-judged":true}`, string(b))
}

func TestASingleNodeHasNoLinks(t *testing.T) {
	faults := overrides{nemesis: []string{"partition", "pause"}}
	for id, want := range map[string]string{"1": "pause", "3a": "pause", "3b": "partition,pause"} {
		chosen, err := choose([]string{id})
		require.NoError(t, err)
		require.Equal(t, want, chosen[0].command("bin", faults).get("--nemesis"), id)
	}
}
