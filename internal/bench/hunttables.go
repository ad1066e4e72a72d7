package bench

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"glomers/internal/results"
	"glomers/internal/scopes"
)

// The tables of the set exploration.

// findings returns the findings of each mutant by the names of strategies, and the names of the mutants in their order.
func findings(s results.Set) (byMutant map[string]map[string]finding, names []string) {
	byMutant = make(map[string]map[string]finding)
	for _, p := range s.Points {
		if byMutant[p.Series] == nil {
			byMutant[p.Series] = make(map[string]finding)
			names = append(names, p.Series)
		}
		byMutant[p.Series][p.Params["strategy"]] = findingOf(p)
	}
	return byMutant, names
}

// strategiesTable has a row for each strategy.
func strategiesTable(s results.Set) string {
	byMutant, names := findings(s)
	var body [][]string
	for _, st := range strategies() {
		always, found, runs := 0, 0, 0
		var medians, raws, shrunk, lengths []float64
		sum := 0.0
		for _, name := range names {
			f, ok := byMutant[name][st.name]
			if !ok {
				continue
			}
			if f.found == f.runs {
				always++
			}
			found, runs = found+f.found, runs+f.runs
			m := f.median(executions)
			medians, sum = append(medians, m), sum+min(m, mostDrawn)
			for _, r := range f.Runs {
				if r.Values[foundIt] == 1 {
					raws, shrunk, lengths = append(raws, r.Values[raw]), append(shrunk, r.Values[decisions]), append(lengths, r.Values[actions])
				}
			}
		}
		if runs == 0 {
			continue
		}
		body = append(body, []string{
			st.name, fmt.Sprintf("%d of %d", always, len(medians)), fmt.Sprintf("%.1f %%", 100*float64(found)/float64(runs)),
			digits(medianOf(medians)), digits(sum), ratioToRandom(byMutant, names, st.name),
			fmt.Sprintf("%s → %s", digits(medianOf(raws)), digits(medianOf(shrunk))), digits(medianOf(lengths)),
		})
	}
	return rows([]string{
		"strategy", "mutants always found", "found", "executions, median of all mutants", "executions for all mutants, sum of medians",
		"executions of random's, where random needs more than one", "decisions, shrunk, median", "actions, median",
	}, body)
}

// ratioToRandom returns the geometric mean of the factors between the median executions of a strategy and of random, over the mutants
// that random does not find at once. A median beyond the bound counts as the bound.
func ratioToRandom(byMutant map[string]map[string]finding, names []string, strategy string) string {
	logs, n := 0.0, 0
	for _, name := range names {
		base := min(byMutant[name][drawnAtRandom].median(executions), mostDrawn)
		f, ok := byMutant[name][strategy]
		if !ok || base <= 1 {
			continue
		}
		logs += math.Log(min(f.median(executions), mostDrawn) / base)
		n++
	}
	if n == 0 {
		return "–"
	}
	return times(math.Exp(logs/float64(n))) + fmt.Sprintf(" (%d mutants)", n)
}

// huntsTable has a row for each mutant, with a metric of each strategy.
func huntsTable(s results.Set, metric, unit string) string {
	byMutant, names := findings(s)
	head := []string{"mutant"}
	for _, st := range strategies() {
		head = append(head, st.name+unit)
	}
	var body [][]string
	for _, name := range names {
		row := []string{name}
		for _, st := range strategies() {
			f := byMutant[name][st.name]
			text := f.cell(metric)
			if metric == huntMS && f.Distorted() {
				text += " " + distortedSign
			}
			row = append(row, text)
		}
		body = append(body, row)
	}
	return rows(head, body)
}

// searchesTable has a row for each mutant: its scope, what the systematic strategies met, and the smallest failure.
func searchesTable(s results.Set) string {
	byMutant, names := findings(s)
	var body [][]string
	for _, t := range scopes.Traps() {
		name := t.Mutant.Name
		if !slices.Contains(names, name) {
			continue
		}
		row := []string{name, allows(t), fmt.Sprint(t.Delays)}
		for _, st := range strategies() {
			if !st.drawn {
				row = append(row, byMutant[name][st.name].cell(states))
			}
		}
		fewest, shortest := math.Inf(1), math.Inf(1)
		for _, f := range byMutant[name] {
			for _, r := range f.Runs {
				if d, ok := r.Values[decisions]; ok {
					fewest, shortest = min(fewest, d), min(shortest, r.Values[actions])
				}
			}
		}
		body = append(body, append(row, digits(fewest), digits(shortest)))
	}
	head := []string{"mutant", "operations and faults", "delays needed"}
	for _, st := range strategies() {
		if !st.drawn {
			head = append(head, "states, "+st.name)
		}
	}
	return rows(append(head, "fewest decisions", "fewest actions"), body)
}

// allows says what a trap allows, in a few words.
func allows(t scopes.Trap) string {
	text := fmt.Sprintf("%d ops", len(t.Scope.Given))
	for _, f := range []struct {
		n    int
		what string
	}{
		{t.Scope.Losses, "loss"},
		{t.Scope.Duplicates, "duplicate"},
		{t.Scope.Kills, "kill"},
		{t.Scope.Cuts, "cut"},
		{t.Scope.Ticks, "timer of a node"},
		{max(t.Scope.Seeds-1, 0), "other seed"},
	} {
		switch {
		case f.n == 1:
			text += ", 1 " + f.what
		case f.n > 1 && f.what == "timer of a node":
			text += fmt.Sprintf(", %d timers of a node", f.n)
		case f.n > 1:
			text += fmt.Sprintf(", %d %ss", f.n, f.what)
		}
	}
	return text
}

// hiddenTable has a row for each mutant that no exploration finds.
func hiddenTable() string {
	var body [][]string
	hidden := scopes.Hidden()
	for _, name := range slices.Sorted(maps.Keys(hidden)) {
		body = append(body, []string{name, hidden[name]})
	}
	return rows([]string{"mutant", "why no exploration finds it"}, body)
}

// foundSentence says whether each mutant is found by a systematic strategy, and how long the slowest takes.
func foundSentence(s results.Set) string {
	byMutant, names := findings(s)
	type fastest struct {
		mutant, strategy string
		ms               float64
	}
	var all []fastest
	for _, name := range names {
		best := fastest{mutant: name, ms: math.Inf(1)}
		for _, st := range strategies() {
			if m := byMutant[name][st.name].median(huntMS); !st.drawn && m < best.ms {
				best.strategy, best.ms = st.name, m
			}
		}
		if best.strategy != "" {
			all = append(all, best)
		}
	}
	if len(all) == 0 {
		return "\nNo systematic strategy has found a mutant.\n\n"
	}
	slowest := slices.MaxFunc(all, func(a, b fastest) int { return cmp.Compare(a.ms, b.ms) })
	return fmt.Sprintf("\nA systematic strategy finds %d of %d mutants. The fastest of them takes %s ms at most (%s, %s).\n\n",
		len(all), len(names), digits(slowest.ms), slowest.mutant, slowest.strategy)
}
