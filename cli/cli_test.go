package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/program"
)

// asGlomers, as the first argument, makes the test binary behave as the program.
const asGlomers = "run-as-glomers"

// programs is the directory of what built has built.
var programs string

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asGlomers {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		Main()
	}
	_ = flag.Set("test.parallel", "6") // the tests mostly wait; the command line may override this
	var err error
	if programs, err = os.MkdirTemp("", "glomers-cli-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(status)
}

// execute runs a command line as main does and returns its exit status and output.
func execute(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = Run(context.Background(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// words splits a command line at its spaces.
func words(line string) []string { return strings.Fields(line) }

// builds has the outcomes of built: functions from sync.OnceValues, by the names of the programs.
var builds sync.Map

// built returns the path of the testdata program with the given name. It builds the program once for all tests, because
// building takes longer than most commands.
func built(t *testing.T, name string) string {
	t.Helper()
	build, _ := builds.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		bin := filepath.Join(programs, name)
		out, err := exec.Command("go", "build", "-o", bin, "./testdata/"+name).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
		return bin, nil
	}))
	bin, err := build.(func() (string, error))()
	require.NoError(t, err)
	return bin
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	const echo = "test -w echo --node-count 1 --time-limit 1 --rate 100 "
	official := "--bin " + built(t, "official")
	bad := "--bin " + built(t, "misbehave") + " -- "
	for name, c := range map[string]struct {
		args   string
		status int
		says   []string // on stdout or stderr
	}{
		"written with the official library": {echo + "--bin testdata/official", statusValid, []string{"valid: echo", "again  ", "--seed"}},
		"loses broadcasts": {
			"test -w broadcast --node-count 1 --time-limit 1 --rate 50 " + bad + "lose",
			statusInvalid,
			[]string{"invalid: broadcast", "value 2", "-- lose"},
		},
		"repeats ids": {
			"test -w unique-ids --node-count 1 --time-limit 1 --rate 50 " + bad + "repeat",
			statusInvalid,
			[]string{"invalid: unique-ids", "id 0"},
		},
		"echoes something else":     {echo + bad + "twist", statusInvalid, []string{"invalid: echo", "something else"}},
		"crashes":                   {echo + bad + "crash", statusBroken, []string{"n0", "status 7", "out of cheese", "again: glomers test"}},
		"crashes, with figures":     {echo + bad + "crash", statusBroken, []string{"broken off after", "echo, until then unknown", "operations  ", "2 ok", "store  ", "report.html"}},
		"crashes, as JSON":          {"test -w echo --json --node-count 1 --time-limit 1 --rate 50 " + bad + "crash", statusBroken, []string{`"ok-count": 2`, `"error": "harness: node n0 ended`}},
		"blocks":                    {echo + "--concurrency 20n " + bad + "block", statusValid, []string{"valid: echo", "2 ok", "warning: node n0 has not read its input since "}},
		"prints rubbish":            {echo + bad + "rubbish", statusBroken, []string{"n0", "hello from the debugger", "broken off after"}},
		"never answers init":        {echo + bad + "silent", statusBroken, []string{"n0", "init"}},
		"succeeds at nothing":       {echo + bad + "refuse", statusInvalid, []string{"invalid: echo", "no echo succeeded"}},
		"a partition that cut none": {echo + "--nemesis partition " + official, statusUnknown, []string{"asked for partition, but there never was any"}},
		"does not compile":          {echo + "--bin testdata/broken", statusBroken, []string{"go build", "undefined: nosuch"}},
		"is no program":             {echo + "--bin ../harness/check", statusBroken, []string{"go build"}},
		"is on PATH":                {echo + "--bin false", statusBroken, []string{"status 1"}},
		"is not there":              {echo + "--bin testdata/nosuch", statusBroken, []string{"testdata/nosuch"}},
		"is not executable":         {echo + "--bin main.go", statusBroken, []string{"not executable"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := words(c.args)
			args = append([]string{args[0], "--store", t.TempDir()}, args[1:]...)
			status, stdout, stderr := execute(args...)
			require.Equal(t, c.status, status, stdout+stderr)
			for _, says := range c.says {
				require.Contains(t, stdout+stderr, says)
			}
		})
	}
}

