package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/record"
	"glomers/node"
)

// aRun carries out a short run of nodes that ask each other, under faults, and opens it.
func aRun(t *testing.T) *record.Run {
	type said struct {
		Echo json.RawMessage `json:"echo"`
	}
	res, err := harness.Run(t.Context(), harness.Test{
		Workload: "echo", NodeCount: 2, Rate: 200, TimeLimit: 500 * time.Millisecond, Store: t.TempDir(), Seed: 1,
		Nemesis: []string{"loss"}, NemesisInterval: 50 * time.Millisecond,
		Program: harness.InProcess(func(n *node.Node) {
			node.HandleRPC(n, "echo", func(ctx context.Context, m said) (said, error) {
				ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
				defer cancel()
				_, _ = node.Call[said](ctx, n, n.Others()[0], "ask", m) // it may be lost
				return m, nil
			})
			node.HandleRPC(n, "ask", func(_ context.Context, m said) (said, error) { return m, nil })
		}),
	})
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Nemesis.Dropped)
	return opened(t, res.Dir)
}

func opened(t testing.TB, dir string) *record.Run {
	run, err := record.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = run.Close() })
	return run
}

func exported(t testing.TB, run *record.Run, o Options) (string, Missing) {
	var b bytes.Buffer
	missing, err := Write(&b, run, o)
	require.NoError(t, err)
	return b.String(), missing
}

