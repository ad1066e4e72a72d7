package spec_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft"
	"glomers/examples/raft/spec"
)

var (
	seedsFlag = flag.Int("seeds", 12, "check the traces of so many seeds")
	fileFlag  = flag.String("trace", "", "write a trace to this file, for TLC")
)

// length is the virtual time of a simulation.
const length = 2 * time.Second

// checked checks the trace of a seed.
func checked(seed uint64, bug string) (taken map[string]int, err error) {
	return spec.Check(simulate(seed, bug, length).recorder.Trace)
}

// The specification explains everything that cores do, and they do nearly everything that it has.
func TestSimulations(t *testing.T) {
	taken := make(map[string]int)
	for seed := range uint64(*seedsFlag) {
		of, err := checked(seed, "")
		require.NoError(t, err, "seed %d", seed)
		for action, n := range of {
			taken[action] += n
		}
	}
	actions := specified(t)
	for _, a := range actions {
		t.Logf("%-30s %7d", a, taken[a])
	}
	require.GreaterOrEqual(t, len(taken)*100, 90*len(actions))
}

// The bugs that the specification does not forbid, and why.
var allowed = map[string]string{
	"commit-stops":         "it loses progress, of which the specification promises none",
	"removed-disrupts":     "it loses progress, of which the specification promises none: a server may vote although it hears of a leader",
	"retry-empty":          "it loses progress, of which the specification promises none",
	"lease-ignores-clocks": "reads, and clocks, are not in the specification",
	"read-any-round":       "reads are not in the specification",
	"read-too-early":       "reads are not in the specification",
}

// The bugs that the specification forbids, but to which these simulations do not come, and why.
var unreached = map[string]string{
	"leader-votes": "with pre-votes, there is hardly ever a second candidate in the term of a leader; explorations find it",
}

// Broken cores take steps that the specification does not have.
func TestBugs(t *testing.T) {
	first := map[string]uint64{"commit-older-term": 12, "vote-longest-log": 183} // the first seed that shows it, or one of the next does after a change
	for _, b := range raft.Bugs() {
		if unreached[b.Name] != "" {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			seeds := uint64(300)
			if allowed[b.Name] != "" {
				seeds = 3
			}
			for seed := first[b.Name]; seed < first[b.Name]+seeds; seed++ {
				if _, err := checked(seed, b.Name); err != nil {
					require.Empty(t, allowed[b.Name])
					t.Logf("it %s: seed %d, %v", b.Breaks, seed, err)
					return
				}
			}
			require.NotEmpty(t, allowed[b.Name], "the bug explains itself")
		})
	}
}

// A trace in a file is as good as one in memory: it is in the form that RaftTrace.tla reads.
func TestTraceFile(t *testing.T) {
	name := *fileFlag
	if name == "" {
		name = filepath.Join(t.TempDir(), "trace.ndjson")
	}
	s := simulate(1, "", time.Second)
	file, err := os.Create(name)
	require.NoError(t, err)
	size, err := s.recorder.WriteTo(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())

	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Len(t, text, int(size))
	require.Equal(t, len(s.recorder.Trace), bytes.Count(text, []byte("\n")))
	require.NotContains(t, string(text), "null", "TLA+ has no null")
	trace, err := spec.ReadTrace(bytes.NewReader(text))
	require.NoError(t, err)
	want, err := spec.Check(s.recorder.Trace)
	require.NoError(t, err)
	taken, err := spec.Check(trace)
	require.NoError(t, err)
	require.Equal(t, want, taken)

	_, err = spec.ReadTrace(strings.NewReader(`{"event":"init"}` + "\n" + `{"evnt":"x"}`))
	require.EqualError(t, err, `spec: event 2 of the trace: json: unknown field "evnt"`)
}

