package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
	"glomers/harness/network"
	"glomers/internal/challenge"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// writeSummary prints the outcome of a test: the verdict, its reasons, the figures, and the command that repeats the run.
func writeSummary(w io.Writer, t harness.Test, r harness.Result, again string) error {
	b := terminal.NewText(w)
	heading := fmt.Sprintf("%s: %s", r.Valid, t.Workload)
	if r.Error != "" {
		heading = fmt.Sprintf("broken off after %s: %s, until then %s", wording.Duration(r.Elapsed), t.Workload, r.Valid)
	}
	writeFindings(b, heading, r.Judgement)
	if len(r.Why) > 0 {
		challenge.TellingOf(r.Dir).To(b, r.Why)
		fmt.Fprintln(b)
	}
	rows := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	writeFigures(rows, r.Judgement)
	writeRow(rows, "messages", "%s per operation between servers (%d), %d with clients",
		wording.Number(r.Net.Servers.MsgsPerOp, 4), r.Net.Servers.Messages, r.Net.Clients.Messages)
	writeBytes(rows, r.Net.Servers)
	if len(r.Nemesis.Faults) > 0 {
		for i, name := range r.Nemesis.Faults {
			heading := ""
			if i == 0 {
				heading = "faults"
			}
			k, _ := t.Faults.Find(name) // always found, since the run had this fault
			writeRow(rows, heading, "%s", k.Describe(r.Nemesis.Effects[name], wording.Duration(r.Nemesis.InForce[name])))
		}
		writeRow(rows, "", "%d messages lost to faults, %d doubled", r.Nemesis.Dropped, r.Nemesis.Duplicated)
	}
	writeProperties(rows, r.Properties)
	writeRow(rows, "harness lag", "%s", quantiles(r.Lag))
	writeRow(rows, "seed", "%d", r.Seed)
	writeRow(rows, "again", "%s", again)
	writeRow(rows, "store", "%s", cmp.Or(r.Dir, "none"))
	if r.Dir != "" {
		writeRow(rows, "to look at", "%s", filepath.Join(r.Dir, "report.html"))
	}
	_ = rows.Flush() // writing to a Text cannot fail
	return b.Print(w)
}

// writeFindings writes a heading with the verdict, the reasons of the verdict, and the warnings.
func writeFindings(b io.Writer, heading string, j harness.Judgement) {
	fmt.Fprintf(b, "\n%s\n", heading)
	for _, reason := range j.Reasons {
		fmt.Fprintf(b, "  %s\n", wording.Hanging(check.Brief(reason)))
	}
	for _, warning := range j.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", wording.Hanging(check.Brief(warning)))
	}
	fmt.Fprintln(b)
}

// writeFigures writes a row for each figure of a history.
func writeFigures(rows io.Writer, j harness.Judgement) {
	s := j.Stats
	writeRow(rows, "operations", "%d: %d ok, %d fail, %d info", s.Count, s.OKCount, s.FailCount, s.InfoCount)
	writeRow(rows, "availability", "%.5g of the operations ok", j.Availability.OKFraction)
	switch w := j.Workload.(type) {
	case *check.SetFullResult:
		if q := w.StableLatencies; q != nil {
			writeRow(rows, "stable latency", "median %d ms, 95 %% %d ms, 99 %% %d ms, max %d ms", q.Median, q.P95, q.P99, q.Max)
		}
	case *kafka.Result:
		writeRow(rows, "realtime lag", "at worst %s", w.WorstLag)
	case *elle.Result:
		if d := w.Decided; d != nil {
			said := strings.TrimPrefix(d.Text, "decided ")
			if d.Error || slices.Contains(j.Warnings, d.Text) { // already printed above
				said = "completely; holds: " + d.Level()
			}
			writeRow(rows, "decided", "%s", said)
		}
		if d := w.Delay; d != nil {
			writeRow(rows, "replication", "%s", d)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(j.Latencies)) {
		writeRow(rows, f, "%s", quantiles(j.Latencies[f]))
	}
}

// writeBytes writes the sizes of the messages and the distribution of the load.
func writeBytes(rows io.Writer, s network.Servers) {
	if s.Messages == 0 {
		return
	}
	writeRow(rows, "bytes", "%s per operation between servers (%s of bodies), largest message %s",
		wording.Bytes(s.BytesPerOp), wording.Bytes(float64(s.Bytes)), wording.Bytes(float64(s.Largest)))
	if b := s.Busiest; b.Node != "" {
		writeRow(rows, "busiest node", "%s sends or gets %.3g %% of the messages between servers, %.3g %% of their bytes",
			b.Node, 100*b.MsgShare, 100*b.ByteShare)
	}
}

func writeRow(rows io.Writer, name, format string, args ...any) {
	fmt.Fprintf(rows, "  %s\t%s\n", terminal.Line(name), terminal.Line(fmt.Sprintf(format, args...)))
}

func quantiles(l harness.Latency) string {
	if l.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("median %s, 95 %% %s, 99 %% %s, max %s", wording.Duration(l.P50), wording.Duration(l.P95), wording.Duration(l.P99), wording.Duration(l.Max))
}
