// Package exhausted explores small clusters of our nodes in tests, and keeps the numbers of executions in a README.md, so that
// nobody narrows a scope unseen.
//
// The tables are between the lines <!-- schedules --> and <!-- /schedules -->. After a change that is meant to change them:
//
//	go test ./broadcast -run '^TestEverySchedule$' -long -counts
package exhausted

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
	"glomers/internal/disk"
)

var (
	long   = flag.Bool("long", false, "explore the larger scopes, too")
	counts = flag.Bool("counts", false, "write the numbers of executions to README.md")
)

// A Case is a scope with its name, by which a row of the table begins.
type Case struct {
	Name string
	Long bool // explored only with the flag -long
	explore.Scope
}

// Test explores the scopes, and fails t unless all executions are valid, and as many as the README.md of the package says.
func Test(t *testing.T, cases ...Case) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rows, after, err := table(string(text))
	require.NoError(t, err)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Long && !*long {
				t.Skip("skipped: needs -long")
			}
			r := explore.Explore(t, c.Scope)
			switch {
			case t.Failed() || flag.Lookup("decisions").Value.String() != "": // of one execution, there is nothing to count
			case *counts:
				rows[c.Name] = row(c.Name, r)
			default:
				require.Equal(t, row(c.Name, r), rows[c.Name], "README.md has other numbers: look why before you write them with -counts")
			}
		})
		if rows[c.Name] == "" && !(c.Long && *counts) {
			t.Errorf("exhausted: README.md has no row %q: write it with -counts", c.Name)
		}
	}
	lines := lines(cases, rows)
	if *counts {
		require.NoError(t, disk.WriteFile("README.md", []byte(before+lines+after)))
		return
	}
	require.Equal(t, before+lines+after, string(text), "README.md has rows without scopes, or in another order: write them with -counts")
}

const (
	begin = "<!-- schedules -->\n"
	end   = "<!-- /schedules -->\n"
	head  = "\n| | scope | executions | states |\n|---|---|---|---|\n"
)

// table returns the rows of the table in a text, by their names, and the text before and after it.
func table(text string) (before string, rows map[string]string, after string, err error) {
	before, rest, ok := strings.Cut(text, begin)
	inside, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", nil, "", fmt.Errorf("exhausted: README.md lacks the lines %s and %s", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	rows = make(map[string]string)
	for line := range strings.Lines(inside) {
		if name, found := strings.CutPrefix(line, "| "); found && !strings.HasPrefix(line, "| |") {
			name, _, _ = strings.Cut(name, " |")
			rows[name] = line
		}
	}
	return before + begin, rows, end + after, nil
}

// lines returns the table with the rows that there are, in the order of the cases.
func lines(cases []Case, rows map[string]string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, c := range cases {
		b.WriteString(rows[c.Name])
	}
	return b.String() + "\n"
}

// row returns a row of the table: the bound in words, without the workload, and the numbers.
func row(name string, r explore.Report) string {
	_, bound, _ := strings.Cut(r.Bound, ", ")
	return fmt.Sprintf("| %s | %s | %d | %d |\n", name, bound, r.Executions, r.States)
}
