package scopes

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft"
	"glomers/examples/raft/bugs"
	"glomers/examples/raft/rsm"
	"glomers/harness/choice"
	"glomers/harness/explore"
)

var update = flag.Bool("update", false, "write examples/raft/BUGS.md anew")

const page = "../../examples/raft/BUGS.md"

// The page of the bugs is what their traces show.
func TestRaftPage(t *testing.T) {
	t.Parallel()
	text := raftPage(t)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o600))
	}
	is, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, text, string(is), "it is out of date: go test ./internal/scopes -run TestRaftPage -update")
}

const pageHead = `# What breaks without each rule

Each bug below changes one rule of the core ([bugs.go](bugs.go); [rules.go](rules.go) has the rules as they should be), but for session-lost, which changes one of [package rsm](rsm). An exploration has found it in a small general
scope ([internal/scopes/raft.go](../../internal/scopes/raft.go)), and left out all actions that the failure does not need. This page is written by a test, which repeats the traces:

<!-- not run: it writes this page -->
    go test ./internal/scopes -run TestRaftPage -update

A picture has a column for each node, and time goes down. An arrow is a message that arrives; when it was sent is not shown. "elect" is a node that starts an election, "beat" a
leader that sends heartbeats, "timer" the one or the other where nothing is sent before the disk has written, "disk" the end of a write, and t2 the term of a message. The right core does not fail in any of the scopes.

In the scopes compacted, four, timeouts and clocks, n0 leads term 1 at the beginning, and all nodes have its first entry. In the scopes timeouts and clocks, timers are those of the core: an election
begins with pre-votes, when a node has not heard of a leader for an election timeout by its clock. In clocks, the clock of n0 runs half as fast as the others, and leases are made for that. In all other scopes, any
node may start an election at any time, as if the leader had asked for it.

"Published" is the name that the authors of SandTable give to the same cause in another system, with the depth of their trace (Tang et al., "SandTable: Scalable Distributed System Model Checking with Specification-Level State
Exploration", EuroSys 2024, and the descriptions in its repository).
`

func raftPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(pageHead)
	breaks := make(map[string]string)
	for _, bug := range bugs.All() {
		breaks[bug.Name] = bug.Breaks
	}
	all := traces(t)
	for _, trap := range RaftTraps() {
		name := trap.Mutant.Name
		d, err := choice.Parse(all[name])
		require.NoError(t, err)
		e, err := explore.Replay(trap.Scope, d)
		require.NoError(t, err)
		require.NotEmpty(t, e.Reasons, name)
		fmt.Fprintf(&b, "\n## %s\n\nIt %s. %s\n", name, breaks[name], wrong[name])
		for _, p := range trap.Published {
			fmt.Fprintf(&b, "Published as %s, with a depth of %d.\n", p.Name, p.Depth)
		}
		fmt.Fprintf(&b, "Found in the scope %s, in %d actions:\n\n%s\n    %s\n", trap.Place, len(e.Steps), drawn(e.Steps), strings.ReplaceAll(e.Reasons[0], `\"`, `"`))
	}
	return b.String()
}

// column is the width of a node's column.
const column = 14

var (
	delivery = regexp.MustCompile(`^deliver n(\d) → n(\d) (.*)$`)
	place    = regexp.MustCompile(`\bn(\d)\b`)
)

