package conform

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/internal/module"
)

// check runs checks against a program and returns the report. A generous timeout costs no time if an answer comes.
func check(t *testing.T, o Options) Report {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.InitTimeout == 0 {
		o.InitTimeout = time.Minute
	}
	report, err := Run(t.Context(), o)
	require.NoError(t, err)
	return report
}

// failed returns the names of the checks that failed.
func failed(r Report, least Level) []string {
	names := []string{}
	for _, result := range r.Failed(least) {
		names = append(names, result.Name)
	}
	return names
}

func brokenNode(t *testing.T, mode string) Options {
	self, err := os.Executable()
	require.NoError(t, err)
	return Options{Path: self, Args: []string{brokenArg, mode}}
}

// build compiles main packages of the repository and returns the directory of the programs.
func build(t *testing.T, packages ...string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"build", "-o", dir + string(filepath.Separator)}, packages...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// A correct node passes all checks, with services and, which only -long looks at, without.
func TestSoundNode(t *testing.T) {
	t.Parallel()
	workloads := []string{"g-counter"}
	if *long {
		workloads = append(workloads, "echo")
	}
	for _, workload := range workloads {
		o := brokenNode(t, sound)
		o.Workload = workload
		require.Empty(t, failed(check(t, o), Nice), workload)
	}
}

// expected says how the broken nodes fail.
var expected = map[string]struct {
	reason   string   // a part of it
	workload string   // "" for echo
	also     []string // further Must checks that fail for the same cause
}{
	"init":               {reason: `type "init_okay", not init_ok`},
	"request":            {reason: "error 14"},
	"init-other-id":      {reason: `comes from "n1", not "n17"`, also: []string{"init-many"}},
	"init-msg-id":        {reason: "is 1, not 42"},
	"before-init":        {reason: `with "echo_ok"`},
	"reply-fields":       {reason: `field "message"`},
	"reply-envelope":     {reason: `key "time"`},
	"stdout":             {reason: "is not JSON"},
	"line-ends":          {reason: "CR LF"},
	"flush":              {reason: "flush stdout", also: []string{"request"}},
	"destinations":       {reason: `"n99", which does not exist`},
	"many-requests":      {reason: "1 of 1000 requests are not answered"},
	"answer-once":        {reason: "2 replies"},
	"order":              {reason: "comes after"},
	"same-ids":           {reason: "gets no reply"},
	"msg-id-zero":        {reason: "is null, not 0"},
	"msg-id-large":       {reason: "is 9007199254740992, not 9007199254740993"},
	"no-msg-id":          {reason: "in_reply_to 0, though"},
	"own-ids":            {reason: "msg_id 7 comes twice"},
	"split-line":         {reason: "exit status 3", also: []string{"many-requests", "line-64k"}},
	"line-out":           {reason: "sent "},
	"integers":           {reason: "got 9007199254740992"},
	"large-numbers":      {reason: "got 9223372036854775807"},
	"floats":             {reason: "sent 1.0, got 1"},
	"strings":            {reason: "got \"? ? ??\""},
	"structures":         {reason: "sent {}, got null"},
	"unknown-type":       {reason: "13, not 10"},
	"error-reply":        {reason: `the code is "10"`},
	"malformed-answered": {reason: "nothing came in"},
	"malformed-code":     {reason: `with "add_ok"`, workload: "g-counter"},
	"reply-unanswered":   {reason: `with "echo_ok"`},
	"service-slow":       {reason: "exit status 3", workload: "g-counter"},
	"service-twice":      {reason: "exit status 3", workload: "g-counter"},
	"service-errors":     {reason: "exit status 3", workload: "g-counter"},
	"end-of-input":       {reason: "still there"},
	"end-status":         {reason: "exit status 4"},
	"end-drained":        {reason: "the node ended"},
	"sigterm":            {reason: "still there"},
}

// silent are the checks that fail because no answer comes, so that they take the whole timeout.
var silent = []string{"same-ids", "flush", "many-requests", "malformed-answered", "end-of-input", "sigterm"}

// mustNames returns the names of the Must checks.
func mustNames() []string {
	var names []string
	for _, c := range Checks() {
		if c.Level == Must {
			names = append(names, c.Name)
		}
	}
	return names
}

var long = flag.Bool("long", false, "see, too, that a node that fails one check passes the others that must be, and that all of our solutions pass")

