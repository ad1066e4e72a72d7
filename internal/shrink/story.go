package shrink

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/internal/wording"
)

const (
	maxShown = 15 // the most messages that are shown
	maxWidth = 72 // the most bytes of a value or a message that are shown
)

// Story describes the small run: its operations, its faults, the most important messages, and the verdict.
func (s *Shrunk) Story() string {
	var b strings.Builder
	to := plan{nodes: s.Test.NodeCount, choices: s.Test.Choices, limit: s.Test.TimeLimit, ops: s.Test.Excerpt.Ops, faults: s.Test.Excerpt.Faults}
	fmt.Fprintf(&b, "seed %d in %d runs: operations %d → %d, faults %d → %d, nodes %d → %d, time %v → %v\n",
		s.Test.Seed, s.Runs, len(s.from.ops), len(to.ops), len(s.from.faults), len(to.faults),
		cmp.Or(s.from.nodes, 5), cmp.Or(to.nodes, 5), s.from.limit, to.limit)
	if len(s.from.choices) > 0 {
		fmt.Fprintf(&b, "decisions that differ from those of the seed: %d → %d, %v\n", len(s.from.choices), len(to.choices), to.choices)
	}
	fmt.Fprintf(&b, "\n    %s\n", Describe(s.Test))
	section(&b, "operations", s.operations())
	section(&b, "faults", s.faults())
	section(&b, "messages between nodes", s.messages())
	section(&b, s.verdict(), s.reasons())
	return b.String()
}

// Describe sums up the options of a test in a line.
func Describe(t harness.Test) string {
	parts := []string{
		t.Workload,
		wording.Plural(cmp.Or(t.NodeCount, 5), "node"),
		fmt.Sprintf("%v operations/s for %v", cmp.Or(t.Rate, 5), cmp.Or(t.TimeLimit, harness.DefaultTimeLimit)),
	}
	if t.Concurrency > 0 {
		parts = append(parts, wording.Plural(t.Concurrency, "worker"))
	}
	if t.Latency > 0 {
		parts = append(parts, fmt.Sprintf("%s latency of %v", cmp.Or(t.LatencyDist, network.Constant), t.Latency))
	}
	if len(t.Nemesis) > 0 {
		parts = append(parts, "faults: "+strings.Join(t.Nemesis, ", "))
	}
	return strings.Join(parts, ", ")
}

// section writes a heading and lines. It aligns the cells of the lines, which are separated by tabs.
func section(b *strings.Builder, heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", heading)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, line := range lines {
		_, _ = fmt.Fprintf(w, "    %s\n", line) // a Builder takes everything
	}
	_ = w.Flush()
}

// operations returns a line for each operation, numbered from 1.
func (s *Shrunk) operations() []string {
	var lines []string
	completions := history.Completions(s.record.ops)
	for i, op := range s.record.ops {
		if op.Process == history.Nemesis || op.Type != history.Invoke {
			continue
		}
		what := strings.TrimSpace(op.F + " " + quote(op.Value))
		if op.Final {
			what = "final " + what
		}
		var done history.Op // the zero Op if it never ended
		if at, ended := completions[i]; ended {
			done = s.record.ops[at]
		}
		lines = append(lines, fmt.Sprintf("%d.\t%s\tprocess %v to %s\t%s\t→ %s",
			len(lines)+1, seconds(op.Time), op.Process, op.Node, what, outcome(op, done)))
	}
	return lines
}

// outcome describes the completion of an operation.
func outcome(invoked, done history.Op) string {
	if done.Type == "" {
		return "never ended"
	}
	words := []string{string(done.Type)}
	if string(done.Value) != string(invoked.Value) {
		words = append(words, quote(done.Value))
	}
	if len(done.Error) > 0 {
		words = append(words, quote(done.Error))
	}
	if done.Time > invoked.Time {
		words = append(words, fmt.Sprintf("after %v", time.Duration(done.Time-invoked.Time).Round(time.Millisecond)))
	}
	return strings.Join(words, " ")
}

// faults returns a line for each time in which a fault was in force.
func (s *Shrunk) faults() []string {
	var lines []string
	for _, f := range s.record.faults() {
		lines = append(lines, fmt.Sprintf("%s to %s\t%s\t%s", seconds(f.Begin), seconds(f.End), f.Name, effect(f.Effect)))
	}
	return lines
}

// effect describes the effect of a fault.
func effect(e history.Effect) string {
	parts := []string{e.Text}
	for _, node := range slices.Sorted(maps.Keys(e.Links)) {
		parts = append(parts, fmt.Sprintf("%s hears nothing of %s", node, strings.Join(e.Links[node], ", ")))
	}
	return strings.Join(parts, "; ")
}

// messages returns a line for each of the most important messages: lost messages first, then the earliest.
func (s *Shrunk) messages() []string {
	type fate struct {
		sent network.Event
		ends []network.Event
	}
	var fates []*fate
	byID := make(map[int64]*fate)
	for _, e := range s.record.events {
		if e.Kind == network.Sent {
			f := &fate{sent: e}
			byID[e.ID], fates = f, append(fates, f)
		} else if f := byID[e.ID]; f != nil {
			f.ends = append(f.ends, e)
		}
	}
	lost := func(f *fate) bool {
		return slices.ContainsFunc(f.ends, func(e network.Event) bool { return e.Kind != network.Received })
	}
	shown := slices.Clone(fates)
	slices.SortStableFunc(shown, func(a, b *fate) int { return cmp.Compare(rank(lost(a)), rank(lost(b))) })
	shown = shown[:min(len(shown), maxShown)]
	slices.SortFunc(shown, func(a, b *fate) int { return cmp.Compare(a.sent.ID, b.sent.ID) })

	var lines []string
	for _, f := range shown {
		ends := []string{"still under way at the end"}
		if len(f.ends) > 0 {
			ends = nil
		}
		for _, e := range f.ends {
			ends = append(ends, ending(e)+" at "+seconds(int64(e.Time)))
		}
		lines = append(lines, fmt.Sprintf("%s\t%s → %s\t%s\t%s",
			seconds(int64(f.sent.Time)), sender(f.sent), f.sent.Dest, quote(f.sent.Body), strings.Join(ends, ", ")))
	}
	if more := len(fates) - len(shown); more > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	return lines
}

// sender returns the sender of a message and, if the message was sent in another party's name, that party.
func sender(e network.Event) string {
	if e.Writer == "" {
		return e.Src
	}
	return e.Writer + " as " + e.Src
}

// rank sorts messages that matter before all others.
func rank(matters bool) int {
	if matters {
		return 0
	}
	return 1
}

func ending(e network.Event) string {
	switch e.Kind {
	case network.Received:
		return "arrived"
	case network.Gone:
		return "found nobody"
	}
	return "lost"
}

func (s *Shrunk) verdict() string {
	if s.Err != nil {
		return "broken"
	}
	return s.Result.Valid.String()
}

func (s *Shrunk) reasons() []string {
	if s.Err != nil {
		return strings.Split(s.Err.Error(), "\n")
	}
	var reasons []string
	for _, r := range checks(s.Result) {
		if r.Verdict() != check.Valid {
			reasons = append(reasons, r.Reasons()...)
		}
	}
	return reasons
}

func seconds(ns int64) string { return fmt.Sprintf("%.3f s", float64(ns)/1e9) }

// quote returns JSON for display, cut if it is long; "" for null.
func quote(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	return wording.ClipCounted(raw, maxWidth)
}