// drawn returns the picture of a trace, indented as code.
func drawn(steps []explore.Step) string {
	nodes := 2
	for _, s := range steps {
		for _, at := range place.FindAllString(s.Text, -1) {
			nodes = max(nodes, int(at[1]-'0')+1)
		}
	}
	var b strings.Builder
	line := func(text string) { b.WriteString(strings.TrimRight("    "+text, " ") + "\n") }
	head := ""
	for i := range nodes {
		head += fmt.Sprintf("%-*s", column, fmt.Sprint("n", i))
	}
	line(head)
	for _, s := range steps {
		cells := make([]rune, 0, nodes*column)
		for range nodes {
			cells = append(cells, []rune(fmt.Sprintf("%-*s", column, "│"))...)
		}
		if m := delivery.FindStringSubmatch(s.Text); m != nil {
			from, to := int(m[1][0]-'0')*column, int(m[2][0]-'0')*column
			for i := min(from, to) + 1; i < max(from, to); i++ {
				cells[i] = '─'
			}
			cells[from] = '●'
			if cells[to] = '▶'; to < from {
				cells[to] = '◀'
			}
			line(string(cells) + " " + content(m[3]))
			continue
		}
		at := int(place.FindStringSubmatch(s.Text)[1][0]-'0') * column
		cells[at] = '●'
		copy(cells[at+1:min(len(cells), at+column)], []rune(" "+act(s)))
		line(string(cells) + " " + told(s))
	}
	return b.String()
}

// act names an action at one node.
func act(s explore.Step) string {
	switch s.Kind {
	case explore.Fire:
		if strings.Contains(strings.Join(s.Sent, ""), `vote","term"`) {
			return "elect"
		}
		if len(s.Sent) == 0 {
			return "timer"
		}
		return "beat"
	case explore.Sync:
		return "disk"
	case explore.Begin:
		return "client"
	case explore.Kill:
		return "killed"
	}
	return s.Kind.String()
}

// told is what a column has no room for.
func told(s explore.Step) string {
	switch s.Kind {
	case explore.Begin:
		_, what, _ := strings.Cut(s.Text, ": ")
		return strings.TrimSuffix(what, " null")
	case explore.Kill:
		_, how, _ := strings.Cut(s.Text, ", ")
		return how
	}
	return ""
}

// content describes a message in a few words.
func content(body string) string {
	var of struct {
		raft.Message
		Engine []raft.Message `json:"engine"` // of package rsm
	}
	if json.NewDecoder(strings.NewReader(body)).Decode(&of) != nil {
		return body
	}
	var parts []string
	for _, m := range of.Engine {
		parts = append(parts, summary(m))
	}
	if of.Engine == nil {
		return summary(of.Message)
	}
	return strings.Join(parts, "; ")
}

// summary describes a core's message.
func summary(m raft.Message) string {
	text := fmt.Sprintf("%s t%d", strings.ReplaceAll(string(m.Kind), "_", " "), m.Term)
	switch {
	case m.Reject:
		return text + ": refused"
	case m.Kind == raft.Vote, m.Kind == raft.PreVote:
		return text + fmt.Sprintf(": log ends at %d (t%d)", m.Index, m.LogTerm)
	case m.Kind == raft.AppendReply:
		return text + fmt.Sprintf(": has up to %d", m.Index)
	case m.Kind == raft.InstallSnapshot:
		return text + fmt.Sprintf(": up to %d (t%d)", m.Snapshot.Index, m.Snapshot.Term)
	case m.Kind == raft.Append:
		var entries []string
		for _, e := range m.Entries {
			what := data(e.Data)
			if e.Members != nil {
				what = "members " + e.Members.String()
			}
			entries = append(entries, strings.TrimSpace(fmt.Sprintf("t%d %s", e.Term, what)))
		}
		return text + fmt.Sprintf(": after %d (t%d) [%s], commit %d", m.Index, m.LogTerm, strings.Join(entries, "; "), m.Commit)
	}
	return text
}

// data describes what an entry has: a number for the register, or commands for the counter.
func data(of json.RawMessage) string {
	var batches []rsm.Batch[int]
	if json.Unmarshal(of, &batches) != nil {
		return string(of)
	}
	var commands []string
	for _, b := range batches {
		for _, c := range b.Commands {
			commands = append(commands, fmt.Sprintf("%s's command %d: add %d", b.Node, c.Number, c.Command))
		}
	}
	return strings.Join(commands, ", ")
}
