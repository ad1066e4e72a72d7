package challenge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/report"
	"glomers/harness/why"
	"glomers/internal/compare"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// An Outcome is the result of one run of a challenge, under either harness.
type Outcome struct {
	Challenge  string             `json:"challenge"`
	Name       string             `json:"name"` // of the challenge: some have several commands
	Valid      check.Verdict      `json:"valid"`
	OKFraction float32            `json:"ok-fraction"`
	MsgsPerOp  float64            `json:"msgs-per-op"`            // between servers
	BytesPerOp *float64           `json:"bytes-per-op,omitempty"` // of their bodies; nil under Maelstrom, which does not count them
	Largest    int                `json:"largest-bytes,omitempty"`
	Stale      *compare.Staleness `json:"staleness-ms,omitempty"`
	Decided    *elle.Decided      `json:"decided,omitempty"` // of transactions over registers
	Took       milliseconds       `json:"took-ms"`
	Judged     bool               `json:"targets-judged"`
	Missed     []string           `json:"missed,omitempty"`      // targets, in words
	Reasons    []string           `json:"reasons,omitempty"`     // why it is not valid
	Why        []why.Cause        `json:"why,omitempty"`         // the causes of violations
	Warnings   []string           `json:"warnings,omitempty"`    // what does not count
	Distorted  []string           `json:"distorted,omitempty"`   // of the warnings: by the machine
	Broken     string             `json:"broken,omitempty"`      // why the test could not be carried out
	Faithful   bool               `json:"faithful,omitempty"`    // as Maelstrom would measure it
	Recovery   *milliseconds      `json:"recovery-ms,omitempty"` // if it was chosen
	Seed       uint64             `json:"seed,omitempty"`
	Dir        string             `json:"dir,omitempty"`
	Properties harness.Properties `json:"-"`               // that the nodes declared
	Again      string             `json:"again,omitempty"` // the command that repeats it
}

// milliseconds is a duration that JSON has in milliseconds.
type milliseconds struct{ time.Duration }

func (m milliseconds) MarshalJSON() ([]byte, error) { return json.Marshal(m.Milliseconds()) }

// fill sets the findings and figures of a run of our harness. A run that broke off has these, too: those until then.
func (o *Outcome) fill(r harness.Result) {
	o.Dir, o.Valid, o.Reasons, o.Why = r.Dir, r.Valid, r.Reasons, r.Why
	o.OKFraction, o.MsgsPerOp = r.Availability.OKFraction, r.Net.Servers.MsgsPerOp
	if res := r.Net.Servers; r.Hash != "" { // the run began
		o.BytesPerOp, o.Largest = &res.BytesPerOp, res.Largest
	}
	o.Stale = compare.StalenessOf(r.Workload)
	if transactions, ok := r.Workload.(*elle.Result); ok {
		o.Decided = transactions.Decided
	}
	o.Warnings, o.Distorted, o.Properties = r.Warnings, r.Distorted, r.Properties
}

// Verdict returns the outcome in a word or two.
func (o Outcome) Verdict() string {
	switch {
	case o.Broken != "":
		return "broken"
	case o.Valid == check.Valid && len(o.Missed) > 0:
		return "target missed"
	case o.Valid == check.Valid && len(o.Warnings) > len(o.Distorted):
		return "valid, with warnings"
	default:
		return o.Valid.String()
	}
}

// Title returns the id and the name of the challenge.
func (o Outcome) Title() string { return Challenge{ID: o.Challenge, Name: o.Name}.Title() }

// Passed reports whether the run was valid and reached the targets.
func (o Outcome) Passed() bool { return o.Broken == "" && len(o.Missed) == 0 && o.Valid == check.Valid }

// WriteTable writes a line per challenge, and the reasons why one was not passed. page is the path of the page about all runs; "" if
// there is none.
func WriteTable(w io.Writer, chs []Challenge, done []Outcome, page string) error {
	b := terminal.NewText(w)
	fmt.Fprintln(b)
	rows := tabwriter.NewWriter(b, 0, 0, 3, ' ', 0)
	for _, cells := range table(chs, done) {
		fmt.Fprintln(rows, strings.Join(cells, "\t"))
	}
	_ = rows.Flush() // writing to a Text cannot fail
	fmt.Fprintln(b)
	for _, line := range legend(done) {
		fmt.Fprintln(b, line)
	}
	writeSizes(b, chs, done)
	for _, line := range conditions(done) {
		fmt.Fprintln(b, line)
	}
	for _, o := range done {
		o.WriteWhy(b)
		o.writeDecided(b)
	}
	if all := reports(done); page == "" && len(all) > 0 {
		page = all[len(all)-1]
	}
	if page != "" {
		fmt.Fprintf(b, "To look at: %s\n", page)
	}
	return b.Print(w)
}

