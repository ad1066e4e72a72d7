package bench

import (
	"fmt"
	"math"
	"strings"

	"glomers/internal/results"
	"glomers/internal/scopes"
)

// raftBugsTable has a row for each bug of the Raft core: the strategy that finds it soonest, and what was published of the same cause. A time is that of one
// core; published ones are of ten.
func raftBugsTable(s results.Set) string {
	byBug, _ := findings(s)
	var body [][]string
	total, published := 0.0, 0
	for _, t := range scopes.RaftTraps() {
		best, actionsOf := finding{}, math.Inf(1)
		strategy, fastest := "–", math.Inf(1)
		for _, st := range strategies() {
			f, ok := byBug[t.Mutant.Name][st.name]
			if !ok {
				continue
			}
			if ms := f.median(huntMS); ms < fastest {
				best, strategy, fastest = f, st.name, ms
			}
			for _, r := range f.Runs {
				if n, ok := r.Values[actions]; ok {
					actionsOf = min(actionsOf, n)
				}
			}
		}
		var names, depths, times []string
		for _, p := range t.Published {
			names, depths, times = append(names, p.Name), append(depths, fmt.Sprint(p.Depth)), append(times, fmt.Sprint(p.Seconds))
			published += p.Seconds
		}
		if len(names) > 0 {
			total += fastest
		}
		body = append(body, []string{
			t.Mutant.Name, t.Place, strategy, best.cell(executions), best.cell(huntMS), digits(actionsOf),
			strings.Join(names, ", "), strings.Join(depths, ", "), strings.Join(times, ", "),
		})
	}
	table := rows([]string{
		"bug", "scope", "strategy that is soonest", "executions, median", "ms, median", "fewest actions, shrunk", "published as", "published depth", "published s, ten cores",
	}, body)
	if math.IsInf(total, 1) {
		return table
	}
	return table + fmt.Sprintf("For the published causes together, the medians of the soonest strategies come to %.1f s on one core, and which strategy is the soonest is known only afterwards; published are %d s on ten.\n\n", total/1000, published)
}