func TestWrongArguments(t *testing.T) {
	for line, says := range map[string]string{
		"nosuch":      `no command is called "nosuch": want bench, challenge`,
		"test":        "want --bin",
		"test -w foo": "want broadcast, echo",
		"test -w echo --node-count 1 --time-limit 1": "want --bin",
		"test -w echo --nosuch 1":                    "glomers test accepts --annotations",
		"test -w echo --node-count 0":                "want a whole number from 1",
		"test -w echo --time-limit soon":             "want a number (of seconds) or a duration such as 20s",
		"test -w echo --latency -1":                  "want a number (of milliseconds) or a duration such as 20ms",
		"test -w echo --latency-dist normal":         "constant, uniform",
		"test -w echo --rate -1":                     "want a number from 0 to a million",
		"test -w echo --rate NaN":                    "want a number from 0 to a million",
		"test -w echo --username me":                 "--username is not for here: nodes are processes of this machine",
		"test --consistency-models serialisable":     `no consistency model "serialisable": did you mean serializable?`,
		"test --bin false --nodes n1,c2":             `node "c2": c0, c1, … are the clients`,
		"test --bin false -n a -n a":                 `node "a" is given twice`,
		"test --nodes-file nosuch":                   "--nodes-file: open nosuch",
		"test --init-timeout 0":                      "want a number (of seconds)",
		"analyze":                                    "glomers check judges",
		"test -w echo --concurrency n4":              "such as 4n",
		"test -w echo --nemesis partition,meteor":    "want partition",
		"test -w echo --availability most":           "want total or a number",
		"test -w echo --topology star":               "grid, line",
		"test -w echo --seed -1":                     "want a whole number from 0",
		"test -w echo --test-count x":                "want a whole number from 1",
		"check":                                      "0 files given: want one history",
		"check a b":                                  "2 files given",
		"check nosuch":                               "nosuch",
		"check .":                                    "want one with history.jsonl, history.edn, history.jsonl.gz or history.edn.gz",
		"challenge":                                  "want all, all+, 1, 2, 3a",
		"challenge 9z":                               `no challenge is called "9z": want all, all+, 1, 2, 3a`,
		"challenge 1 --repeat 0":                     "want a whole number from 1",
		"challenge 1 --harness jepsen":               "want glomers or maelstrom",
		"challenge 1 --harness maelstrom --seed 1":   "Maelstrom draws its own",
		"challenge 1 --bin nosuch":                   "nosuch",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says, line)
		require.Empty(t, stdout, line)
	}
}

func TestJSONIsAllOfStdout(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	status, stdout, stderr := execute(words("test -w echo --bin " + built(t, "official") + " --time-limit 1 --rate 50 --concurrency 2n --test-count 2 --seed 5 --json --store " + store)...)
	require.Equal(t, statusValid, status, stderr)
	results := json.NewDecoder(strings.NewReader(stdout))
	for _, seed := range []uint64{5, 6} {
		var r struct {
			Valid bool   `json:"valid"`
			Seed  uint64 `json:"seed"`
			Dir   string `json:"dir"`
		}
		require.NoError(t, results.Decode(&r))
		require.True(t, r.Valid)
		require.Equal(t, seed, r.Seed)
		require.FileExists(t, filepath.Join(r.Dir, "results.json"))
	}
	require.False(t, results.More())
	require.Contains(t, stderr, "valid: echo", "the summary is there, too")
}

func TestLogs(t *testing.T) {
	t.Parallel()
	line := "test -w echo --node-count 1 --time-limit 1 --rate 50 --store " + t.TempDir() + " --bin " + built(t, "misbehave") + " "
	_, _, stderr := execute(words(line + "--log-stderr --log-net-send -- crash")...)
	require.Contains(t, stderr, "INF out of cheese node=n0")
	require.Regexp(t, `INF send at=.* src=c1 dest=n0 body=.*Please echo`, stderr)
	require.NotContains(t, stderr, "INF recv")
	_, _, stderr = execute(words(line + "--log-net-recv -- crash")...)
	require.Contains(t, stderr, "INF recv")
	require.NotContains(t, stderr, "INF send")
	require.NotContains(t, stderr, "INF out of cheese")
}