// table returns a heading and a row per challenge, for those with finished runs.
func table(chs []Challenge, done []Outcome) [][]string {
	rows := [][]string{{"challenge", "verdict", "availability", "msgs/op", "median", "max", "time"}}
	for _, ch := range chs {
		if runs := runsOf(ch, done); len(runs) > 0 {
			rows = append(rows, row(ch, runs))
		}
	}
	return rows
}

// legend says what the words in the table mean.
func legend(done []Outcome) []string {
	lines := []string{"median, max: until what was acknowledged is seen everywhere"}
	if slices.ContainsFunc(done, func(o Outcome) bool { return o.Decided != nil }) {
		lines = append(lines, "decided: the strongest of read uncommitted, read committed, read atomic and causal consistency that holds, decided completely")
	}
	if distortedMark(done) != "" {
		lines = append(lines, "†: the machine distorted a run, so its figures are not those of the nodes")
	}
	return lines
}

// conditions says what was special about the runs.
func conditions(done []Outcome) []string {
	var lines []string
	if slices.ContainsFunc(done, func(o Outcome) bool { return !o.Judged }) {
		lines = append(lines, "Targets are not judged under --nemesis.")
	}
	if slices.ContainsFunc(done, func(o Outcome) bool { return o.Faithful }) {
		lines = append(lines, "Messages were delivered as Maelstrom does (--faithful).")
	}
	if i := slices.IndexFunc(done, func(o Outcome) bool { return o.Recovery != nil }); i >= 0 {
		lines = append(lines, fmt.Sprintf("Final operations came %v after the end of the faults (--recovery), where Maelstrom waits %v.", done[i].Recovery.Duration, harness.DefaultRecovery))
	}
	return lines
}

// writeSizes writes the sizes of messages between servers in lines of their own, as the table has no room for another column.
func writeSizes(b io.Writer, chs []Challenge, done []Outcome) {
	head := "bytes per operation between servers (bodies), largest message:\n"
	for _, ch := range chs {
		counted := slices.DeleteFunc(runsOf(ch, done), func(o Outcome) bool { return o.BytesPerOp == nil || o.Largest == 0 })
		if len(counted) == 0 {
			continue
		}
		largest := slices.MaxFunc(counted, func(x, y Outcome) int { return x.Largest - y.Largest }).Largest
		fmt.Fprintf(b, "%s  %s: %s, %s\n", head, ch.Title(), bytesPerOp(counted), wording.Bytes(float64(largest)))
		head = ""
	}
}

// bytesPerOp returns the bytes per operation of runs that counted them.
func bytesPerOp(counted []Outcome) string {
	return spread(counted, digits(3), "", func(o Outcome) float64 { return *o.BytesPerOp })
}

// HaveReports reports whether several runs have a report.
func HaveReports(done []Outcome) bool { return len(reports(done)) > 1 }

// reports returns the report pages of the runs. Runs under Maelstrom have no page.
func reports(done []Outcome) []string {
	var all []string
	for _, o := range done {
		if page := report.Page(o.Dir); page != "" {
			all = append(all, page)
		}
	}
	return all
}

// TellingOf returns the way to tell the causes of a run, of which a directory has the files; "" if there are none.
func TellingOf(dir string) why.Telling {
	t := why.Telling{Look: report.Look(dir)}
	if dir != "" {
		t.Others = "glomers why --all " + dir
	}
	return t
}

func runsOf(ch Challenge, done []Outcome) []Outcome {
	var runs []Outcome
	for _, o := range done {
		if o.Challenge == ch.ID && o.Name == ch.Name {
			runs = append(runs, o)
		}
	}
	return runs
}

// row sums up the runs of one challenge.
func row(ch Challenge, runs []Outcome) []string {
	figures := slices.DeleteFunc(slices.Clone(runs), func(o Outcome) bool { return o.Broken != "" })
	stale := slices.DeleteFunc(slices.Clone(figures), func(o Outcome) bool { return o.Stale == nil })
	middling := slices.DeleteFunc(slices.Clone(stale), func(o Outcome) bool { return o.Stale.Median == compare.NoMedian })
	target := func(format string, x any) string { return fmt.Sprintf(" (< "+format+")", x) }
	msgs, median, most := "", "", ""
	if ch.Targets.MsgsPerOp > 0 {
		msgs = target("%v", ch.Targets.MsgsPerOp)
	}
	if ch.Targets.Max > 0 {
		median, most = target("%v", ch.Targets.Median), target("%v", ch.Targets.Max)
	}
	return []string{
		ch.Title(),
		verdicts(runs) + levels(figures) + distortedMark(runs),
		spread(figures, digits(5), "", func(o Outcome) float64 { return float64(o.OKFraction) }),
		spread(figures, digits(3), "", func(o Outcome) float64 { return o.MsgsPerOp }) + msgs,
		spread(middling, whole, " ms", func(o Outcome) float64 { return float64(o.Stale.Median.Milliseconds()) }) + median,
		spread(stale, whole, " ms", func(o Outcome) float64 { return float64(o.Stale.Max.Milliseconds()) }) + most,
		spread(runs, whole, " s", func(o Outcome) float64 { return o.Took.Seconds() }),
	}
}

