package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"glomers/internal/results"
	"glomers/internal/wording"
)

// Sentences that compare figures are made from the results, and stand between the same marks as tables.

// sizeSentence says how far broadcast is above the best design that we know.
func sizeSentence(s results.Set) string {
	type excess struct {
		p    results.Point
		cost float64 // measured, of the design's
	}
	var all []excess
	for _, p := range s.Points {
		ours, err := p.Summary(msgsPerOp)
		best, err2 := p.Summary(bestMsgsPerOp)
		if err == nil && err2 == nil && best.Median > 0 {
			all = append(all, excess{p, ours.Median / best.Median})
		}
	}
	if len(all) == 0 {
		return "\nThere is no figure for how far ours is above the best design that we know.\n\n"
	}
	say := func(e excess) string {
		return fmt.Sprintf("%.0f %% (%s nodes, %s)", 100*(e.cost-1), e.p.Params["nodes"], e.p.Params["budget"])
	}
	order := func(a, b excess) int { return cmp.Compare(a.cost, b.cost) }
	text := fmt.Sprintf("Measured costs are above those of the best design that we know by %s at least and by %s at most",
		say(slices.MinFunc(all, order)), say(slices.MaxFunc(all, order)))
	for _, e := range all {
		if e.p.Params["nodes"] == "25" && e.p.Params["budget"] == "330ms" {
			text += "; in the challenge, with the default budget, by " + say(e)
		}
	}
	return "\n" + text + ".\n\n"
}

// rateSentence says how far a solution is above its lower bound, in the smallest and in the largest cluster.
func rateSentence(s results.Set) string {
	sizes := paramValues(s, "nodes")
	if len(sizes) == 0 {
		return "\nThere is no figure for how far ours is above the bound.\n\n"
	}
	var parts []string
	for _, nodes := range slices.Compact([]string{sizes[0], sizes[len(sizes)-1]}) {
		var costs, rates []string
		for _, p := range s.Where("nodes", nodes) {
			least, ok := rateBound(s, p)
			ours, err := p.Summary(msgsPerOp)
			if ok && err == nil {
				costs, rates = append(costs, times(ours.Median/least)), append(rates, p.Params["rate"])
			}
		}
		parts = append(parts, fmt.Sprintf("with %s nodes ours takes %s the bound, at %s operations a second", nodes, wording.And(costs), wording.And(rates)))
	}
	return "\nMeasured: " + strings.Join(parts, "; ") + ".\n\n"
}