// What was changed in a trace is noticed.
func TestCorruptedTraces(t *testing.T) {
	find := func(trace []spec.Event, is func(e *spec.Event) bool) int {
		i := slices.IndexFunc(trace, func(e spec.Event) bool { return is(&e) })
		require.GreaterOrEqual(t, i, 0)
		return i
	}
	views := func(is func(v *spec.View) bool) func(e *spec.Event) bool {
		return func(e *spec.Event) bool { return e.Kind == spec.EventStep && is(e.View) }
	}
	without := func(kind string) func(trace []spec.Event) []spec.Event {
		return func(trace []spec.Event) []spec.Event {
			i := find(trace, func(e *spec.Event) bool { return e.Kind == kind && e.Server != "" })
			return slices.Delete(trace, i, i+1)
		}
	}
	for name, test := range map[string]struct {
		corrupt func(trace []spec.Event) []spec.Event
		want    string
	}{
		"another vote": {func(trace []spec.Event) []spec.Event {
			i := find(trace, views(func(v *spec.View) bool { return v.VotedFor == "n1" && v.State == spec.Follower }))
			trace[i].View.VotedFor = "n2"
			return trace
		}, `votedFor is "n2", and should be "n1"`},
		"another entry": {func(trace []spec.Event) []spec.Event {
			i := find(trace, views(func(v *spec.View) bool { return len(v.Log) > 3 && v.State == spec.Follower }))
			trace[i].View.Log[2].Value = "99999"
			return trace
		}, `log[3] is {1 99999 {[] []}}`},
		"a commit index that is too high": {func(trace []spec.Event) []spec.Event {
			i := find(trace, views(func(v *spec.View) bool { return v.CommitIndex < uint64(len(v.Log)) }))
			trace[i].View.CommitIndex++
			return trace
		}, `commitIndex is 1, and should be 0`},
		"a record that was not written": {without(spec.EventWrite), `records cannot be on disk`},
		"a sync that did not happen": {func(trace []spec.Event) []spec.Event {
			i := find(trace, func(e *spec.Event) bool {
				return e.Kind == spec.EventSend && e.Message.Type == spec.RequestVoteResponse
			})
			for trace[i].Kind != spec.EventSync {
				i--
			}
			return slices.Delete(trace, i, i+1)
		}, `what the message promises is not on the disk yet`},
		"a message that was not sent": {without(spec.EventSend), `no such message is under way`},
		"a message that came twice": {func(trace []spec.Event) []spec.Event {
			i := find(trace, func(e *spec.Event) bool { return e.Kind == spec.EventStep && e.Message != nil && len(e.Made) == 0 })
			return slices.Insert(trace, i, trace[i])
		}, `no such message is under way`},
		"a restart that forgets": {func(trace []spec.Event) []spec.Event {
			i := find(trace, func(e *spec.Event) bool { return e.Kind == spec.EventRestart && e.View.CurrentTerm > 0 })
			trace[i].View.CurrentTerm--
			return trace
		}, `the disk has lost what it had`},
		"an unknown event":  {func(trace []spec.Event) []spec.Event { return []spec.Event{trace[0], {Kind: "x", Server: "n0"}} }, "it is not an event"},
		"an unknown server": {func(trace []spec.Event) []spec.Event { return []spec.Event{trace[0], {Kind: "x", Server: "n9"}} }, "no such server"},
		"no beginning":      {func(trace []spec.Event) []spec.Event { return trace[1:] }, "no such server"},
	} {
		_, err := spec.Check(test.corrupt(simulate(0, "", length).recorder.Trace))
		require.ErrorContains(t, err, test.want, name)
	}
}

var (
	definition = regexp.MustCompile(`(?m)^(\w+)(?:\([\w, ]+\))? ==`)
	called     = regexp.MustCompile(`\b(\w+)\(`)
)

// specified returns the actions of Raft.tla: what it defines, and Next lists.
func specified(t *testing.T) []string {
	text, err := os.ReadFile("Raft.tla")
	require.NoError(t, err)
	defined, actions := make(map[string]bool), make(map[string]bool)
	for _, m := range definition.FindAllStringSubmatch(string(text), -1) {
		defined[m[1]] = true
	}
	for _, m := range called.FindAllStringSubmatch(section(t, string(text), "Next ==", "Spec =="), -1) {
		actions[m[1]] = defined[m[1]]
	}
	maps.DeleteFunc(actions, func(_ string, defined bool) bool { return !defined })
	return slices.Sorted(maps.Keys(actions))
}

// section returns the part of a module from a line that begins with one text up to one that begins with the other.
func section(t *testing.T, module, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(module, "\n"+from)
	require.True(t, found)
	text, _, found := strings.Cut(rest, "\n"+to)
	require.True(t, found)
	return text
}

// The module that reads traces lets every action happen.
func TestTraceModule(t *testing.T) {
	text, err := os.ReadFile("RaftTrace.tla")
	require.NoError(t, err)
	var uses []string
	for _, m := range called.FindAllStringSubmatch(section(t, string(text), "Action(i) ==", "TraceSpec =="), -1) {
		uses = append(uses, m[1])
	}
	for _, a := range specified(t) {
		require.Contains(t, uses, a)
	}
}

// Each action of the specification is a function with the same name, and the other way round.
func TestActions(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var functions []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv != nil && f.Name.IsExported() && slices.Contains([]string{"step", "network"}, receiver(f)) {
				functions = append(functions, f.Name.Name)
			}
		}
	}
	slices.Sort(functions)
	require.Equal(t, specified(t), functions)
}

// receiver returns the name of the type whose method f is.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return typ.(*ast.Ident).Name
}
