package cli

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/workload"
	"glomers/internal/environ"
)

// topics returns commands that only have a text, which "glomers help NAME" prints.
func (c *cli) topics() []*cobra.Command {
	topic := func(name, short, markdown string) *cobra.Command {
		return &cobra.Command{Use: name, Short: short, Long: plain(markdown)}
	}
	return []*cobra.Command{
		topic("workloads", "What clients ask of nodes in each workload", c.describeWorkloads()),
		topic("services", "What nodes can ask lin-kv, seq-kv, lww-kv and lin-tso", describeServices()),
		topic("protocol", "Messages, init and errors", describeProtocol()),
		topic("errors", "The codes of error replies", describeErrors()),
		topic("faults", "What --nemesis can do", c.describeFaults()),
		topic("environment", "Which variables nodes get, and where they run", describeEnvironment()),
		topic("results", "Every figure in results.json", c.describeResults()),
	}
}

// plain formats Markdown for a terminal.
func plain(markdown string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(markdown, "`", ""), "\n") {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			line = strings.ToUpper(heading)
		}
		lines = append(lines, wrap(line)...)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// wrap breaks a line at spaces. It leaves indented lines, such as examples, alone.
func wrap(line string) []string {
	const width = 96
	if strings.HasPrefix(line, " ") {
		return []string{line}
	}
	indent := ""
	if strings.HasPrefix(line, "* ") {
		indent = "  "
	}
	var lines []string
	for utf8.RuneCountInString(line) > width {
		end := len(string([]rune(line)[:width]))
		if space := strings.LastIndex(line[:end], " "); space > len(indent) {
			lines = append(lines, line[:space])
			line = indent + line[space+1:]
		} else {
			break
		}
	}
	return append(lines, line)
}

func (c *cli) describeWorkloads() string {
	var b strings.Builder
	b.WriteString("Every request has a `msg_id`, which its reply has as `in_reply_to`; the examples leave these out. " +
		"A reply has exactly the fields that are shown, and may have a `msg_id` of its own, an integer. With any other field it is malformed, and its operation is of unknown outcome; " +
		"where a list is shown null is an empty one. A reply may also be an error: see errors.\n")
	for _, d := range c.kinds {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n* Clients: %s\n* Verdict: %s\n", d.Name, d.About, d.Operations, d.Verdict)
		for _, rpc := range d.RPCs {
			describeRPC(&b, rpc)
		}
	}
	return b.String()
}

func describeRPC(b *strings.Builder, rpc workload.RPC) {
	fmt.Fprintf(b, "\n%s\n\n    %s\n    → %s\n", rpc.About, rpc.Request, rpc.Reply)
	if len(rpc.Fields) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range rpc.Fields {
		fmt.Fprintf(b, "* `%s`, %s: %s\n", f.Name, f.Type, f.About)
	}
	describeCodes(b, rpc.Errors)
}

func describeErrors() string {
	var b strings.Builder
	b.WriteString(`Instead of its reply, a request may get

    {"type":"error","in_reply_to":5,"code":11,"text":"why, for people"}

An error is definite if the operation certainly did not happen and never will: the operation then completes as fail. After another one, or
none within the time limit, it completes as info: it may have happened, or may still. Reads are harmless, and fail in any case.

`)
	for _, e := range workload.ErrorCodes() {
		fmt.Fprintf(&b, "* `%d` %s, %s: %s\n", e.Code, e.Name, map[bool]string{true: "definite", false: "not definite"}[e.Definite], e.About)
	}
	b.WriteString("* `1000` and above are your own, and not definite\n")
	return b.String()
}

func (c *cli) describeFaults() string {
	var b strings.Builder
	b.WriteString("`--nemesis` takes one or more of these, with commas between them. Each has its own schedule: it starts with the main phase, and then " +
		"stops and starts in turn, the times between being uniform from 0 to twice `--nemesis-interval`. All are healed at the end of the main phase. " +
		"Clients and services always reach every node that runs.\n\n")
	for _, k := range c.faults {
		fmt.Fprintf(&b, "* `%s`: %s", k.Name, k.About)
		if k.Links {
			b.WriteString(" (takes two nodes)")
		}
		if k.Clocks || k.Disks {
			b.WriteString(" (only of nodes in a Go test, as in simulations)")
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nWhat survives `kill` is what a node has on its disk (`glomers help environment`). For nodes in a Go test that is a disk in memory, on which a write with its sync takes 0.1 to 2 ms. " +
		"At a kill, nothing of a write that has not ended is there, or all of it, or a part. A node that starts and finds the bit that `bitrot` has flipped refuses init, and stays down for the rest of the run; the history has that as the fault `" + history.Damage + "`.\n")
	return b.String()
}

func (c *cli) describeResults() string {
	var b strings.Builder
	b.WriteString("A path has the names in `results.json` from the outside in; * stands for any name, or a part of one.\n")
	for _, group := range harness.Figures(c.kinds) {
		fmt.Fprintf(&b, "\n### %s\n\n", cmp.Or(strings.Join(group.Workloads, ", "), "Every run"))
		for _, f := range group.Figures {
			unit := ""
			if f.Unit != "" {
				unit = ", " + f.Unit
			}
			fmt.Fprintf(&b, "* `%s`%s: %s\n", f.Path, unit, f.About)
		}
	}
	return b.String()
}

func describeEnvironment() string {
	var b strings.Builder
	b.WriteString("A node that is a process gets the variables of this list that are set, and no others of the environment: it may be full of secrets. `--env NAME` passes one more on, " +
		"`--env NAME=value` sets one, and either may be repeated. A star stands for any ending that does not look like a secret's, such as one with TOKEN or KEY in it. `GLOMERS_SEED` is set, to " +
		"another seed for each node, `GLOMERS_GUARD`, by which the harness finds what a node leaves behind, `GLOMERS_PROPERTIES`, by which a node knows that it may tell of its properties, `GLOMERS_DATA`, and `PWD`. In search paths such as `PATH` and `PYTHONPATH`, relative directories are made absolute.\n\n")
	for _, g := range environ.Passed() {
		fmt.Fprintf(&b, "* %s: `%s`\n", g.Of, strings.Join(g.Names, "`, `"))
	}
	b.WriteString("\nA node runs in a directory of its own, `work/ID` in the directory of the run, which it finds again when it is killed and restarted. What it leaves there stays; without a " +
		"store the directory is a temporary one. `--cwd DIR` has all nodes run in DIR instead, and `--cwd .` where you are.\n\n" +
		"`GLOMERS_DATA` names `work/ID` in any case: there a node keeps what it must still know after a kill, as the store of package node does. It is empty when the run begins. After `kill`, a node finds there what its " +
		"process has handed to the operating system; only a loss of power would show that it was not synced. Nodes in a Go test have disks that lose that at a kill, and that the faults `disk` and `bitrot` hit. To see what a node does on a full disk, let " +
		"`--store` or, without a store, `TMPDIR` name a directory on a small file system.\n\n" +
		"Paths lead from where you are, wherever nodes run: that of the program, and arguments that have a slash in them and lead to something, or a dot and are the name of a file. " +
		"They reach the node as absolute paths. Other arguments reach it as they are, such as `--file=x.json`: give an absolute path there, or `--cwd .`. With `--cwd`, all arguments reach it as they are.\n\n" +
		"`test.json` has under `program` the directory, as `cwd`, and the names of the variables, as `env`; their values are nowhere. All this keeps secrets out of logs and files out of your directory; it is no " +
		"prison: a node has your rights.\n")
	return b.String()
}
