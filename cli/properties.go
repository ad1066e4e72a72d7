package cli

import (
	"fmt"
	"io"

	"glomers/harness"
	"glomers/internal/sweep"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// maxPropertyRows is how many properties that never happened, and how many extremes, are printed of a run. results.json has all.
const maxPropertyRows = 5

// writeProperties writes what was seen of the properties that nodes declared, if they did. Violations are among the reasons.
func writeProperties(rows io.Writer, all harness.Properties) {
	if len(all) == 0 {
		return
	}
	var never, extremes []string
	for _, p := range all {
		switch {
		case !p.Happened():
			never = append(never, p.Never())
		case p.Largest != nil:
			extremes = append(extremes, fmt.Sprintf("%q: %s to %s", p.Name, wording.Number(p.Smallest.Value, 12), wording.Number(p.Largest.Value, 12)))
		}
	}
	writeRow(rows, "properties", "%d of %d seen", len(all)-len(never), len(all))
	for _, texts := range [][]string{never, extremes} {
		for i, text := range texts {
			if i == maxPropertyRows {
				writeRow(rows, "", "… and %d more", len(texts)-i)
				break
			}
			writeRow(rows, "", "%s", text)
		}
	}
}

// writeNever lists what nodes declared and what never happened with any seed.
func writeNever(b *terminal.Text, r *sweep.Report) {
	if len(r.Properties) == 0 {
		return
	}
	fmt.Fprintf(b, "\nproperties: %d of %d seen\n", len(r.Properties)-len(r.Never), len(r.Properties))
	for i, text := range r.Never {
		if i == maxListed {
			fmt.Fprintf(b, "  … and %d more\n", len(r.Never)-i)
			break
		}
		fmt.Fprintf(b, "  %s\n", terminal.Line(text))
	}
}
