package bench

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"glomers/internal/challenge"
	"glomers/internal/results"
)

// A table is the text in a README between <!-- results NAME --> and <!-- /results -->.
type table struct {
	name string
	set  string // the set that it is made from; "" means all sets or, if there is a make, no set
	make func(s results.Set) string
}

// tables returns all tables.
func tables() []table {
	all := []table{
		{name: "runs"},
		{name: "bounds", make: func(results.Set) string { return boundsTable() }},
		{"challenges", "challenges", func(s results.Set) string { return challengeTable(s, "") }},
		{"broadcast-frontier", "broadcast-frontier", frontierTable},
		{"kafka-designs", "kafka-designs", kafkaTable},
		{"broadcast-size", "broadcast-size", sizeTable},
		{"broadcast-above", "broadcast-size", sizeSentence},
		{"unique-ids", "unique-ids", benchmarkTable},
		{"runtime", "runtime", runtimeTable},
		{explorationSet, explorationSet, strategiesTable},
		{"exploration-found", explorationSet, foundSentence},
		{"exploration-executions", explorationSet, func(s results.Set) string { return huntsTable(s, executions, "") }},
		{"exploration-times", explorationSet, func(s results.Set) string { return huntsTable(s, huntMS, ", ms") }},
		{"exploration-searches", explorationSet, searchesTable},
		{raftBugsSet, raftBugsSet, raftBugsTable},
		{"raft-bugs-strategies", raftBugsSet, strategiesTable},
		{"raft-bugs-executions", raftBugsSet, func(s results.Set) string { return huntsTable(s, executions, "") }},
		{"raft-bugs-times", raftBugsSet, func(s results.Set) string { return huntsTable(s, huntMS, ", ms") }},
		{name: "exploration-hidden", make: func(results.Set) string { return hiddenTable() }},
		{name: "exploration-published", make: func(results.Set) string { return studiesTable() }},
	}
	for _, dir := range []string{"broadcast", "g-counter", "kafka-log", "txn-kv"} {
		all = append(all, table{dir, "challenges", func(s results.Set) string { return challengeTable(s, dir) }})
	}
	for _, dir := range []string{"broadcast", "g-counter", "kafka-log", "unique-ids"} {
		all = append(all, table{dir + "-durable", durableSet, func(s results.Set) string { return durableTable(s, dir) }})
	}
	for _, name := range []string{"g-counter-rate", "kafka-log-rate", "txn-kv-rate"} {
		all = append(all, table{name, name, rateTable}, table{strings.TrimSuffix(name, "rate") + "above", name, rateSentence})
	}
	return all
}

// text returns the table, or a line which says that its set has not been measured yet.
func (t table) text(l library) (string, error) {
	switch {
	case t.make == nil:
		return runsTable(l)
	case t.set == "": // nothing is measured
		return t.make(results.Set{}), nil
	}
	s, ok, err := l.set(t.set)
	if err != nil {
		return "", err
	}
	if !ok {
		return fmt.Sprintf("\nNot measured yet: `glomers bench %s`.\n\n", t.set), nil
	}
	text := t.make(s)
	if strings.Contains(text, distortedSign) {
		text += distortedSign + ": the machine distorted a run, even when it was repeated, so these figures are not those of the nodes alone.\n\n"
	}
	if s.Quick {
		text += "From short runs (`--quick`), which are not meant for comparisons.\n\n"
	}
	return text, nil
}

