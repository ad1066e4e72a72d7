package elle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/internal/wording"
)

// A Model is the name of a consistency model.
type Model string

// The models that checks refer to. ParseModel and Models know all models.
const (
	ReadUncommitted       Model = "read-uncommitted"
	ReadCommitted         Model = "read-committed"
	SnapshotIsolation     Model = "snapshot-isolation"
	RepeatableRead        Model = "repeatable-read"
	Serializable          Model = "serializable"
	StrongReadUncommitted Model = "strong-read-uncommitted"
	StrongReadCommitted   Model = "strong-read-committed"
	StrongSnapshot        Model = "strong-snapshot-isolation"
	StrongSerializable    Model = "strong-serializable"
	SessionUncommitted    Model = "strong-session-read-uncommitted"
	SessionCommitted      Model = "strong-session-read-committed"
	SessionSnapshot       Model = "strong-session-snapshot-isolation"
	SessionSerializable   Model = "strong-session-serializable"
)

// hierarchy says, for each model, which models it implies directly, and which anomalies it forbids in addition to those that are
// forbidden by the models that it implies. The names are Adya's, Bailis', Cerone's and Daudjee's, in the hierarchy of
// https://jepsen.io/consistency.
//
// Linearizable and the models below it, and those of replicated databases (1SR), are here because the reference knows their
// names. But none of the anomalies that the reference looks for contradicts them: see Forbids.
var hierarchy = map[Model]struct {
	weaker  []Model
	forbids []Anomaly
}{
	ReadUncommitted: {nil, []Anomaly{"G0", DuplicateElements, GarbageRead, CyclicVersions, "PL-1-cycle-exists"}},
	ReadCommitted:   {[]Model{ReadUncommitted}, []Anomaly{"G1", "PL-2-cycle-exists"}},

	"monotonic-atomic-view":   {[]Model{ReadCommitted}, nil},
	"monotonic-view":          {[]Model{ReadCommitted}, []Anomaly{"G1"}},
	"monotonic-snapshot-read": {[]Model{ReadCommitted}, []Anomaly{"G1"}},
	"cursor-stability":        {[]Model{ReadCommitted}, []Anomaly{"G1", LostUpdate}},
	"read-atomic":             {[]Model{"monotonic-atomic-view"}, []Anomaly{Internal, G1a, FutureRead}},
	"causal-cerone":           {[]Model{"read-atomic"}, []Anomaly{Internal, G1a}},
	"update-atomic":           {[]Model{"read-atomic"}, []Anomaly{LostUpdate}},
	"prefix":                  {[]Model{"causal-cerone"}, []Anomaly{Internal, G1a}},
	"consistent-view":         {[]Model{"cursor-stability", "monotonic-view"}, []Anomaly{"G1", "G-single"}},
	"forward-consistent-view": {[]Model{"consistent-view"}, []Anomaly{"G1"}},
	"update-serializable":     {[]Model{"forward-consistent-view"}, []Anomaly{"G1"}},

	"parallel-snapshot-isolation": {[]Model{"causal-cerone", "update-atomic"}, []Anomaly{Internal, G1a}},
	RepeatableRead: {
		[]Model{"cursor-stability", "monotonic-atomic-view"},
		[]Anomaly{"G1", "G2-item", LostUpdate, "PL-2.99-cycle-exists"},
	},
	SnapshotIsolation: {
		[]Model{"forward-consistent-view", "monotonic-atomic-view", "monotonic-snapshot-read", "parallel-snapshot-isolation", "prefix"},
		[]Anomaly{Internal, "G1", "G-nonadjacent", "PL-SI-cycle-exists"},
	},
	Serializable: {
		[]Model{RepeatableRead, "update-serializable", SnapshotIsolation, "view-serializable"},
		[]Anomaly{Internal, "G1", "G2", "PL-3-cycle-exists"},
	},

	SessionUncommitted: {[]Model{ReadUncommitted}, []Anomaly{"G0-process", "strong-session-PL-1-cycle-exists"}},
	SessionCommitted:   {[]Model{ReadCommitted, SessionUncommitted}, []Anomaly{"G1c-process", "strong-session-PL-2-cycle-exists"}},
	SessionSnapshot: {
		[]Model{SnapshotIsolation, SessionCommitted},
		[]Anomaly{Internal, "G1-process", "G-nonadjacent-process", "strong-session-snapshot-isolation-cycle-exists"},
	},
	SessionSerializable: {
		[]Model{Serializable, SessionSnapshot},
		[]Anomaly{"G1-process", "G2-process", "strong-session-serializable-cycle-exists"},
	},

	StrongReadUncommitted: {[]Model{SessionUncommitted}, []Anomaly{"G0-realtime", "strong-PL-1-cycle-exists"}},
	StrongReadCommitted:   {[]Model{SessionCommitted, StrongReadUncommitted}, []Anomaly{"G1c-realtime", "strong-PL-2-cycle-exists"}},
	StrongSnapshot: {
		[]Model{SessionSnapshot, StrongReadCommitted},
		[]Anomaly{Internal, "G1-realtime", "G-nonadjacent-realtime", "strong-snapshot-isolation-cycle-exists"},
	},
	StrongSerializable: {
		[]Model{SessionSerializable, StrongSnapshot, "linearizable", "session-serializable"},
		[]Anomaly{"G1", "G1c-realtime", "G2-realtime", "PL-SS-cycle-exists"},
	},

	"linearizable":         {[]Model{"sequential"}, nil},
	"sequential":           {[]Model{"causal"}, nil},
	"causal":               {[]Model{"writes-follow-reads", "PRAM"}, nil},
	"PRAM":                 {[]Model{"monotonic-reads", "monotonic-writes", "read-your-writes"}, nil},
	"session-serializable": {[]Model{"1SR"}, nil},
}

