package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// fakeMaelstrom installs a launcher in place of Maelstrom's, and a Java that can only print its version. The launcher writes
// results and exits with status.
func fakeMaelstrom(t *testing.T, results, status string) {
	bin := t.TempDir()
	script := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text), 0o755))
	}
	script("java", `echo 'openjdk version "17.0.1"' >&2`)
	script("maelstrom", `
echo "words: $*"
mkdir -p store/broadcast/now
ln -sfn broadcast/now store/latest
`+results+`
exit `+status)
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("MAELSTROM", bin)
}

func writeResults(text string) string {
	return "cat >store/latest/results.edn <<'END'\n" + text + "\nEND"
}

const (
	goodResults = `{:stats {:valid? true}, :availability {:valid? true, :ok-fraction 0.99}, :net {:servers {:msgs-per-op 1.7}},
 :workload {:valid? true, :lost-count 0, :stable-latencies {0 0, 0.5 746, 0.95 960, 0.99 990, 1 1003}}, :valid? true}`
	badResults = `{:stats {:valid? :unknown}, :availability {:valid? true, :ok-fraction 1.0}, :net {:servers {:msgs-per-op 2}},
 :workload {:valid? false, :lost-count 2, :lost (3 17)}, :valid? false}`
)

func TestMaelstromHarness(t *testing.T) {
	for name, c := range map[string]struct {
		results, exit string
		status        int
		row, says     string
	}{
		"valid":      {writeResults(goodResults), "0", statusValid, `3e efficient broadcast II +valid +0.99 +1.7 \(< 20\) +746 ms \(< 1s\) +1003 ms \(< 2s\)`, ""},
		"invalid":    {writeResults(badResults), "1", statusInvalid, "3e efficient broadcast II +invalid +1 +2 ", "the check workload is invalid: 2 elements were lost: [3 17]"},
		"rubbish":    {writeResults("{"), "0", statusBroken, "broken", "edn: line 2"},
		"no verdict": {writeResults("{}"), "0", statusBroken, "broken", "want true, false or :unknown"},
		"crash":      {writeResults(goodResults), "255", statusBroken, "broken", "exit status 255"},
		"nothing":    {"rm store/latest", "1", statusBroken, "broken", "maelstrom left no results: exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			fakeMaelstrom(t, c.results, c.exit)
			status, stdout, stderr := execute(words("challenge 3e --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
			require.Equal(t, c.status, status, stderr)
			require.Regexp(t, c.row, stdout)
			require.Contains(t, stdout, c.says)
			require.Contains(t, stderr, "words: test -w broadcast --node-count 25 --time-limit 20 --rate 100 --latency 100 --bin /bin/sh")
		})
	}
}

// Maelstrom's verdict is valid; our judgement of its history is printed beside it.
func TestMaelstromHistoriesAreDecided(t *testing.T) {
	fractured := `cat >store/latest/history.edn <<'END'
{:index 0, :time 1, :type :invoke, :process 0, :f :txn, :value [[:w 8 1] [:w 9 1]]}
{:index 1, :time 2, :type :ok, :process 0, :f :txn, :value [[:w 8 1] [:w 9 1]]}
{:index 2, :time 3, :type :invoke, :process 1, :f :txn, :value [[:r 8 nil] [:r 9 nil]]}
{:index 3, :time 4, :type :ok, :process 1, :f :txn, :value [[:r 8 nil] [:r 9 1]]}
{:index 4, :time 5, :type :info, :process :nemesis, :f :start-partition, :value :one}
{:index 5, :time 6, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n0" #{"n1"}, "n1" #{"n0"}}]}
END
`
	line := words("challenge 6c --harness maelstrom --bin /bin/sh --store " + t.TempDir())
	fakeMaelstrom(t, fractured+writeResults(goodResults), "0")
	status, stdout, stderr := execute(line...)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stdout, "valid; decided: read committed ")
	require.Contains(t, stdout, "read atomic is violated (and with it causal consistency): T1 (op 3, process 1) knew of T2 (op 1, process 0)")

	fakeMaelstrom(t, "rm -f store/latest/history.edn\n"+writeResults(goodResults), "0")
	status, stdout, stderr = execute(line...)
	require.Equal(t, statusValid, status, "that is up to Maelstrom")
	require.NotContains(t, stdout, "decided")
	require.Contains(t, stderr, "nothing was decided completely, as maelstrom's history cannot be read: ")
}

