package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/harness/why"
	"glomers/internal/challenge"
	"glomers/internal/terminal"
)

func (c *cli) whyCommand() *cobra.Command {
	var all, again bool
	cmd := &cobra.Command{
		Use:   "why [DIR]",
		Short: "Explain why a run failed",
		Long: `Explain from its record why a run failed: that in DIR, or else the run that was finished last. For each cause it
tells what happened, in the order of time, and what follows from that.

A run that was cut short, or that an older version made, has no explanation in its results. It is judged as
check does, and explained then; --again does that with any run. Of a run of Maelstrom only the history can be
read, and not the messages, so most explanations are short.

Exit status: 0 explained, or valid, 2 not valid, and nothing in its record explains it, 3 not a run.`,
		Example: `  glomers why
  glomers why --all
  glomers why store/broadcast/20260102T150405.000`,
		Args: oneWord,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := runIn(args)
			err := c.why(cmd.Context(), record.Resolve(dir), all, again)
			if len(args) == 0 && errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%w: a run makes it, as glomers challenge 1 does; or name the directory of a run", err)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, fmt.Sprintf("tell all causes, not only the first %d", why.Told))
	cmd.Flags().BoolVar(&again, "again", false, "judge and explain the run anew, also if its results have an explanation")
	return cmd
}

// An explained is a run with its verdict, and the causes of its violations.
type explained struct {
	Valid    check.Verdict `json:"-"`
	Error    string        `json:"error"` // why the run broke off
	Reasons  []string      `json:"reasons"`
	Warnings []string      `json:"warnings"`
	Why      []why.Cause   `json:"why"`

	workload string
}

// why tells the causes of the violations in a run.
func (c *cli) why(ctx context.Context, dir string, all, again bool) error {
	run, err := record.Open(dir)
	if err != nil {
		return err
	}
	defer run.Close() // it was only read
	meta, err := metaOf(c.kinds, run)
	if err != nil {
		return err
	}
	if meta.Workload == "" {
		return fmt.Errorf("%s does not say what its workload was: if it is the directory of a run, glomers check -w WORKLOAD %[1]s judges that", dir)
	}
	r, err := storedResults(run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !again {
		return fmt.Errorf("%w\nglomers why --again %s explains the run without its results", err, dir)
	}
	if r.workload = meta.Workload; err != nil || again || r.Valid != check.Valid && len(r.Why) == 0 {
		if r, err = c.explain(ctx, run, meta.Workload, r.Error); err != nil {
			return err
		}
	}
	return c.tell(dir, r, all)
}

// storedResults returns what the results of a run say. The error is fs.ErrNotExist if it has none.
func storedResults(run *record.Run) (r explained, err error) {
	if run.Unfinished() {
		return r, fs.ErrNotExist
	}
	all := struct {
		Valid *check.Verdict `json:"valid"`
		*explained
	}{explained: &r}
	text, err := run.Results()
	if err != nil {
		return r, err
	}
	if err = json.Unmarshal(text, &all); err == nil && all.Valid == nil {
		err = errors.New("it has no verdict")
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", filepath.Join(run.Dir(), "results.json"), err)
	}
	r.Valid = *all.Valid
	return r, nil
}

// explain judges a run as check does, and explains what was found. The run broke off with an error, "" if it did not.
func (c *cli) explain(ctx context.Context, run *record.Run, workload, broken string) (explained, error) {
	file, about, err := findHistory(c.kinds, run.Dir())
	if err != nil {
		return explained{}, err
	}
	j, err := c.judgeFile(ctx, file, about, history.Reader{})
	if err != nil {
		return explained{}, err
	}
	r := explained{Valid: j.Valid, Error: broken, Reasons: j.Reasons, Warnings: j.Warnings, workload: workload}
	if j.Valid == check.Valid || j.Valid == check.Unknown && (about.cut != nil || !run.IsOurs()) {
		return r, nil // of half a run, or of one of another workload, the findings need not be true
	}
	recorded, err := why.Load(run, j.history, why.Findings{Workload: j.Workload, Stats: j.Stats, Availability: j.Availability, Exceptions: j.Exceptions})
	if err != nil {
		return r, err
	}
	recorded.Workload = workload // which the place of a run of Maelstrom says
	r.Why, err = await(ctx, func() ([]why.Cause, error) { return why.Explain(recorded), nil })
	return r, err
}

// tell prints the verdict and the causes.
func (c *cli) tell(dir string, r explained, all bool) error {
	text := terminal.NewText(c.stdout)
	heading := fmt.Sprintf("%s: %s", r.Valid, r.workload)
	if r.Error != "" {
		heading = fmt.Sprintf("broken off: %s, until then %s", r.workload, r.Valid)
		r.Reasons = append([]string{r.Error}, r.Reasons...)
	}
	writeFindings(text, heading, harness.Judgement{Reasons: r.Reasons, Warnings: r.Warnings})
	switch {
	case len(r.Why) > 0:
		telling := challenge.TellingOf(dir)
		telling.All = all
		telling.To(text, r.Why)
	case r.Valid == check.Valid && r.Error == "":
		fmt.Fprintf(text, "  %s is valid: there is nothing to explain\n", terminal.Line(dir))
	default:
		fmt.Fprint(text, "  nothing in its record explains this further\n")
		c.worsen(statusUnknown)
	}
	return text.Print(c.stdout)
}
