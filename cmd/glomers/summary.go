package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
)

// writeSummary says what came out of a test: the verdict, why, the figures, and how to repeat it.
func writeSummary(w io.Writer, t harness.Test, r harness.Result, again string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s: %s\n", r.Valid, t.Workload)
	for _, reason := range r.Reasons {
		fmt.Fprintf(&b, "  %s\n", strings.ReplaceAll(reason, "\n", "\n    "))
	}
	b.WriteByte('\n')

	rows := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(rows, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("operations", "%d: %d ok, %d fail, %d info", r.Stats.Count, r.Stats.OKCount, r.Stats.FailCount, r.Stats.InfoCount)
	row("availability", "%.5g of the operations ok", r.Availability.OKFraction)
	row("messages", "%.4g per operation between servers (%d), %d with clients",
		r.Net.Servers.MsgsPerOp, r.Net.Servers.Messages, r.Net.Clients.Messages)
	if set, ok := r.Workload.(*check.SetFullResult); ok && set.StableLatencies != nil {
		q := set.StableLatencies
		row("stable latency", "median %d ms, 95 %% %d ms, 99 %% %d ms, max %d ms", q.Median, q.P95, q.P99, q.Max)
	}
	switch w := r.Workload.(type) {
	case *kafka.Result:
		row("realtime lag", "at worst %s", short(time.Duration(w.WorstLag.Lag*1e9)))
	case *elle.Result:
		if d := w.Delay; d != nil {
			row("replication", "seen on another node within %.3g ms in the median, %.3g ms at worst", d.AtMost.Median, d.AtMost.Worst)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(r.Latencies)) {
		row(f, "%s", quantiles(r.Latencies[f]))
	}
	if len(r.Nemesis.Faults) > 0 {
		row("faults", "%s: links were cut for %s, %d messages dropped",
			strings.Join(r.Nemesis.Faults, ", "), short(r.Nemesis.Cut), r.Nemesis.Dropped)
	}
	row("harness lag", "%s", quantiles(r.Lag))
	row("seed", "%d", r.Seed)
	row("again", "%s", again)
	row("store", "%s", cmp.Or(r.Dir, "none"))
	if err := rows.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func quantiles(l harness.Latency) string {
	if l.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("median %s, 95 %% %s, 99 %% %s, max %s", short(l.P50), short(l.P95), short(l.P99), short(l.Max))
}

// short writes a duration with about three digits.
func short(d time.Duration) string {
	for unit := time.Second; unit >= time.Microsecond; unit /= 1000 {
		if d >= unit {
			return fmt.Sprintf("%.3g %s", float64(d)/float64(unit), map[time.Duration]string{
				time.Second: "s", time.Millisecond: "ms", time.Microsecond: "µs",
			}[unit])
		}
	}
	return fmt.Sprintf("%d ns", d)
}