// For every check there is a node that fails it for the right reason, and passes all unrelated Must checks.
func TestEveryCheckCanFail(t *testing.T) {
	t.Parallel()
	musts := mustNames()
	for _, c := range Checks() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			want := expected[c.Name]
			if want.reason == "" {
				want.reason = "exit status 3; stderr: cannot cope with " + c.Name
			}
			o := brokenNode(t, c.Name)
			o.Workload, o.Checks = want.workload, []string{c.Name}
			if o.Workload == "" {
				o.Workload = "echo"
			}
			if slices.Contains(silent, c.Name) {
				o.Timeout = 5 * time.Second
			}
			result := check(t, o).Results[0]
			require.Equal(t, Failed, result.Status, result)
			require.Contains(t, result.Reason, want.reason)
			require.NotEmpty(t, result.Sent)
			require.NotEmpty(t, result.Received)
			require.Equal(t, c.Why, result.Why)

			if !*long || c.Name == "service-slow" { // on a slow machine, its node fails other checks too
				return
			}
			o.Checks = musts
			if c.Name != "flush" && c.Name != "many-requests" {
				o.Timeout = 0
			}
			also := want.also
			if c.Level == Must {
				also = append(also, c.Name)
			}
			require.ElementsMatch(t, also, failed(check(t, o), Must))
		})
	}
	for name := range expected {
		require.True(t, slices.ContainsFunc(Checks(), func(c Check) bool { return c.Name == name }), "no check is called %s", name)
	}
}

// Our own solutions pass all checks. Without -long, only these run here: one without services, and one with them.
func TestSolutions(t *testing.T) {
	t.Parallel()
	solutions := map[string]string{
		"echo": "echo", "unique-ids": "unique-ids", "broadcast": "broadcast",
		"g-counter": "g-counter", "kafka-log": "kafka", "txn-kv": "txn-rw-register",
	}
	var packages []string
	for dir := range solutions {
		if !*long && dir != "echo" && dir != "g-counter" {
			delete(solutions, dir)
			continue
		}
		packages = append(packages, module.Path()+"/"+dir)
	}
	bin := build(t, packages...)
	for dir, workload := range solutions {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			report := check(t, Options{Path: filepath.Join(bin, dir)})
			require.Empty(t, failed(report, Nice))
			require.Equal(t, workload, report.Workload, "it was recognised")
			require.Empty(t, report.Others)
			for _, r := range report.Results {
				uses := dir == "g-counter"
				if strings.HasPrefix(r.Name, "service-") {
					require.Equal(t, uses, r.Status == Passed, r)
				}
			}
		})
	}
}

// The official library fails exactly these checks. Package node has unit tests for the same faults.
func TestOfficialLibrary(t *testing.T) {
	t.Parallel()
	bin := build(t, "glomers/node/testdata/official/echo")
	report := check(t, Options{Path: filepath.Join(bin, "echo"), Workload: "echo"})
	names := slices.DeleteFunc(failed(report, Nice), func(name string) bool {
		return name == "order" // each request has a goroutine, so the order is a matter of luck
	})
	require.ElementsMatch(t, []string{
		"before-init",
		"line-64k", "line-1m", "line-8m", "line-out", // bufio.Scanner stops at 64 KiB
		"integers", "large-numbers", "floats", // the body is decoded to map[string]any
		"no-msg-id",                                                                          // a missing msg_id is taken for 0
		"unknown-type", "unknown-survived", "malformed-message", "bad-line", "reply-to-zero", // log.Fatal, or an error of Run
	}, names)
	require.Equal(t, []string{"line-64k"}, failed(report, Must))
}

// A program of twenty lines passes all Must checks. Without -long, only these run here; the README's command runs all checks.
func TestPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil || exec.CommandContext(t.Context(), python, "-c", "pass").Run() != nil {
		t.Skip("skipped: needs python3")
	}
	echo := filepath.Join("..", "..", "examples", "python", "echo.py")
	o := Options{Path: python, Args: []string{echo}}
	if !*long {
		o.Workload, o.Checks = "echo", mustNames() // starting Python may be slow
	}
	report := check(t, o)
	require.Equal(t, "echo", report.Workload)
	require.Empty(t, failed(report, Must))
	if !*long {
		return
	}
	require.Contains(t, failed(report, Should), "malformed-answered", "it is twenty lines")
	require.NotContains(t, failed(report, Should), "unknown-type", "it need not know virtual time")
}

// A node of an unknown workload still gets the checks that apply to every node.
func TestUnknownWorkload(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, "request") // answers echo with an error, and g-counter's requests well
	o.Checks = []string{"init", "request", "unknown-type", "integers", "reply-fields", "msg-id-zero"}
	report := check(t, o)
	require.Equal(t, "g-counter", report.Workload)

	report = check(t, Options{Path: "/bin/cat", Timeout: 100 * time.Millisecond, InitTimeout: 100 * time.Millisecond, Checks: o.Checks})
	require.Empty(t, report.Workload)
	require.Equal(t, []string{"init"}, failed(report, Nice))
	require.Equal(t, NotApplicable, report.Results[1].Status)
}

// A node that has to elect a leader first is recognised once it has a leader.
func TestElection(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, electing)
	report := check(t, o)
	require.Empty(t, failed(report, Nice))
	require.Equal(t, "echo", report.Workload)
}

