package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/workload"
	"glomers/internal/challenge"
)

func TestPublishedCommandsAreUnderstood(t *testing.T) {
	for _, ch := range challenge.Every() {
		test, err := readTest(ch.Command("bin/node", challenge.Changes{}))
		require.NoError(t, err, ch.ID)
		require.NotZero(t, test.TimeLimit, ch.ID)
	}
	efficient, err := readTest(challenge.All()[5].Command("bin/node", challenge.Changes{}))
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
		"challenge 7 --print-command":                         "test -w lin-kv --node-count 5 --concurrency 2n --time-limit 30 --rate 100 --nemesis partition --bin bin/examples/lin-kv\n",
		"challenge 3b --print-command --nemesis partition":    "test -w broadcast --node-count 5 --time-limit 20 --rate 10 --bin bin/broadcast --nemesis partition\n",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusValid, status, stderr)
		require.Equal(t, want, stdout)
	}
}

func TestRecoveryIsSaid(t *testing.T) {
	status, _, stderr := execute(words("challenge 1 --recovery 0")...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "want a number (of seconds) or a duration such as 20s, at least 1ms")
	var f testFlags
	f.kinds, f.faults = workload.All(), nemesis.All()
	cmd := &cobra.Command{Use: "test"}
	f.register(cmd)
	require.NoError(t, cmd.ParseFlags(words("--recovery 2.5 -w broadcast")))
	test, err := f.resolve(cmd)
	require.NoError(t, err)
	require.Equal(t, 2500*time.Millisecond, test.Recovery)
	require.Contains(t, commandLine(cmd, nil, nil, 7), " --recovery 2.5 ", "a repetition has it, too")
}

func TestVerdictWithWarnings(t *testing.T) {
	r := elle.Register([]history.Op{
		{Index: 0, Type: history.Invoke, F: "txn", Value: []byte(`[["r",9,null]]`)},
		{Index: 1, Type: history.OK, F: "txn", Value: []byte(`[["r",9,7]]`)},
	}, elle.Options{Models: []elle.Model{elle.ReadCommitted}})
	warning := "garbage-read: T1 (op 1, process 0) read 7 from key 9, which nobody wrote"
	require.Equal(t, []string{warning}, r.Cautions())
	var b strings.Builder
	writeFindings(&b, "valid: txn-rw-register", harness.Judgement{Workload: r, Warnings: r.Cautions()})
	require.Equal(t, "\nvalid: txn-rw-register\n  warning: "+warning+"\n\n", b.String())
}

func TestOutcomeStatus(t *testing.T) {
	for _, c := range []struct {
		outcome challenge.Outcome
		status  int
	}{
		{challenge.Outcome{}, statusValid},
		{challenge.Outcome{Missed: []string{"x"}}, statusInvalid},
		{challenge.Outcome{Warnings: []string{"x"}}, statusValid},
		{challenge.Outcome{Valid: check.Unknown}, statusUnknown},
		{challenge.Outcome{Valid: check.Invalid}, statusInvalid},
		{challenge.Outcome{Broken: "x"}, statusBroken},
	} {
		require.Equal(t, c.status, outcomeStatus(c.outcome))
	}

	var worst cli
	for _, step := range [][2]int{{statusValid, statusValid}, {statusUnknown, statusUnknown}, {statusInvalid, statusInvalid}, {statusUnknown, statusInvalid}, {statusBroken, statusBroken}, {statusInvalid, statusBroken}} {
		worst.worsen(step[0])
		require.Equal(t, step[1], worst.status)
	}
}
