package challenge

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteList writes a line for each of the challenges, or for every one if none is given: the task and the target. No line is longer than 80
// characters.
func WriteList(w io.Writer, chs []Challenge) error {
	if len(chs) == 0 {
		chs = Every()
	}
	var b strings.Builder
	rows := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range chs {
		fmt.Fprintf(rows, "%s\t%s\t%s\n", c.ID, c.Task, c.Target())
	}
	_ = rows.Flush() // writing to a strings.Builder cannot fail
	_, err := io.WriteString(w, b.String())
	return err
}

// Target says what a run must reach, in a few words.
func (c Challenge) Target() string {
	words := Command(strings.Fields(c.Words))
	if c.Targets.Max == 0 && words.Get("--availability") == "total" {
		return "valid, totally available"
	}
	return c.Targets.String()
}

// Describe says what a challenge asks for and how to run it. program is the name of the command line. The text is "" if there is no
// challenge of that id. Letters may be of either case.
func Describe(id, program string) string {
	var b strings.Builder
	for _, c := range Every() {
		if !strings.EqualFold(c.ID, id) {
			continue
		}
		fmt.Fprintf(&b, "%s\n\n", c.Title())
		fmt.Fprintf(&b, "  Task:    %s\n", c.Task)
		fmt.Fprintf(&b, "  Target:  %s\n", c.Target())
		if c.Targets.Max > 0 {
			b.WriteString("           messages between nodes per operation; how long until what was\n" +
				"           acknowledged is seen everywhere, median / maximum. Under\n" +
				"           --nemesis partition it need only be valid\n")
		}
		fmt.Fprintf(&b, "  Command: %s\n\n", strings.ReplaceAll(c.Words, " --", "\n             --"))
		id = c.ID
	}
	if b.Len() == 0 {
		return ""
	}
	workload, story := "", "https://fly.io/dist-sys/"+id+"/"
	for _, c := range Every() {
		if c.ID != id {
			continue
		}
		workload = Command(strings.Fields(c.Words)).Get("-w")
		if !c.Published() {
			story = c.Dir
		}
	}
	rows := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(rows, "  %s challenge %s --bin PATH\tjudges a node of yours\n", program, id)
	fmt.Fprintf(rows, "  %s help %s\thas the requests that it must answer\n", program, workload)
	fmt.Fprintf(rows, "  %s hint %s\tgives a hint: where to look, the idea, the paper\n", program, id)
	fmt.Fprintf(rows, "  %s\thas the story\n", story)
	_ = rows.Flush() // writing to a strings.Builder cannot fail
	return b.String()
}
