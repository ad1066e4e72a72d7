package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/internal/bench"
	"glomers/internal/challenge"
	"glomers/internal/progress"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

func (c *cli) progressCommand() *cobra.Command {
	var (
		store  string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "Show which challenges you have passed, and your best figures",
		Long: `Show which challenges your node has passed, and the figures of the best runs, beside the targets, the
best published figures, and a lower bound that holds for any program where we know one.

The commands watch and challenge note each run of a node of yours with the published command that ends
with a verdict, in .glomers/progress.json beside the store. It stays on this machine.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := progress.Load(store)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.stdout, p)
			}
			text := terminal.NewText(c.stdout)
			writeProgress(text, p)
			return text.Print(c.stdout)
		},
	}
	cmd.Flags().StringVar(&store, "store", "store", "`directory` with the files of the runs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the progress as JSON, and nothing else, on stdout")
	return cmd
}

// writeProgress writes a row for each published challenge, and for each of ours that was run, and below those with figures to aim at, these
// figures.
func writeProgress(text *terminal.Text, p *progress.Progress) {
	passed := 0
	all := challenge.All()
	for _, ch := range all {
		if s := p.Challenges[ch.Title()]; s != nil && !s.Passed.IsZero() {
			passed++
		}
	}
	fmt.Fprintf(text, "%d of %d passed\n\n", passed, len(all))
	for _, ch := range challenge.Every() {
		s := p.Challenges[ch.Title()]
		if s == nil && !ch.Published() {
			continue
		}
		fmt.Fprintf(text, "%-2s %-28s  ", ch.ID, ch.Name)
		switch {
		case s == nil:
			text.Add(terminal.Faint, "not run yet\n")
		case s.Passed.IsZero():
			text.Add(terminal.Alarm, s.Last.Verdict)
			fmt.Fprintf(text, " (%s, %s)\n", day(s.Last.At), wording.Plural(s.Runs, "run"))
		case s.Best == nil:
			fmt.Fprintf(text, "passed %s\n", day(s.Passed))
		default:
			fmt.Fprintf(text, "passed %s  %s\n", day(s.Passed), s.Best.Figures())
		}
		writeAims(text, ch, s)
	}
}

// writeAims writes figures to compare the best run of a challenge with.
func writeAims(text *terminal.Text, ch challenge.Challenge, s *progress.Standing) {
	aim := func(name, figures string) {
		const width, indent = 80, 14
		lines := wording.Wrap(figures, width-indent, strings.Repeat(" ", indent))
		fmt.Fprintf(text, "   %-9s  %s\n", name, lines)
	}
	if ch.Targets != (challenge.Targets{}) {
		aim("target", ch.Targets.String())
	}
	if published := bench.Published(ch.ID); published != "" {
		aim("published", published)
	}
	if s == nil || s.Best == nil || s.Best.Max == nil {
		return
	}
	if least, ok := bench.Needed(ch, *s.Best.Max); ok {
		aim("needed", fmt.Sprintf("%.2g msgs/op by any program with this maximum (proven)", least))
	}
}

func day(t time.Time) string { return t.Local().Format(time.DateOnly) }

// note adds a run to the progress of somebody, if it was of a node of theirs, with the published command, and has a verdict.
func (c *cli) note(t *challenge.Contest, o challenge.Outcome, virtual bool) {
	if t.Bin == "" || t.Debug || t.TimeLimit > 0 || !o.Judged || o.Broken != "" {
		return
	}
	if err := progress.Record(t.Store, o, virtual, time.Now()); err != nil {
		c.log.Warn(err.Error())
	}
}