// A node that needs other nodes to elect a leader, such as Maelstrom's Raft in Python, still gets the checks that do not need a
// successful answer.
func TestLeaderless(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, leaderless)
	o.Timeout = time.Second // it gets twice as long for its election
	o.Checks = []string{"init", "request"}
	report := check(t, o)
	require.Equal(t, "echo", report.Workload)
	require.Equal(t, NotApplicable, report.Results[1].Status)
	o.Timeout, o.Workload, o.Checks = 5*time.Second, "echo", []string{"integers", "many-requests", "line-64k", "same-ids", "reply-fields"}
	var outcomes []Status
	for _, r := range check(t, o).Results {
		outcomes = append(outcomes, r.Status)
	}
	require.Equal(t, []Status{Passed, Passed, Passed, Passed, NotApplicable}, outcomes)
}

// Maelstrom's Raft in Python waits with select while lines wait in its buffer.
func TestStuckInItsBuffer(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, buffering)
	o.Workload, o.Checks, o.Timeout = "echo", []string{"many-requests"}, 5*time.Second
	result := check(t, o).Results[0]
	require.Equal(t, Failed, result.Status)
	require.Contains(t, result.Reason, "It came when another line was sent")
}

// The output of a node is bounded, and so are the answers that it asks for but does not read.
func TestFloods(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{
		flooding: "it floods its clients: 6",
		greedy:   "it asks for more than it reads: 4",
		noisy:    "it floods its clients: 4 ",
	} {
		o := brokenNode(t, mode)
		o.Workload, o.Checks, o.Timeout = "echo", []string{"request"}, 2*time.Second
		o.flood = 4 << 20
		result := check(t, o).Results[0]
		require.Equal(t, Failed, result.Status, mode)
		require.Contains(t, result.Reason, want, mode)
	}

	s := &session{run: &runner{options: Options{flood: floodLimit}}, changed: make(chan struct{})}
	line := bytes.Repeat([]byte("z"), 1<<20)
	for range 2 * noiseLimit {
		s.take(line)
	}
	require.True(t, s.isFlooded())
	require.Less(t, len(s.noise), noiseLimit)
	require.Less(t, len(s.noise[0].shown), 1000, "nothing more is kept of a line")
}

func TestLastWords(t *testing.T) {
	for said, want := range map[string]string{
		"":                                  "",
		"one\ntwo\n\n":                      "two",
		"TypeError: x\n\n\nNode.js v20.1\n": "TypeError: x",
		"panic: oh\n\ngoroutine 1\nmain()":  "panic: oh",
		strings.Repeat("y", 10000):          clip([]byte(strings.Repeat("y", 10000))),
	} {
		require.Equal(t, want, tellingLine(said))
	}
}

func TestWhatCannotBeChecked(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "node")
	require.NoError(t, os.WriteFile(script, []byte("print('hello')\n"), 0o755))
	for says, o := range map[string]Options{
		"no such file":                     {Path: "/nosuch"},
		"its first line must name":         {Path: script},
		`no workload "nosuch": want broad`: {Path: "/bin/cat", Workload: "nosuch"},
		`no check "nosuch": want init, `:   {Path: "/bin/cat", Checks: []string{"nosuch"}},
	} {
		_, err := Run(t.Context(), o)
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "conform: ")
	}
}

// A check with a long wait ends when its context is cancelled, and so do its processes.
func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	o := brokenNode(t, "malformed-answered")
	o.Workload, o.Timeout, o.InitTimeout = "echo", time.Hour, time.Hour
	o.Checks = []string{"order", "malformed-answered"}
	o.Parallel = 2
	o.Progress = func(r Result, done, all int) {
		require.Equal(t, []any{"order", 1, 2}, []any{r.Name, done, all})
		cancel()
	}
	_, err := Run(ctx, o)
	require.ErrorIs(t, err, context.Canceled)
}

func TestProgress(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, sound)
	o.Workload, o.Checks = "echo", []string{"init", "request", "spaces", "own-ids"}
	var names []string
	o.Progress = func(r Result, done, all int) {
		names = append(names, r.Name)
		require.Equal(t, []int{len(names), 4}, []int{done, all})
	}
	report := check(t, o)
	require.ElementsMatch(t, o.Checks, names)
	require.Equal(t, "init", report.Results[0].Name)
	require.Len(t, report.Results, 4)
}

func TestChecksAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Checks() {
		require.False(t, seen[c.Name], c.Name)
		seen[c.Name] = true
		require.LessOrEqual(t, len(c.Name), 18, c.Name)
		require.NotEmpty(t, c.Why)
		require.NotNil(t, c.run)
		require.LessOrEqual(t, utf8.RuneCountInString(c.About), width-34, c.About)
	}
	require.Equal(t, []string{"init", "request"}, []string{Checks()[0].Name, Checks()[1].Name})
	_, err := (Check{Name: "x"}).result(errors.New("disk on fire"), evidence{})
	require.EqualError(t, err, "conform: x: disk on fire")
}

func TestLevels(t *testing.T) {
	for _, name := range LevelNames() {
		level, err := ParseLevel(name)
		require.NoError(t, err)
		require.Equal(t, name, level.String())
	}
	_, err := ParseLevel("may")
	require.EqualError(t, err, `conform: no level "may": want must, should, nice`)
}