func TestEarlierResultsOfMaelstromAreNotTaken(t *testing.T) {
	line := words("challenge 1 --harness maelstrom --bin /bin/sh --store " + t.TempDir())
	fakeMaelstrom(t, writeResults(goodResults), "0")
	status, _, stderr := execute(line...)
	require.Equal(t, statusValid, status, stderr)

	require.NoError(t, os.WriteFile(filepath.Join(os.Getenv("MAELSTROM"), "maelstrom"), []byte("#!/bin/sh\nexit 1\n"), 0o755))
	status, stdout, _ := execute(line...)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stdout, "left no results")
}

func TestMaelstromIsMissing(t *testing.T) {
	t.Setenv("MAELSTROM", t.TempDir())
	status, stdout, stderr := execute("challenge", "1", "--harness", "maelstrom")
	require.Equal(t, statusBroken, status)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "no launcher called maelstrom")
}

// crash is the end of Maelstrom's output when a node does not start.
const crash = `
mkdir -p store/broadcast/now/node-logs
echo "2026-01-01 12:00:00 INFO node n0 is set up" >store/broadcast/now/jepsen.log
ln -sfn broadcast/now store/current
rm store/latest
cat >&2 <<'END'
INFO	[main] jepsen.store: Wrote store/broadcast/now/history.edn
ERROR	[main] jepsen.cli: Oh jeez, I'm sorry, Jepsen broke. Here's why:
clojure.lang.ExceptionInfo: Node n0 crashed with exit status 3. Before crashing, it wrote to STDOUT:

and to STDERR:

out of cheese
	at slingshot.support$stack_trace.invoke(support.clj:201)
	at maelstrom.process$stop_node_BANG_.invoke(process.clj:258)
	... 31 common frames omitted
END`

