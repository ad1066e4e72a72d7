package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness/check"
	"glomers/harness/explore"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// exploreProgress says how far an exploration has come.
func exploreProgress(r explore.Report) string {
	text := fmt.Sprintf("%s  %d pruned  ", wording.Plural(r.Executions, "execution"), r.Pruned)
	if r.States > 0 {
		text += fmt.Sprintf("%d states  ", r.States)
	}
	return text + perSecond(r)
}

func perSecond(r explore.Report) string {
	return fmt.Sprintf("%s executions/s", wording.Number(float64(r.Executions+r.Pruned)/max(r.Elapsed, time.Microsecond).Seconds(), 2))
}

// exploreOutcome is an outcome as JSON.
type exploreOutcome struct {
	Valid      string            `json:"valid"`
	Bound      string            `json:"bound,omitempty"`
	Executions int               `json:"executions"`
	Pruned     int               `json:"pruned"`
	States     int               `json:"states,omitempty"`
	Depth      int               `json:"depth"`
	Seconds    float64           `json:"seconds"`
	Exhausted  bool              `json:"exhausted"`
	Why        string            `json:"why-not,omitempty"`
	Processes  int               `json:"processes,omitempty"`
	Warnings   []string          `json:"warnings,omitempty"`
	NeverCame  []string          `json:"never-came,omitempty"`
	Failure    *exploreExecution `json:"failure,omitempty"`
}

// exploreExecution is an execution as JSON.
type exploreExecution struct {
	Valid     string   `json:"valid"`
	Decisions string   `json:"decisions"`
	Execution int      `json:"execution,omitempty"`
	Reasons   []string `json:"reasons"`
	Actions   []string `json:"actions"`
	Again     string   `json:"again"`
}

// verdictOf returns the verdict that an exit status stands for.
func verdictOf(status int) string {
	return map[int]string{statusValid: "valid", statusInvalid: "invalid", statusUnknown: "unknown"}[status]
}

// boundFlags replaces the names of a scope's bounds by those of flags.
var boundFlags = strings.NewReplacer("Scope.Depth", "--depth", "Scope.Most", "--most", "Scope.Memory", "--states")

// write prints the outcome of an exploration.
func (e *exploreCommand) write(c *cli, r explore.Report) error {
	verdict := verdictOf(e.status(r))
	out := c.stdout
	if e.asJSON {
		out = c.stderr
		o := exploreOutcome{
			Valid: verdict, Bound: r.Bound, Executions: r.Executions, Pruned: r.Pruned, States: r.States, Depth: r.Depth, Seconds: r.Elapsed.Seconds(),
			Exhausted: r.Exhausted, Why: boundFlags.Replace(r.Why), Processes: r.Processes, Warnings: r.Warnings, NeverCame: r.Never(),
		}
		if f := r.Failure; f != nil {
			o.Failure = &exploreExecution{verdict, f.Decisions.String(), f.Execution, f.Reasons, actions(f.Steps), e.again(f.Decisions)}
		}
		if err := writeJSON(c.stdout, o); err != nil {
			return err
		}
	}
	b := terminal.NewText(out)
	fmt.Fprintf(b, "\n%s: %s\n", verdict, r.Bound)
	if f := r.Failure; f != nil {
		writeReasons(b, f.Reasons)
	}
	for _, text := range r.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", wording.Hanging(text))
	}
	fmt.Fprintln(b)
	if f := r.Failure; f != nil {
		writeSteps(b, f.Steps)
	}
	rows := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	writeRow(rows, "executions", "%d, and %d left early, as the rest of them had been explored", r.Executions, r.Pruned)
	if r.States > 0 {
		writeRow(rows, "states", "%d", r.States)
	}
	writeRow(rows, "depth", "%s at most", wording.Plural(r.Depth, "action"))
	writeRow(rows, "time", "%s, %s", wording.Duration(r.Elapsed), perSecond(r))
	if r.Processes > 0 {
		writeRow(rows, "processes", "%d", r.Processes)
	}
	if r.Exhausted {
		writeRow(rows, "exhausted", "yes: there are no other executions within this bound")
	} else {
		writeRow(rows, "exhausted", "no: %s", boundFlags.Replace(r.Why))
	}
	if never := r.Never(); len(never) > 0 {
		writeRow(rows, "never came", "%s", strings.Join(never, ", "))
	}
	if f := r.Failure; f != nil {
		writeRow(rows, "decisions", "%v", f.Decisions)
		writeRow(rows, "again", "%s", e.again(f.Decisions))
	}
	_ = rows.Flush() // writing to a Text cannot fail
	return b.Print(out)
}

// writeExecution prints one execution, which an error may have ended.
func (e *exploreCommand) writeExecution(c *cli, x explore.Execution, ended error) error {
	status := statusValid
	switch {
	case ended != nil:
		status = statusBroken
	case len(x.Reasons) > 0:
		status = statusInvalid
	}
	out := c.stdout
	if e.asJSON {
		out = c.stderr
		if ended == nil {
			o := exploreExecution{verdictOf(status), x.Decisions.String(), 0, append([]string{}, x.Reasons...), actions(x.Steps), e.again(x.Decisions)}
			if err := writeJSON(c.stdout, o); err != nil {
				return err
			}
		}
	}
	b := terminal.NewText(out)
	switch {
	case len(x.Steps) == 0 && ended != nil:
		return nil // the error says all
	case ended != nil:
		fmt.Fprintf(b, "\nuntil it could not go on:\n\n")
	default:
		fmt.Fprintf(b, "\n%s: decisions %v\n", verdictOf(status), x.Decisions)
		writeReasons(b, x.Reasons)
		fmt.Fprintln(b)
	}
	writeSteps(b, x.Steps)
	return b.Print(out)
}

func writeReasons(w io.Writer, reasons []string) {
	for _, reason := range reasons {
		fmt.Fprintf(w, "  %s\n", wording.Hanging(check.Brief(reason)))
	}
}

// writeSteps writes actions, and what nodes sent.
func writeSteps(w io.Writer, steps []explore.Step) {
	for _, s := range steps {
		number := "" // without a decision
		if s.Decision >= 0 {
			number = strconv.Itoa(s.Decision)
		}
		fmt.Fprintf(w, "%4s  %s\n", number, wording.Clip(s.Text, maxAction))
		for _, sent := range s.Sent {
			fmt.Fprintf(w, "        %s\n", wording.Clip(sent, maxAction))
		}
	}
	fmt.Fprintln(w)
}

// maxAction bounds the bytes of an action that are shown.
const maxAction = 300

func actions(steps []explore.Step) []string {
	all := make([]string, len(steps))
	for i, s := range steps {
		all[i] = s.Text
	}
	return all
}