// weaker returns the models that m implies directly.
func weaker(m Model) []Model { return hierarchy[m].weaker }

// Models returns the names of all models, the weaker before the stronger.
func Models() []Model {
	var all []Model
	var add func(Model)
	add = func(m Model) {
		if slices.Contains(all, m) {
			return
		}
		for _, w := range weaker(m) {
			add(w)
		}
		all = append(all, m)
	}
	add(StrongSerializable)
	return all
}

// aliases has other names of models: Adya's names and synonyms.
var aliases = map[string]Model{
	"strict-serializable":   StrongSerializable,
	"PL-SS":                 StrongSerializable,
	"conflict-serializable": Serializable,
	"PL-3":                  Serializable,
	"PL-1":                  ReadUncommitted,
	"PL-2":                  ReadCommitted,
	"PL-CS":                 "cursor-stability",
	"PL-2L":                 "monotonic-view",
	"PL-2+":                 "consistent-view",
	"PL-2.99":               RepeatableRead,
	"PL-FCV":                "forward-consistent-view",
	"PL-MSR":                "monotonic-snapshot-read",
	"PL-3U":                 "update-serializable",
	"PL-SI":                 SnapshotIsolation,
	"strong-session-PL-1":   SessionUncommitted,
	"strong-session-PL-2":   SessionCommitted,
	"strong-PL-1":           StrongReadUncommitted,
	"strong-PL-2":           StrongReadCommitted,
}

// ModelNames returns every name that ParseModel accepts, sorted without regard to case.
func ModelNames() []string {
	names := slices.Collect(maps.Keys(aliases))
	for _, m := range Models() {
		names = append(names, string(m))
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return names
}

// ParseModel returns the model of the given name: one of Models, or an alias, such as PL-3 for serializable. The error lists
// the accepted names.
func ParseModel(name string) (Model, error) {
	if m, ok := aliases[name]; ok {
		return m, nil
	}
	if !slices.Contains(Models(), Model(name)) {
		return "", fmt.Errorf("elle: no consistency model %q: %s", name, wording.Want(name, ModelNames()))
	}
	return Model(name), nil
}

// Forbids reports whether the model forbids any of the anomalies that the checkers look for. If it does not, every history
// satisfies the model.
func (m Model) Forbids() bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(implied(m))), func(w Model) bool { return len(hierarchy[w].forbids) > 0 })
}

// implied returns the models and all that they imply.
func implied(models ...Model) map[Model]bool { return closure(models, weaker) }

// ruledOut returns the models that cannot hold if one of the anomalies was found.
func ruledOut(anomalies ...Anomaly) map[Model]bool {
	signs := closure(anomalies, Anomaly.implies)
	impossible := make(map[Model]bool)
	for _, m := range Models() { // weaker ones first
		impossible[m] = slices.ContainsFunc(hierarchy[m].forbids, func(a Anomaly) bool { return signs[a] }) ||
			slices.ContainsFunc(weaker(m), func(w Model) bool { return impossible[w] })
	}
	maps.DeleteFunc(impossible, func(_ Model, is bool) bool { return !is })
	return impossible
}

// boundary splits the models that cannot hold into the weakest of them and the others, both sorted.
func boundary(anomalies []Anomaly) (not, alsoNot []Model) {
	impossible := ruledOut(anomalies...)
	for _, m := range slices.Sorted(maps.Keys(impossible)) {
		if slices.ContainsFunc(weaker(m), func(w Model) bool { return impossible[w] }) {
			alsoNot = append(alsoNot, m)
		} else {
			not = append(not, m)
		}
	}
	return not, alsoNot
}

// prohibits returns a function that reports whether an anomaly contradicts one of the models.
func prohibits(models []Model) func(Anomaly) bool {
	all := make(map[Anomaly]bool)
	for m := range implied(models...) {
		for _, a := range hierarchy[m].forbids {
			all[a] = true
		}
	}
	return func(a Anomaly) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(a.allImplied())), func(sign Anomaly) bool { return all[sign] })
	}
}

// closure returns everything that can be reached from the start by next.
func closure[T comparable](start []T, next func(T) []T) map[T]bool {
	reached := make(map[T]bool)
	for todo := slices.Clone(start); len(todo) > 0; {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !reached[t] {
			reached[t] = true
			todo = append(todo, next(t)...)
		}
	}
	return reached
}
