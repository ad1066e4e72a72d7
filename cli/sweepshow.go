package cli

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/internal/challenge"
	"glomers/internal/shrink"
	"glomers/internal/sweep"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// A sweepDisplay shows the progress of a sweep: a live line on a terminal, and plain log lines elsewhere. Each cause is told of when the
// first seed has failed of it. One goroutine at a time may use it.
type sweepDisplay struct {
	title string
	line  *liveLine // nil without a terminal
	log   *slog.Logger
	start time.Time
	next  time.Time // when the next log line is due
	told  int       // failing seeds
}

// maxHeadline is how many bytes of a reason are shown while seeds still run.
const maxHeadline = 100

// maxToldSeeds is how many failing seeds are told of as they fail. All are in the summary.
const maxToldSeeds = 30

func (c *cli) newSweepDisplay(title string) *sweepDisplay {
	d := &sweepDisplay{title: title, log: c.log, start: time.Now()}
	d.next = d.start.Add(logEvery)
	if c.terminal {
		d.line = newLiveLine(c.screen, title)
		d.log = d.line.logger()
	}
	return d
}

func (d *sweepDisplay) show(p sweep.Progress, failed *sweep.Seed) {
	if failed != nil {
		d.tell(failed)
	}
	rate := float64(p.Done) / time.Since(d.start).Seconds()
	d.count(p.Done, p.Seeds, fmt.Sprintf("%d of %d seeds  %d failed  %.1f seeds/s", p.Done, p.Seeds, p.Failed, rate))
}

// tell logs why a seed failed.
func (d *sweepDisplay) tell(o *sweep.Seed) {
	if d.told++; d.told > maxToldSeeds {
		return
	}
	_, headline := o.Reason()
	d.log.Warn(fmt.Sprintf("seed %d: %s: %s", o.Seed, o.Verdict(), wording.Clip(headline, maxHeadline)))
	if d.told == maxToldSeeds {
		d.log.Warn("further failing seeds are only counted until the end")
	}
}

// shrinking shows the progress of a search for a small run.
func (d *sweepDisplay) shrinking(runs int, best harness.Test) {
	d.count(runs, maxShrinkRuns, fmt.Sprintf("shrinking: %s  %s  %s", wording.Plural(runs, "run"),
		wording.Plural(len(best.Excerpt.Ops), "operation"), wording.Plural(len(best.Excerpt.Faults), "fault")))
}

func (d *sweepDisplay) count(done, all int, text string) {
	if d.line != nil {
		d.line.set(d.title, text)
		d.line.bar.SetTotal(int64(all), false)
		d.line.bar.SetCurrent(int64(done))
	} else if now := time.Now(); !now.Before(d.next) {
		d.next = now.Add(logEvery)
		d.log.Info(d.title + ": " + text)
	}
}

func (d *sweepDisplay) close() {
	if d.line != nil {
		d.line.close()
	}
}

// maxListed is how many seeds of a cause are listed.
const maxListed = 20

// writeSweep prints the outcome of a sweep.
func writeSweep(w io.Writer, r *sweep.Report, took time.Duration, again func(seed uint64, more ...string) string) error {
	b := terminal.NewText(w)
	fmt.Fprintf(b, "\n%s\n", sweepHeading(r, took))
	for i, c := range r.Causes {
		writeCause(b, c, i == 0, again)
	}
	for _, text := range r.Warnings {
		fmt.Fprintf(b, "\nwarning: %s\n", wording.Hanging(check.Brief(text)))
	}
	if len(r.Differing) > 0 {
		fmt.Fprintf(b, "\nwarning: %s gave another run when repeated: something besides the seed decides, see docs/virtual-time.md; --keep-all keeps the files of the first one\n",
			listed(r.Differing))
	}
	writeNever(b, r)
	if len(r.Figures) > 0 {
		fmt.Fprintln(b)
		rows := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		for _, f := range r.Figures {
			writeRow(rows, f.Name, "%s", spread(f))
		}
		_ = rows.Flush() // writing to a Text cannot fail
	}
	return b.Print(w)
}

// spread returns the quantiles of a figure.
func spread(f sweep.Figure) string {
	amount := func(x float64) string {
		return strings.TrimSpace(wording.Number(x, 4) + " " + f.Unit)
	}
	if f.Min == f.Max {
		return amount(f.Min)
	}
	return fmt.Sprintf("min %s, median %s, 95 %% %s, max %s", amount(f.Min), amount(f.Median), amount(f.P95), amount(f.Max))
}

// sweepHeading counts the verdicts.
func sweepHeading(r *sweep.Report, took time.Duration) string {
	seeds := fmt.Sprintf("%s of %s in %s", wording.Plural(r.Done, "seed"), r.Workload, wording.Duration(took))
	switch {
	case r.Quiet > 0:
		seeds += fmt.Sprintf(", nothing new in the last %d", r.Quiet)
	case r.Done < r.Seeds():
		seeds = fmt.Sprintf("%d of %d seeds of %s in %s", r.Done, r.Seeds(), r.Workload, wording.Duration(took))
	}
	var verdicts []string
	for _, v := range slices.Sorted(maps.Keys(r.Verdicts)) {
		verdicts = append(verdicts, fmt.Sprintf("%d %s", r.Verdicts[v], v))
	}
	if len(verdicts) == 0 {
		return seeds
	}
	return seeds + ": " + wording.And(verdicts)
}

// writeCause prints a cause of failures. The first one is explained.
func writeCause(b *terminal.Text, c *sweep.Cause, explain bool, again func(seed uint64, more ...string) string) {
	fmt.Fprintf(b, "\n%s: %s\n", terminal.Line(c.Kind), terminal.Line(c.Headline))
	rows := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	writeRow(rows, wording.Plural(len(c.Seeds), "seed"), "%s", listed(c.Seeds))
	writeRow(rows, "again", "%s", again(c.Seeds[0]))
	if len(c.Dirs) > 0 {
		writeRow(rows, "to look at", "%s", reportOf(c.Dirs[0]))
	}
	_ = rows.Flush() // writing to a Text cannot fail
	if explain && len(c.First.Why) > 0 {
		challenge.TellingOf(c.First.Dir).To(b, c.First.Why[:1])
	}
}

// listed returns the first of the seeds, and counts the others.
func listed(seeds []uint64) string {
	var words []string
	for _, s := range seeds[:min(len(seeds), maxListed)] {
		words = append(words, strconv.FormatUint(s, 10))
	}
	if more := len(seeds) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return wording.And(words)
}

// writeSmall prints the smallest run that was found, and where it was kept.
func writeSmall(w io.Writer, small *shrink.Shrunk, kept harness.Result, again string) error {
	b := terminal.NewText(w)
	fmt.Fprintf(b, "\nsmallest run that fails in the same way, of %s", small.Story())
	challenge.TellingOf(kept.Dir).To(b, kept.Why)
	if kept.Dir != "" {
		fmt.Fprintln(b)
		rows := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		writeRow(rows, "again", "%s", again)
		writeRow(rows, "to look at", "%s", reportOf(kept.Dir))
		_ = rows.Flush() // writing to a Text cannot fail
	}
	return b.Print(w)
}