// verdicts returns the verdict that the runs share, or each verdict with the number of its runs.
func verdicts(runs []Outcome) string {
	count := map[string]int{}
	var order []string
	for _, o := range runs {
		v := o.Verdict()
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

// distortedMark returns a mark if the machine distorted one of the runs.
func distortedMark(runs []Outcome) string {
	if slices.ContainsFunc(runs, func(o Outcome) bool { return len(o.Distorted) > 0 }) {
		return " †"
	}
	return ""
}

// levels returns the strongest levels of isolation that were decided to hold, each once.
func levels(runs []Outcome) string {
	var all []string
	for _, o := range runs {
		if o.Decided != nil && !slices.Contains(all, o.Decided.Level()) {
			all = append(all, o.Decided.Level())
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "; decided: " + strings.Join(all, ", ")
}

// spread returns a figure of the runs. If there are several runs, it is the median with
// the least and the greatest.
func spread(runs []Outcome, write func(float64) string, unit string, figure func(Outcome) float64) string {
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
	text := write(middle) + unit
	if len(xs) > 1 {
		text += " [" + write(low) + "–" + write(high) + "]"
	}
	return text
}

// digits writes numbers with n significant digits.
func digits(n int) func(float64) string {
	return func(x float64) string { return wording.Number(x, n) }
}

func whole(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }

// WriteWhy explains an outcome that was not a pass, or that has warnings.
func (o Outcome) WriteWhy(b *terminal.Text) {
	if o.Passed() && len(o.Warnings) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s %s: %s\n", o.Challenge, o.Name, o.Verdict())
	for _, line := range o.why() {
		fmt.Fprintf(b, "  %s\n", wording.Hanging(check.Brief(line)))
	}
	for _, line := range o.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", wording.Hanging(check.Brief(line)))
	}
	if len(o.Why) > 0 {
		fmt.Fprintln(b)
		TellingOf(o.Dir).To(b, o.Why)
	}
	fmt.Fprintf(b, "  store: %s\n", cmp.Or(o.Dir, "none"))
	if o.Again != "" {
		fmt.Fprintf(b, "  again: %s\n", o.Again)
	}
}

// Figures returns the figures of the outcome in a few words.
func (o Outcome) Figures() string {
	figures := []string{wording.Number(o.MsgsPerOp, 3) + " msgs/op"}
	if s := o.Stale; s != nil && s.Median != compare.NoMedian {
		figures = append(figures, fmt.Sprintf("%d / %d ms", s.Median.Milliseconds(), s.Max.Milliseconds()))
	} else if s != nil {
		figures = append(figures, fmt.Sprintf("%d ms", s.Max.Milliseconds()))
	}
	if o.OKFraction < 1 {
		figures = append(figures, fmt.Sprintf("%.3g %% ok", 100*o.OKFraction))
	}
	return strings.Join(figures, ", ")
}

// why returns the reasons why the outcome was not a pass.
func (o Outcome) why() []string {
	reasons := append(slices.Clone(o.Missed), o.Reasons...)
	if o.Broken != "" {
		reasons = append(reasons, o.Broken)
	}
	return reasons
}

// writeDecided writes the violation of a level of isolation, unless the reasons or the warnings have it already.
func (o Outcome) writeDecided(b io.Writer) {
	if text := o.violation(); text != "" {
		fmt.Fprintf(b, "\n%s %s: %s\n", o.Challenge, o.Name, wording.Hanging(check.Brief(text)))
	}
}

// violation returns the violation of a level of isolation, "" if there is none or the reasons or the warnings have it already.
func (o Outcome) violation() string {
	if o.Decided != nil && o.Decided.Violation != nil && !o.Decided.Error && !slices.Contains(o.Warnings, o.Decided.Text) &&
		o.Decided.ReadUncommitted == check.Valid {
		return o.Decided.Text
	}
	return ""
}