func TestChallengeJudgesAnybodysNode(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := execute(words("challenge 1 2 --bin " + built(t, "official") + " --time-limit 1 --store " + t.TempDir())...)
	require.Equal(t, statusBroken, status, stderr)
	require.Regexp(t, `(?m)^1 echo +valid( †)? +1 `, stdout)
	require.Regexp(t, `(?m)^2 unique ids +broken`, stdout)
	require.Contains(t, stdout, "No handler for", "what the node wrote")
	require.Contains(t, stdout, "again: glomers challenge 2")
}

func TestChallengeAsMaelstromMeasures(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := execute(words("challenge 1 2 --faithful --bin " + built(t, "official") + " --time-limit 1 --store " + t.TempDir())...)
	require.Equal(t, statusBroken, status, stderr)
	require.Contains(t, stdout, "Messages were delivered as Maelstrom does (--faithful).")
	require.Contains(t, stdout, "again: glomers challenge 2 --bin "+built(t, "official")+" --faithful ")
	// A page about both runs is in the store.
	path := regexp.MustCompile(`To look at: (.*)\n`).FindStringSubmatch(stdout)
	require.NotNil(t, path, stdout)
	require.Regexp(t, `^session-[0-9T.]+\.html$`, filepath.Base(path[1]))
	page, err := os.ReadFile(path[1])
	require.NoError(t, err)
	require.Contains(t, string(page), `<h1>glomers challenge: `)
	links := regexp.MustCompile(`href="(.*)/report.html"`).FindAllSubmatch(page, -1)
	require.Len(t, links, 2)
	options, err := os.ReadFile(filepath.Join(filepath.Dir(path[1]), string(links[0][1]), "test.json"))
	require.NoError(t, err)
	require.Contains(t, string(options), `"faithful": true`)
}

// A stopWriter calls stop once a given text has been written to it.
type stopWriter struct {
	text string
	stop func()
	mu   sync.Mutex
	all  bytes.Buffer
}

func (w *stopWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all.Write(b)
	if strings.Contains(w.all.String(), w.text) {
		w.stop()
	}
	return len(b), nil
}

func TestInterruptedChallengesShowWhatIsFinished(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stdout bytes.Buffer
	stderr := &stopWriter{text: "challenge=1 ", stop: cancel}
	status := Run(ctx, words("challenge 1 3a --bin "+built(t, "official")+" --time-limit 1 --store "+t.TempDir()), &stdout, stderr)
	require.Equal(t, statusBroken, status)
	require.Contains(t, stdout.String(), "1 echo")
	require.NotContains(t, stdout.String(), "3a ")
	require.Contains(t, stderr.all.String(), "glomers: interrupted")
}

func TestHelpHasExamples(t *testing.T) {
	for _, line := range []string{"--help", "test --help", "challenge --help", "check --help", "compare --help", "version --help"} {
		status, stdout, _ := execute(words(line)...)
		require.Equal(t, statusValid, status)
		require.Contains(t, stdout, "Examples:", line)
	}
}

func TestCompletion(t *testing.T) {
	for line, want := range map[string][]string{
		"test -w":              {"broadcast", "echo", "unique-ids"},
		"test --nemesis":       {"partition"},
		"test --topology":      {"grid", "line", "total", "tree"},
		"test --latency-dist":  {"constant", "uniform", "exponential"},
		"test --availability":  {"total"},
		"challenge":            {"1", "3a", "3e", "all"},
		"challenge --harness":  {"glomers", "maelstrom"},
		"challenge --nemesis":  {"partition"},
		"challenge 1 --repeat": nil,
		"check -w":             {"broadcast", "kafka"},
		"check --availability": {"total"},
	} {
		status, stdout, stderr := execute(append(append([]string{"__complete"}, words(line)...), "")...)
		require.Equal(t, statusValid, status, stderr)
		for _, w := range want {
			require.Contains(t, strings.Split(stdout, "\n"), w, line)
		}
	}
}

func TestModuleRoot(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(root, "cmd", "glomers", "main.go"))

	t.Chdir(t.TempDir())
	status, _, stderr := execute("challenge", "1")
	require.Equal(t, statusBroken, status)
	require.Contains(t, stderr, "not inside the glomers repository")
	require.Contains(t, stderr, "--bin")
	require.NoDirExists(t, "store", "nothing was run")
}
