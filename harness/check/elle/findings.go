package elle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/harness/check"
	"glomers/harness/check/elle/graph"
)

// maxCases is how many instances of one anomaly are described.
const maxCases = 8

// findings collects anomalies.
type findings struct {
	models  []Model
	forbids func(Anomaly) bool
	counts  map[Anomaly]int
	cases   map[Anomaly][]Case
}

// newFindings returns empty findings, to be judged by models or, if there are none, by strong-serializable.
func newFindings(models []Model) *findings {
	if len(models) == 0 {
		models = []Model{StrongSerializable}
	}
	return &findings{
		models: models, forbids: prohibits(models),
		counts: make(map[Anomaly]int), cases: make(map[Anomaly][]Case),
	}
}

// wants reports whether the models forbid any class of cycles of the variant.
func (f *findings) wants(variant string) bool {
	return slices.ContainsFunc(classes, func(c class) bool {
		return strings.HasSuffix(string(c.name), variant) && f.forbids(c.name)
	})
}

func (f *findings) add(a Anomaly, describe func() Case) {
	f.counts[a]++
	if len(f.cases[a]) < maxCases {
		f.cases[a] = append(f.cases[a], describe())
	}
}

func (f *findings) addEmpty() {
	f.add(EmptyGraph, func() Case { return Case{Text: "no transaction depends on another, so the history tests nothing"} })
}

// addCycles adds the cycles in the graph of a history. An edge of several kinds is named after the kind prefer, if that is
// one of them. w explains edges. If the graph is too large, addCycles does nothing and returns the reason.
func (f *findings) addCycles(l *log, b *graph.Builder, prefer graph.Kinds, w witness) (tooLarge string) {
	g := b.Graph()
	if b.Overflowed() {
		return fmt.Sprintf("%d transactions have more than %d dependencies, which is the limit, so cycles were not looked for",
			len(l.txns), maxEdges)
	}
	named := g.Named(prefer)
	findCycles(g, named, len(l.txns), func(c foundCycle) {
		f.add(c.anomaly, func() Case { return describeCycle(l, w, c) })
	})
	return ""
}

// result judges the anomalies found. The history is invalid if the models forbid any of them.
func (f *findings) result() *Result {
	res := &Result{Models: f.models, Types: []Anomaly{}, Counts: make(map[Anomaly]int), Cases: make(map[Anomaly][]Case)}
	all := slices.Sorted(maps.Keys(f.counts))
	shown := ruledOut(slices.DeleteFunc(slices.Clone(all), isLevel)...)
	for _, a := range all {
		forbids := func(m Model) bool { return slices.Contains(hierarchy[m].forbids, a) }
		if isLevel(a) && slices.ContainsFunc(slices.Collect(maps.Keys(shown)), forbids) {
			continue // the other anomalies rule out a model that forbids the level itself
		}
		if !f.forbids(a) && a != EmptyGraph {
			res.Tolerated = append(res.Tolerated, a)
			continue
		}
		res.Types = append(res.Types, a)
		res.Counts[a], res.Cases[a] = f.counts[a], f.cases[a]
	}
	if len(res.Types) > 0 {
		res.Valid = check.Invalid
	}
	res.Not, res.AlsoNot = boundary(all)
	res.namePictures()
	return res
}

// bySeverity sorts anomalies: first those that are not cycles, then cycles, the worst first, then levels.
func bySeverity(as []Anomaly) []Anomaly {
	rank := func(a Anomaly) int {
		if isLevel(a) {
			return len(classes)
		}
		return slices.IndexFunc(classes, func(c class) bool { return c.name == a }) // -1 if it is not a cycle
	}
	as = slices.Clone(as)
	slices.SortStableFunc(as, func(a, b Anomaly) int { return rank(a) - rank(b) })
	return as
}