// rows writes a table in Markdown, with empty lines around it.
func rows(head []string, body [][]string) string {
	var b strings.Builder
	b.WriteString("\n| " + strings.Join(head, " | ") + " |\n" + strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range body {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	b.WriteByte('\n')
	return b.String()
}

// runsTable has a row for every set, with the way in which it was measured.
func runsTable(l library) (string, error) {
	var body [][]string
	var machines []string
	for _, set := range Sets() {
		s, ok, err := l.set(set.Name)
		if err != nil {
			return "", err
		}
		if !ok {
			body = append(body, []string{set.Name, "not measured yet", "", "", "", ""})
			continue
		}
		lag := 0.0
		for _, p := range s.Points {
			if f, err := p.Summary(lagMS); err == nil {
				lag = max(lag, f.Max)
			}
		}
		late := "–" // nothing to be late with
		if lag > 0 {
			late = digits(lag) + " ms"
		}
		body = append(body, []string{
			set.Name, "`" + s.Command + "`", s.Commit, s.Taken.Format(time.DateOnly),
			(time.Duration(s.Took) * time.Second).String(), late,
		})
		machines = append(machines, s.Machine.String())
	}
	text := rows([]string{"set", "command", "commit", "day", "took", "harness late by (99 %), at worst"}, body)
	slices.Sort(machines)
	for _, m := range slices.Compact(machines) {
		text += "Machine: " + m + ".\n\n"
	}
	return text, nil
}

// challengeTable has the challenges that a directory solves; all if dir is "".
func challengeTable(s results.Set, dir string) string {
	head := []string{"challenge", "target", "faults", "msgs/op", "bytes/op", "median", "max", "availability", "best published, msgs/op"}
	faithful := dir == "" || dir == "broadcast" // the others have no latency, so there it makes no difference
	if faithful {
		head = slices.Insert(head, len(head)-1, faithfulHead)
	}
	var body [][]string
	for _, ch := range challenge.All() {
		if dir != "" && dir != ch.Dir {
			continue
		}
		best := Published(ch.ID)
		for _, p := range s.Where("challenge", ch.ID) {
			if p.Series != ch.Name {
				continue
			}
			name := ch.ID + " " + ch.Name
			if dir == "" {
				name = fmt.Sprintf("[%s](%s)", name, ch.Dir)
			}
			row := []string{
				name, ch.Targets.String(), p.Params["faults"], cell(p, msgsPerOp, ""), cell(p, bytesPerOp, ""), cell(p, medianMS, " ms"), cell(p, maxMS, " ms"),
				cell(p, availability, ""), best,
			}
			if faithful {
				row = slices.Insert(row, len(row)-1, faithfulCell(p))
			}
			body = append(body, row)
			best = "" // once is enough
		}
	}
	return rows(head, body)
}

func frontierTable(s results.Set) string {
	var body [][]string
	for _, p := range s.Points {
		proven, design := "–", "–" // faults are not in them
		if f, err := p.Summary(maxMS); err == nil && p.Params["faults"] == noFaults {
			proven, design = digits(provenAt(f.Median)), digits(designAt(f.Median))
		}
		body = append(body, []string{
			p.Series, p.Params["budget"], p.Params["faults"], cell(p, msgsPerOp, ""), proven, design, cell(p, bytesPerOp, ""), cell(p, busiestShare, ""),
			cell(p, medianMS, " ms"), cell(p, maxMS, " ms"), cell(p, healMS, " ms"), cell(p, availability, ""), faithfulCell(p),
		})
	}
	return rows([]string{"design", "budget", "faults", "msgs/op", "needed at this max (proven)", "best design known at this max", "bytes/op", "busiest node's share of bytes", "median", "max", "after a heal", "availability", faithfulHead}, body)
}

func kafkaTable(s results.Set) string {
	var body [][]string
	for _, p := range s.Points {
		body = append(body, []string{
			kafkaDesign(p), p.Params["faults"], cell(p, msgsPerOp, ""), cell(p, bytesPerOp, ""), cell(p, largestBytes, ""), cell(p, "send-median-ms", " ms"), cell(p, "send-p99-ms", " ms"),
			cell(p, maxMS, " ms"), cell(p, answeredRate, ""), cell(p, availability, ""),
		})
	}
	return rows([]string{"design", "faults", "msgs/op", "bytes/op", "largest message, bytes", "send, median", "send, 99 %", "worst lag", "answered/s", "availability"}, body)
}

// kafkaDesign names a design with its setting.
func kafkaDesign(p results.Point) string {
	if copies := p.Params["copies"]; copies != "" {
		return p.Series + " -copies=" + copies
	}
	if acks := p.Params["acks"]; acks != "" {
		return p.Series + " -acks=" + acks
	}
	return p.Series
}

func sizeTable(s results.Set) string {
	var body [][]string
	for _, p := range s.Points {
		body = append(body, []string{
			p.Params["nodes"], p.Params["budget"], cell(p, msgsPerOp, ""), cell(p, leastMsgsPerOp, ""), cell(p, bestMsgsPerOp, ""), above(p, msgsPerOp, bestMsgsPerOp), cell(p, medianMS, " ms"), cell(p, maxMS, " ms"),
		})
	}
	return rows([]string{"nodes", "budget", "msgs/op", "needed (proven)", "best design known", "ours above it by", "median", "max"}, body)
}

func rateTable(s results.Set) string {
	head := []string{"nodes", "ops/s", "msgs/op", "lower bound", "ours, of it", "bytes/op", "staleness, median", "staleness, max"}
	modes := len(paramValues(s, "copies")) > 1
	if modes {
		head = slices.Insert(head, 2, "copies")
	}
	var body [][]string
	for _, p := range s.Points {
		bound, more := "–", "–"
		if least, ok := rateBound(s, p); ok {
			bound = strconv.FormatFloat(least, 'g', 3, 64)
			if f, err := p.Summary(msgsPerOp); err == nil {
				more = times(f.Median / least)
			}
		}
		row := []string{p.Params["nodes"], p.Params["rate"], cell(p, msgsPerOp, ""), bound, more, cell(p, bytesPerOp, ""), cell(p, "staleness-ms", " ms"), cell(p, "staleness-max-ms", " ms")}
		if modes {
			row = slices.Insert(row, 2, p.Params["copies"])
		}
		body = append(body, row)
	}
	return rows(head, body)
}

// above says by how much a metric is above another.
func above(p results.Point, metric, than string) string {
	a, err := p.Summary(metric)
	b, err2 := p.Summary(than)
	if err != nil || err2 != nil || b.Median == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*(a.Median/b.Median-1))
}

// times writes a factor, such as 1.50×.
func times(factor float64) string {
	if factor < 10 {
		return strconv.FormatFloat(factor, 'f', 2, 64) + "×"
	}
	return digits(factor) + "×"
}

// benchmarkTable has benchmarks with all of their metrics but MB/s, which is the time in other words.
func benchmarkTable(s results.Set) string {
	var metrics []string
	for _, p := range s.Points {
		for _, r := range p.Runs {
			for metric := range r.Values {
				if !slices.Contains(metrics, metric) && metric != "MB/s" {
					metrics = append(metrics, metric)
				}
			}
		}
	}
	slices.Sort(metrics)
	var body [][]string
	for _, p := range s.Points {
		row := []string{p.String()}
		for _, metric := range metrics {
			row = append(row, cell(p, metric, ""))
		}
		body = append(body, row)
	}
	return rows(append([]string{"benchmark"}, metrics...), body)
}

// runtimeTable has a row for each benchmark that was run with both libraries.
func runtimeTable(s results.Set) string {
	metrics := []string{"msgs/s", "cpu-ns/msg", "allocs/msg"}
	head := []string{"benchmark"}
	for _, metric := range metrics {
		head = append(head, metric+", ours", "official", "ratio")
	}
	var body [][]string
	for _, ours := range s.Points {
		name, ok := strings.CutSuffix(ours.Series, "/glomers")
		official, found := s.Find(name + "/official")
		if !ok || !found {
			continue
		}
		row := []string{name}
		for _, metric := range metrics {
			row = append(row, cell(ours, metric, ""), cell(official, metric, ""), ratioCell(ours, official, metric))
		}
		body = append(body, row)
	}
	return rows(head, body)
}

// ratioCell writes the factor by which our median of a metric is better. Rates are better if they are higher, other metrics if they are lower.
func ratioCell(ours, official results.Point, metric string) string {
	a, err := ours.Summary(metric)
	b, err2 := official.Summary(metric)
	if err != nil || err2 != nil || a.Median == 0 || b.Median == 0 {
		return "–"
	}
	ratio := b.Median / a.Median
	if strings.HasSuffix(metric, "/s") {
		ratio = 1 / ratio
	}
	return digits(ratio) + "×"
}

// distortedSign marks the figures of runs that the machine distorted.
const distortedSign = "†"

// cell writes the median of a metric and its spread. If a run was not valid, it writes only that.
func cell(p results.Point, metric, unit string) string {
	f, err := p.Summary(metric)
	switch {
	case errors.Is(err, results.ErrNotValid):
		return fmt.Sprintf("**%d of %d runs not valid**", p.NotValid(), len(p.Runs))
	case err != nil:
		return "–"
	}
	if p.Distorted() {
		unit += " " + distortedSign
	}
	text, low, high := digits(f.Median), digits(f.Min), digits(f.Max)
	if low != high {
		return fmt.Sprintf("%s (%s–%s)%s", text, low, high, unit)
	}
	return text + unit
}

// digits writes a number with three digits, or with all digits before the point if these are more. Infinity is a dash.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case math.IsInf(v, 0):
		return "–"
	case a >= 99.95:
		text := strconv.FormatFloat(v, 'f', 0, 64)
		for i := len(text) - 3; i > 0 && len(text) > 4 && text[i-1] != '-'; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		return text
	case a >= 0.999 && a < 1: // of an availability every digit counts
		return strconv.FormatFloat(v, 'g', 5, 64)
	default:
		return strconv.FormatFloat(rounded(v, 3), 'f', -1, 64)
	}
}
