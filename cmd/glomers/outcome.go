package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness/check"
)

// An outcome is what became of one run of a challenge, whichever harness did it.
type outcome struct {
	Challenge  string        `json:"challenge"`
	Valid      check.Verdict `json:"valid"`
	OKFraction float32       `json:"ok-fraction"`
	MsgsPerOp  float64       `json:"msgs-per-op"` // between servers
	Stable     *stable       `json:"stable-latency-ms,omitempty"`
	Took       milliseconds  `json:"took-ms"`
	Judged     bool          `json:"targets-judged"`
	Missed     []string      `json:"missed,omitempty"`  // targets, in words
	Reasons    []string      `json:"reasons,omitempty"` // why it is not valid
	Broken     string        `json:"broken,omitempty"`  // why the test could not be carried out
	Seed       uint64        `json:"seed,omitempty"`
	Dir        string        `json:"dir,omitempty"`
	Again      string        `json:"again,omitempty"` // the command that repeats it
}

// stable is the stable latency of a broadcast.
type stable struct {
	Median time.Duration
	Max    time.Duration
}

// newStable takes milliseconds, as checkers report them.
func newStable(median, most float64) *stable {
	return &stable{time.Duration(median * 1e6), time.Duration(most * 1e6)}
}

// MarshalJSON writes milliseconds.
func (s stable) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]milliseconds{"0.5": {s.Median}, "1": {s.Max}})
}

// milliseconds is a duration that is so written in JSON.
type milliseconds struct{ time.Duration }

func (m milliseconds) MarshalJSON() ([]byte, error) { return json.Marshal(m.Milliseconds()) }

// verdict returns the outcome in a word or two.
func (o outcome) verdict() string {
	switch {
	case o.Broken != "":
		return "broken"
	case o.Valid == check.Valid && len(o.Missed) > 0:
		return "target missed"
	default:
		return o.Valid.String()
	}
}

func (o outcome) status() int {
	switch {
	case o.Broken != "":
		return statusBroken
	case len(o.Missed) > 0:
		return statusInvalid
	default:
		return statusOf(o.Valid)
	}
}

// writeTable writes a line per challenge, and why one was not passed.
func writeTable(w io.Writer, chs []challenge, done []outcome) error {
	var b strings.Builder
	b.WriteByte('\n')
	rows := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(rows, "challenge\tverdict\tavailability\tmsgs/op\tmedian\tmax\ttime")
	for _, ch := range chs {
		if runs := runsOf(ch, done); len(runs) > 0 {
			fmt.Fprintln(rows, strings.Join(row(ch, runs), "\t"))
		}
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	if slices.ContainsFunc(done, func(o outcome) bool { return !o.Judged }) {
		b.WriteString("\nTargets are not judged under --nemesis.\n")
	}
	for _, o := range done {
		o.writeWhy(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func runsOf(ch challenge, done []outcome) []outcome {
	var runs []outcome
	for _, o := range done {
		if o.Challenge == ch.id {
			runs = append(runs, o)
		}
	}
	return runs
}

// row sums up the runs of one challenge.
func row(ch challenge, runs []outcome) []string {
	figures := slices.DeleteFunc(slices.Clone(runs), func(o outcome) bool { return o.Broken != "" })
	latencies := slices.DeleteFunc(slices.Clone(figures), func(o outcome) bool { return o.Stable == nil })
	target := func(format string, x any) string { return fmt.Sprintf(" (< "+format+")", x) }
	msgs, median, most := "", "", ""
	if ch.targets.msgsPerOp > 0 {
		msgs = target("%v", ch.targets.msgsPerOp)
	}
	if ch.targets.max > 0 {
		median, most = target("%v", ch.targets.median), target("%v", ch.targets.max)
	}
	return []string{
		ch.id + " " + ch.name,
		verdicts(runs),
		spread(figures, "%.5g", func(o outcome) float64 { return float64(o.OKFraction) }),
		spread(figures, "%.3g", func(o outcome) float64 { return o.MsgsPerOp }) + msgs,
		spread(latencies, "%.0f ms", func(o outcome) float64 { return float64(o.Stable.Median.Milliseconds()) }) + median,
		spread(latencies, "%.0f ms", func(o outcome) float64 { return float64(o.Stable.Max.Milliseconds()) }) + most,
		spread(runs, "%.0f s", func(o outcome) float64 { return o.Took.Seconds() }),
	}
}

// verdicts returns the verdict that the runs share, or how often each came out.
func verdicts(runs []outcome) string {
	count := map[string]int{}
	var order []string
	for _, o := range runs {
		v := o.verdict()
		if count[v] == 0 {
			order = append(order, v)
		}
		count[v]++
	}
	if len(order) == 1 {
		return order[0]
	}
	for i, v := range order {
		order[i] = fmt.Sprintf("%d %s", count[v], v)
	}
	return strings.Join(order, ", ")
}

// spread returns a figure of the runs: of one, itself; of several, the median
// and the least and the greatest.
func spread(runs []outcome, format string, figure func(outcome) float64) string {
	if len(runs) == 0 {
		return "-"
	}
	xs := make([]float64, len(runs))
	for i, o := range runs {
		xs[i] = figure(o)
	}
	slices.Sort(xs)
	low, high := xs[0], xs[len(xs)-1]
	middle := (xs[(len(xs)-1)/2] + xs[len(xs)/2]) / 2
	text := fmt.Sprintf(format, middle)
	if len(xs) > 1 {
		unitless, _, _ := strings.Cut(format, " ")
		text += fmt.Sprintf(" ["+unitless+"–"+unitless+"]", low, high)
	}
	return text
}

// writeWhy explains an outcome that was not a pass.
func (o outcome) writeWhy(b *strings.Builder) {
	if o.status() == statusValid {
		return
	}
	fmt.Fprintf(b, "\n%s: %s\n", o.Challenge, o.verdict())
	why := append(slices.Clone(o.Missed), o.Reasons...)
	if o.Broken != "" {
		why = append(why, o.Broken)
	}
	for _, line := range why {
		fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(line, "\n", "\n    "))
	}
	fmt.Fprintf(b, "  store: %s\n", cmp.Or(o.Dir, "none"))
	if o.Again != "" {
		fmt.Fprintf(b, "  again: %s\n", o.Again)
	}
}