// counts returns the number of lines of a file of a run that contain a text.
func counts(t *testing.T, run *record.Run, name, part string) int {
	text, err := os.ReadFile(filepath.Join(run.Dir(), name))
	require.NoError(t, err)
	n := 0
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// A span has its parent's trace and begins after it; an answer's parent is its request, and a client's request has its operation.
func TestOTLP(t *testing.T) {
	run := aRun(t)
	out, missing := exported(t, run, Options{Format: "otlp"})
	require.Zero(t, missing)
	spans := make(map[string]span)
	var names []string
	for line := range strings.Lines(out) {
		var all traces
		require.NoError(t, json.Unmarshal([]byte(line), &all))
		s := all.Resources[0].Scopes[0].Spans[0]
		require.Len(t, s.Trace, 32)
		require.Len(t, s.ID, 16)
		require.Empty(t, spans[s.ID].ID)
		require.LessOrEqual(t, s.Start, s.End)
		spans[s.ID] = s
		names = append(names, s.Name)
	}
	require.Len(t, spans, counts(t, run, "history.jsonl", `"type":"invoke","process":`)-counts(t, run, "history.jsonl", `"type":"invoke","process":"nemesis"`)+
		counts(t, run, "journal.jsonl", `"event":"send"`)+counts(t, run, "history.jsonl", `"f":"start-loss"`)/2)
	children, lost := make(map[string]int), 0
	for _, s := range spans {
		if s.Status.Message == "it was lost" {
			lost++
		}
		if s.Parent == "" {
			continue
		}
		parent, ok := spans[s.Parent]
		require.True(t, ok)
		require.Equal(t, parent.Trace, s.Trace)
		require.LessOrEqual(t, parent.Start, s.Start)
		children[parent.Name+" "+s.Name]++
	}
	require.Equal(t, counts(t, run, "journal.jsonl", `"event":"drop"`), lost)
	require.Equal(t, counts(t, run, "journal.jsonl", `"type":"init"`)/2, children["init init_ok"])
	ops := counts(t, run, "history.jsonl", `"type":"invoke"`)
	require.InDelta(t, ops, children["echo echo"]+children["echo echo_ok"], float64(ops), "an operation and its request have the same name: %v", children)
	require.Positive(t, children["echo echo"])
	require.Positive(t, children["echo echo_ok"])
	require.Positive(t, children["ask ask_ok"])
	require.Len(t, children, 4, "%v", children)
	require.Contains(t, names, "loss")
	again, _ := exported(t, run, Options{Format: "otlp"})
	require.Equal(t, out, again)
}

// Each arrow begins and ends in a slice at the same time, and each operation is there.
func TestPerfetto(t *testing.T) {
	run := aRun(t)
	out, missing := exported(t, run, Options{Format: "perfetto"})
	require.Zero(t, missing)
	var file struct {
		Events []traceEvent `json:"traceEvents"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &file))
	type place struct {
		process, thread int
		at              float64
	}
	slices := make(map[place]bool)
	begun, ended, phases := make(map[int64]bool), 0, make(map[string]int)
	names := make(map[string]bool)
	for _, e := range file.Events {
		at := place{e.Process, e.Thread, e.Time}
		phases[e.Phase+e.Category]++
		switch e.Phase {
		case "X":
			require.Positive(t, e.Duration)
			slices[at] = true
		case "s":
			require.True(t, slices[at])
			begun[e.ID] = true
		case "f":
			require.True(t, slices[at])
			require.True(t, begun[e.ID])
			ended++
		case "M":
			names[fmt.Sprint(e.Args["name"])] = true
		}
	}
	require.Equal(t, counts(t, run, "journal.jsonl", `"event":"send"`), len(begun))
	require.Equal(t, counts(t, run, "journal.jsonl", `"event":"recv"`), ended)
	require.Equal(t, counts(t, run, "journal.jsonl", `"event":"drop"`), phases["imessage"])
	require.Positive(t, phases["Xoperation"])
	require.Positive(t, phases["Xfault"])
	for _, name := range []string{"operations", "faults", "nodes", "n0", "n1", "process 0", "loss"} {
		require.True(t, names[name], name)
	}
}

// The clocks are vector clocks: a party's own number counts its events, and who receives knows all that the sender knew.
func TestShiViz(t *testing.T) {
	run := aRun(t)
	out, missing := exported(t, run, Options{Format: "shiviz"})
	require.Zero(t, missing)
	line := regexp.MustCompile(`(?m)^(?P<event>.*)\n(?P<host>\S*) (?P<clock>{.*})$`) // ShiViz's default
	message := regexp.MustCompile(`^(send|receive) \S+ (?:to|from) \S+, message (\d+)$`)
	all := line.FindAllStringSubmatch(out, -1)
	require.Len(t, all, counts(t, run, "journal.jsonl", `"event":"send"`)+counts(t, run, "journal.jsonl", `"event":"recv"`))
	own, sent := make(map[string]int), make(map[string]map[string]int)
	for _, m := range all {
		what := message.FindStringSubmatch(m[1])
		require.NotNil(t, what, m[1])
		var clock map[string]int
		require.NoError(t, json.Unmarshal([]byte(m[3]), &clock))
		own[m[2]]++
		require.Equal(t, own[m[2]], clock[m[2]])
		if what[1] == "send" {
			sent[what[2]] = clock
			continue
		}
		for party, n := range sent[what[2]] {
			require.GreaterOrEqual(t, clock[party], n)
		}
	}
}

// A part of a run is exported alone.
func TestPart(t *testing.T) {
	run := aRun(t)
	for _, format := range Formats() {
		whole, _ := exported(t, run, Options{Format: format})
		part, _ := exported(t, run, Options{Format: format, From: 100 * time.Millisecond, To: 200 * time.Millisecond})
		require.Less(t, len(part), len(whole)/2, format)
		none, _ := exported(t, run, Options{Format: format, From: time.Hour})
		require.NotContains(t, none, "echo_ok", format)
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := Write(nil, nil, Options{Format: "perfeto"})
	require.ErrorContains(t, err, `export: format "perfeto"`)
	require.ErrorContains(t, err, "perfetto")
}

// planted returns a run whose journal is this text.
func planted(t testing.TB, journal string) *record.Run {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"test.json":     `{"workload":"echo","nodes":["n1"],"services":["lin-kv"],"seed":1}`,
		"history.jsonl": `{"index":0,"time":5,"type":"invoke","process":0,"node":"n1","client":"c1","f":"echo","value":"\u001b"}` + "\n",
		"journal.jsonl": journal,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return opened(t, dir)
}

// What nodes have chosen cannot break a format, and damage is counted.
func TestPlantedJournal(t *testing.T) {
	const evil = `{"time":7,"event":"send","id":3,"src":"c 1\n","dest":"n1","body":{"type":"a\nb\u001b\"","msg_id":1}}`
	for _, format := range Formats() {
		out, missing := exported(t, planted(t, evil+"\nnonsense\n"+`{"time":8,"eve`), Options{Format: format})
		require.Equal(t, Missing{Lines: 1, Half: true}, missing, format)
		require.NotContains(t, out, "\x1b")
		require.NotContains(t, out, "a\nb")
	}
}

func FuzzExport(f *testing.F) {
	f.Add(`{"time":7,"event":"send","id":3,"src":"c1","dest":"n1","body":{"type":"a","msg_id":1}}` + "\n" + `{"time":8,"event":"recv","id":3,"src":"c1","dest":"n1","body":{"type":"a","msg_id":1}}` + "\n")
	f.Add(`{"time":7,"event":"drop","id":-3,"src":"","dest":"","body":[]}` + "\n")
	f.Fuzz(func(t *testing.T, journal string) {
		run := planted(t, journal)
		out, _ := exported(t, run, Options{Format: "perfetto"})
		require.True(t, json.Valid([]byte(out)))
		out, _ = exported(t, run, Options{Format: "otlp"})
		for line := range strings.Lines(out) {
			require.True(t, json.Valid([]byte(line)))
		}
		out, _ = exported(t, run, Options{Format: "shiviz"})
		require.Zero(t, strings.Count(out, "\n")%2)
	})
}