// The output says why Maelstrom ended, and where to find more about it.
func TestWhyMaelstromEnded(t *testing.T) {
	for name, c := range map[string]struct {
		script, exit string
		says         []string
		not          []string
	}{
		"a crash": {
			crash, "255",
			[]string{
				"maelstrom ended with exit status 255, as something broke in it; it wrote:\n    ERROR\t[main] jepsen.cli: Oh jeez", "\n    out of cheese\n",
				"all of it: ", "broadcast/now/jepsen.log\n", "store: ",
			},
			[]string{"support.clj", "common frames", "jepsen.store", "again:", "store: none"},
		},
		"bad arguments": {
			"rm store/latest; echo 'Failed to validate \"--time-limit 0\": Must be positive'", "254",
			[]string{"exit status 254, as it does not accept its arguments", "Must be positive", "store: none"},
			[]string{"all of it"},
		},
		"no JVM":     {"rm store/latest; echo 'Error: Unable to access jarfile /x/lib/maelstrom.jar' >&2", "1", []string{"left no results: exit status 1; it wrote:", "Unable to access jarfile"}, nil},
		"a signal":   {"kill -s KILL $$", "0", []string{"maelstrom ended with signal: killed"}, nil},
		"much":       {"seq 100000; rm store/latest", "1", []string{"\n    99989\n", "\n    100000\n"}, []string{"\n    99988\n"}},
		"no results": {"true", "0", []string{"left no results: exit status 0"}, []string{"all of it"}},
	} {
		t.Run(name, func(t *testing.T) {
			fakeMaelstrom(t, c.script, c.exit)
			status, stdout, stderr := execute(words("challenge 1 --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
			require.Equal(t, statusBroken, status, stderr)
			for _, text := range c.says {
				require.Contains(t, stdout, text)
			}
			for _, text := range c.not {
				require.NotContains(t, stdout, text)
			}
		})
	}
}

// Options that Maelstrom lacks are refused before it starts, and no seed is mentioned.
func TestMaelstromIsNotAskedForWhatItHasNot(t *testing.T) {
	fakeMaelstrom(t, writeResults(goodResults), "0")
	for flags, says := range map[string]string{
		"--nemesis loss":           "--nemesis: Maelstrom has no loss: its only fault is partition",
		"--nemesis partition,kill": "--nemesis: Maelstrom has no kill",
		"--seed 7":                 "--seed: Maelstrom draws its own",
		"--faithful":               "--faithful: it makes our harness measure as Maelstrom does",
		"--time-limit 1.5":         "--time-limit: Maelstrom takes whole seconds, not 1.5s",
	} {
		for _, way := range []string{"--harness maelstrom", "--print-command"} {
			status, stdout, stderr := execute(words("challenge 3d --bin /bin/sh " + way + " " + flags)...)
			require.Equal(t, statusBroken, status)
			require.Empty(t, stdout)
			require.Contains(t, stderr, says)
			require.NotContains(t, stderr, "words:")
		}
	}
	status, stdout, stderr := execute(words("challenge 3d --harness maelstrom --repeat 2 --nemesis partition --time-limit 2m --bin /bin/sh --json --store " + t.TempDir())...)
	require.Equal(t, statusValid, status, stderr)
	require.Contains(t, stderr, "--time-limit 120 ")
	require.NotContains(t, strings.ToLower(stdout+stderr), "seed")
}

// Every flag of the command is either refused or has a meaning with Maelstrom.
func TestEveryFlagMeansSomethingToMaelstrom(t *testing.T) {
	meaningful := []string{"annotations", "badge", "bin", "harness", "help", "json", "junit", "list", "nemesis", "print-command", "repeat", "store", "summary", "time-limit"}
	(&cli{}).challengeCommand().Flags().VisitAll(func(f *pflag.Flag) {
		require.NotEqual(t, slices.Contains(meaningful, f.Name), unknownToMaelstrom[f.Name] != "", f.Name)
	})
}

// A partition that cut off no nodes does not count as a partition, whatever the verdict.
func TestPartitionsOfMaelstrom(t *testing.T) {
	const (
		start = `{:index 0, :time 1, :type :info, :process :nemesis, :f :start-partition, :value %s}` + "\n"
		ring  = `#jepsen.history.Op{:index 1, :time 2, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n0" #{}, "n1" #{}}]}` + "\n"
		cut   = `{:index 3, :time 9, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n1" #{"n0"}, "n0" #{"n1"}}]}` + "\n"
		op    = `{:index 4, :time 9, :type :invoke, :process 0, :f :broadcast, :value 3}` + "\n"
		stop  = `{:index 5, :time 9, :type :info, :process :nemesis, :f :stop-partition, :value nil}` + "\n"
		none  = `{:index 1, :time 2, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {}]}` + "\n"
		idle  = "isolates nobody among so few nodes"
	)
	asked := func(kind string) string { return fmt.Sprintf(start, ":"+kind) }
	for name, c := range map[string]struct{ history, says string }{
		"nobody":        {asked("majorities-ring") + ring + op, "cut nobody: majorities-ring " + idle},
		"nobody, twice": {asked("minority-third") + none + stop + stop + asked("majorities-ring") + ring, "cut nobody: majorities-ring or minority-third " + idle},
		"somebody":      {asked("majorities-ring") + ring + op + stop + stop + asked("one") + cut, ""},
		"too late":      {op, "the partition that was asked for never began"},
		"unreadable":    {asked("one") + "{:index", "history.edn: history: edn: line 3"},
	} {
		t.Run(name, func(t *testing.T) {
			index := -1
			numbered := regexp.MustCompile(`:index \d|:time \d`).ReplaceAllStringFunc(c.history, func(field string) string {
				if strings.HasPrefix(field, ":index") {
					index++
					return fmt.Sprint(":index ", index)
				}
				return fmt.Sprint(":time ", index)
			})
			fakeMaelstrom(t, writeResults(goodResults)+"\ncat >store/latest/history.edn <<'END'\n"+numbered+"END", "0")
			status, stdout, stderr := execute(words("challenge 3c 3b --harness maelstrom --bin /bin/sh --store " + t.TempDir())...)
			require.Equal(t, statusValid, status, stderr)
			if c.says == "" {
				require.NotContains(t, stdout, "partition")
				return
			}
			require.Contains(t, stdout, "3c fault-tolerant broadcast: valid, with warnings\n  warning: ")
			require.Contains(t, stdout, c.says)
			require.NotContains(t, stdout, "3b multi-node broadcast: ", "it was not asked for one")
		})
	}
}
