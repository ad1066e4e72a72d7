package explore

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	update = flag.Bool("update", false, "write the pictures and the figures of README.md anew")
	long   = flag.Bool("long", false, "measure again how soon each strategy finds the mistake of README.md")
)

// lesson is the scope of README.md.
func lesson(t *testing.T) Scope {
	return Scope{
		Program: mutant(t, "counter-overwrite"), Workload: "g-counter", Ticks: 1,
		Given: []Op{{0, "add", 1}, {0, "add", 2}, {1, "add", 3}},
	}
}

// small is a scope whose tree of schedules fits into a picture.
func small(t *testing.T) Scope {
	return Scope{Program: mutant(t, "counter-overwrite"), Workload: "g-counter", Nodes: 2, Ticks: 1, Given: []Op{{0, "add", 1}}}
}

// A trial says how a strategy does in the lesson.
type trial struct {
	Strategy   string
	First      []int // executions up to the first that fails, by seed; 0 where none of Most fails
	Most       int   // 0 means that there is no limit
	Executions int   // of a strategy that has exhausted its bound
	States     int
}

const measured = "pictures/first-failure.json"

// contenders returns how the strategies of the table are made, and the number of executions that each may try.
func contenders() []struct {
	of    func(seed uint64) Strategy
	seeds uint64
	most  int
} {
	type contender = struct {
		of    func(seed uint64) Strategy
		seeds uint64
		most  int
	}
	fixed := func(s Strategy) contender { return contender{func(uint64) Strategy { return s }, 1, 0} }
	drawn := func(of func(seed uint64) Strategy) contender { return contender{of, 20, 1000} }
	pct := func(d int) contender { return drawn(func(seed uint64) Strategy { return PCT(seed, d) }) }
	return []contender{fixed(Exhaustive()), fixed(Delays(1)), fixed(Delays(2)), drawn(Random), drawn(Swarm), pct(2), pct(3), drawn(POS)}
}

func try(t *testing.T, s Scope, of func(seed uint64) Strategy, seeds uint64, most int) (r trial) {
	t.Helper()
	r.Strategy, r.Most = of(1).String(), most
	for seed := range seeds {
		s.Strategy, s.Most = of(seed+1), most
		report, err := Run(context.Background(), s)
		require.NoError(t, err)
		first := 0
		if report.Failure != nil {
			first = report.Failure.Execution
		}
		if report.Exhausted {
			r.Executions, r.States = report.Executions, report.States
		}
		r.First = append(r.First, first)
	}
	return r
}

// Strategies find the mistake after as many executions as the README says. Those that draw take their time.
func TestFirstFailures(t *testing.T) {
	t.Parallel()
	if *update {
		t.Skip("skipped: TestReadme updates the figures")
	}
	was := readTrials(t)
	for i, c := range contenders() {
		if c.seeds == 1 || *long {
			require.Equal(t, try(t, lesson(t), c.of, c.seeds, c.most), was[i])
		}
	}
	require.Len(t, was, len(contenders()))
	misses := func(r trial) bool { return !slices.ContainsFunc(r.First, func(n int) bool { return n > 0 }) }
	finds := func(r trial) bool { return !slices.Contains(r.First, 0) }
	require.True(t, misses(was[1]) && finds(was[2]), "README.md says that the mistake needs two delays")
	require.True(t, finds(was[5]) && finds(was[6]), "README.md says that depth 2 is enough")
}

func readTrials(t *testing.T) (all []trial) {
	t.Helper()
	data, err := os.ReadFile(measured)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &all))
	return all
}

// The pictures and figures of README.md are those of the explorer as it is.
func TestReadme(t *testing.T) {
	t.Parallel()
	files := make(map[string][]byte)
	if *update {
		var all []trial
		for _, c := range contenders() {
			all = append(all, try(t, lesson(t), c.of, c.seeds, c.most))
		}
		data, err := json.MarshalIndent(all, "", "\t")
		require.NoError(t, err)
		write(t, measured, append(data, '\n'))
	}
	trials := readTrials(t)
	tree := grow(t, small(t))
	files["pictures/tree.svg"] = tree.draw()
	require.Zero(t, tree.cut()[known], "README.md says that the memory of states cuts nothing")
	scope := lesson(t)
	r, err := Run(context.Background(), scope)
	require.NoError(t, err)
	require.NotNil(t, r.Failure, "%v", r)
	files["pictures/failure.svg"] = drawMoves(follow(t, scope, r.Failure.Decisions), r.Failure.Decisions.String())
	files["pictures/first-failure.svg"] = drawTrials(trials)

	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for name, figures := range map[string]string{
		"tree": tree.words(), "failure": listing(*r.Failure), "strategies": table(trials),
	} {
		block := regexp.MustCompile(`(?s)(<!-- figures: ` + name + ` -->\n).*?(\n<!-- end -->)`)
		require.True(t, block.Match(text), name)
		text = block.ReplaceAll(text, []byte("${1}"+strings.ReplaceAll(figures, "$", "$$")+"${2}"))
	}
	files["README.md"] = text
	for name, want := range files {
		if *update {
			write(t, name, want)
			continue
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is out of date: go test ./harness/explore -run TestReadme -update", name)
	}
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.FromSlash(name), data, 0o644)) //nolint:gosec // a document
}

// listing returns a failure as a block of Markdown, with the node's clock left out of what it says.
func listing(f Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    Decisions: %v", f.Decisions)
	for i, s := range f.Steps {
		fmt.Fprintf(&b, "\n    %2d  %s", i, s.Text)
		for _, sent := range s.Sent {
			fmt.Fprintf(&b, "\n            %s", sent)
		}
	}
	fmt.Fprintf(&b, "\n    %s", f.Reasons[0])
	return b.String()
}

// table returns the trials as a table of Markdown.
func table(all []trial) string {
	lines := []string{"| strategy | seeds | executions to the first failure: median | least to most |", "|---|---|---|---|"}
	for _, r := range all {
		found := slices.DeleteFunc(slices.Sorted(slices.Values(r.First)), func(n int) bool { return n == 0 })
		middle, span := "none fails", ""
		switch {
		case len(found) == len(r.First) && len(found) > 1:
			middle, span = fmt.Sprint(median(found)), fmt.Sprintf("%d to %d", found[0], found[len(found)-1])
		case len(found) == 1 && len(r.First) == 1:
			middle = fmt.Sprint(found[0])
		case len(found) > 0:
			middle, span = fmt.Sprintf("%d of %d seeds find it", len(found), len(r.First)), fmt.Sprintf("%d to more than %d", found[0], r.Most)
		case r.Most == 0:
			span = fmt.Sprintf("exhausted: %d executions", r.Executions)
		default:
			span = fmt.Sprintf("of %d with each seed", r.Most)
		}
		seeds := "–"
		if len(r.First) > 1 {
			seeds = fmt.Sprint(len(r.First))
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s |", r.Strategy, seeds, middle, span))
	}
	return strings.Join(lines, "\n")
}
