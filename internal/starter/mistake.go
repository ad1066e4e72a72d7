package starter

import (
	"fmt"
	"strings"
)

// A Mistake is a change of a Go program that looks like an improvement. The program's exploration finds a schedule in which it is none.
type Mistake struct {
	Idea    string // why somebody would make it, in a sentence of Markdown
	File    string
	Changes []Change
	Finds   string // a part of the reason that the exploration gives
}

// A Change replaces lines of a file, which occur in it once.
type Change struct{ Old, New string }

// mistakes has them by workload. A node of the workload echo has no order of messages to be wrong about.
var mistakes = map[string]*Mistake{
	"unique-ids": {
		Idea: "Nanoseconds make long ids: seconds seem enough.",
		File: "main.go",
		Changes: []Change{
			{
				`		return generated{fmt.Sprintf("%s-%x-%d", n.ID(), started.UnixNano(), count)}, nil`,
				`		return generated{fmt.Sprintf("%s-%x-%d", n.ID(), started.Unix(), count)}, nil`,
			},
		},
		Finds: "was given out 2 times",
	},
	"broadcast": {
		Idea: "Most ticks repeat what the neighbours know: it seems enough to send when there is something new.",
		File: "replica.go",
		Changes: []Change{
			{
				"	tickAt     time.Duration // when the next tick is due",
				"	tickAt     time.Duration // when the next tick is due\n	told       int           // how many values the neighbours were told",
			},
			{
				"	r.tickAt = now + gossipEvery",
				"	r.tickAt = now + gossipEvery\n	if r.told == len(r.values) {\n		return nil\n	}\n	r.told = len(r.values)",
			},
		},
		Finds: "is missing from the read",
	},
	"g-counter": {
		Idea: "A later message has later counts: it seems enough to take over what it says.",
		File: "replica.go",
		Changes: []Change{
			{"		r.totals[id] = max(r.totals[id], total)", "		r.totals[id] = total"},
		},
		Finds: "the acknowledged adds come to",
	},
	"kafka": {
		Idea: "A request or a reply may be lost: it seems better to ask the leader again than to give up.",
		File: "main.go",
		Changes: []Change{
			{
				"			return node.Call[Resp](ctx, n, leader, typ, req) // not repeated: the leader would append twice",
				"			return node.Call[Resp](ctx, n, leader, typ, req, node.Idempotent(node.Retry{}))",
			},
		},
		Finds: "duplicate",
	},
	"txn-rw-register": {
		Idea: "Small messages are good messages: it seems better to send one for each register.",
		File: "replica.go",
		Changes: []Change{
			{
				"		out = append(out, envelope{Dest: id, Message: gossip{maps.Clone(r.registers)}})",
				"		for _, key := range slices.Sorted(maps.Keys(r.registers)) {\n			out = append(out, envelope{Dest: id, Message: gossip{map[string]version{key: r.registers[key]}}})\n		}",
			},
			{`	"maps"`, "	\"maps\"\n	\"slices\""},
		},
		Finds: "read atomic is violated",
	},
}

// Diff returns the changes as the lines of a diff, indented as a block of Markdown.
func (m *Mistake) Diff() string {
	var b strings.Builder
	for i, c := range m.Changes {
		if i > 0 {
			b.WriteString("    …\n")
		}
		before, after := strings.Split(c.Old, "\n"), strings.Split(c.New, "\n")
		for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
			fmt.Fprintf(&b, "      %s\n", before[0])
			before, after = before[1:], after[1:]
		}
		for _, line := range before {
			fmt.Fprintf(&b, "    - %s\n", line)
		}
		for _, line := range after {
			fmt.Fprintf(&b, "    + %s\n", line)
		}
	}
	return b.String()
}

// Make returns the text of the file with the mistake.
func (m *Mistake) Make(text string) (string, error) {
	for _, c := range m.Changes {
		if n := strings.Count(text, c.Old+"\n"); n != 1 {
			return "", fmt.Errorf("starter: %s has these lines %d times: want once:\n%s", m.File, n, c.Old)
		}
		text = strings.Replace(text, c.Old+"\n", c.New+"\n", 1)
	}
	return text, nil
}
