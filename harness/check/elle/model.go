package elle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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

// weaker returns the models that m implies directly. The names are Adya's, Bailis', Cerone's and Daudjee's, in the hierarchy
// of https://jepsen.io/consistency.
//
// Linearizable and the models below it, and those of replicated databases (1SR), are here because the reference knows their
// names. But none of the anomalies that the reference looks for contradicts them: see Forbids.
func weaker(m Model) []Model {
	switch m {
	case ReadCommitted:
		return []Model{ReadUncommitted}
	case "monotonic-atomic-view", "monotonic-view", "monotonic-snapshot-read", "cursor-stability":
		return []Model{ReadCommitted}
	case "read-atomic":
		return []Model{"monotonic-atomic-view"}
	case "causal-cerone", "update-atomic":
		return []Model{"read-atomic"}
	case "prefix":
		return []Model{"causal-cerone"}
	case "parallel-snapshot-isolation":
		return []Model{"causal-cerone", "update-atomic"}
	case "consistent-view":
		return []Model{"cursor-stability", "monotonic-view"}
	case "forward-consistent-view":
		return []Model{"consistent-view"}
	case "update-serializable":
		return []Model{"forward-consistent-view"}
	case RepeatableRead:
		return []Model{"cursor-stability", "monotonic-atomic-view"}
	case SnapshotIsolation:
		return []Model{
			"forward-consistent-view", "monotonic-atomic-view", "monotonic-snapshot-read",
			"parallel-snapshot-isolation", "prefix",
		}
	case Serializable:
		return []Model{RepeatableRead, "update-serializable", SnapshotIsolation, "view-serializable"}
	case SessionUncommitted:
		return []Model{ReadUncommitted}
	case SessionCommitted:
		return []Model{ReadCommitted, SessionUncommitted}
	case SessionSnapshot:
		return []Model{SnapshotIsolation, SessionCommitted}
	case SessionSerializable:
		return []Model{Serializable, SessionSnapshot}
	case StrongReadUncommitted:
		return []Model{SessionUncommitted}
	case StrongReadCommitted:
		return []Model{SessionCommitted, StrongReadUncommitted}
	case StrongSnapshot:
		return []Model{SessionSnapshot, StrongReadCommitted}
	case StrongSerializable:
		return []Model{SessionSerializable, StrongSnapshot, "linearizable", "session-serializable"}
	case "linearizable":
		return []Model{"sequential"}
	case "sequential":
		return []Model{"causal"}
	case "causal":
		return []Model{"writes-follow-reads", "PRAM"}
	case "PRAM":
		return []Model{"monotonic-reads", "monotonic-writes", "read-your-writes"}
	case "session-serializable":
		return []Model{"1SR"}
	}
	return nil
}

// forbidden returns the anomalies that m forbids in addition to those that are forbidden by the models that it implies.
func forbidden(m Model) []Anomaly {
	switch m {
	case ReadUncommitted:
		return []Anomaly{"G0", DuplicateElements, GarbageRead, "cyclic-versions", "PL-1-cycle-exists"}
	case ReadCommitted:
		return []Anomaly{"G1", "PL-2-cycle-exists"}
	case "read-atomic":
		return []Anomaly{"internal", "G1a", FutureRead}
	case "causal-cerone", "parallel-snapshot-isolation", "prefix":
		return []Anomaly{"internal", "G1a"}
	case "update-atomic":
		return []Anomaly{"lost-update"}
	case "cursor-stability":
		return []Anomaly{"G1", "lost-update"}
	case RepeatableRead:
		return []Anomaly{"G1", "G2-item", "lost-update", "PL-2.99-cycle-exists"}
	case "consistent-view":
		return []Anomaly{"G1", "G-single"}
	case "monotonic-view", "monotonic-snapshot-read", "forward-consistent-view", "update-serializable":
		return []Anomaly{"G1"}
	case SnapshotIsolation:
		return []Anomaly{"internal", "G1", "G-nonadjacent", "PL-SI-cycle-exists"}
	case Serializable:
		return []Anomaly{"internal", "G1", "G2", "PL-3-cycle-exists"}
	case SessionUncommitted:
		return []Anomaly{"G0-process", "strong-session-PL-1-cycle-exists"}
	case SessionCommitted:
		return []Anomaly{"G1c-process", "strong-session-PL-2-cycle-exists"}
	case SessionSnapshot:
		return []Anomaly{
			"internal", "G1-process", "G-nonadjacent-process", "strong-session-snapshot-isolation-cycle-exists",
		}
	case SessionSerializable:
		return []Anomaly{"G1-process", "G2-process", "strong-session-serializable-cycle-exists"}
	case StrongReadUncommitted:
		return []Anomaly{"G0-realtime", "strong-PL-1-cycle-exists"}
	case StrongReadCommitted:
		return []Anomaly{"G1c-realtime", "strong-PL-2-cycle-exists"}
	case StrongSnapshot:
		return []Anomaly{
			"internal", "G1-realtime", "G-nonadjacent-realtime", "strong-snapshot-isolation-cycle-exists",
		}
	case StrongSerializable:
		return []Anomaly{"G1", "G1c-realtime", "G2-realtime", "PL-SS-cycle-exists"}
	}
	return nil
}

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

// aliases returns other names of models: Adya's names and synonyms.
func aliases() map[string]Model {
	return map[string]Model{
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
}

// ModelNames returns every name that ParseModel accepts, sorted without regard to case.
func ModelNames() []string {
	names := slices.Collect(maps.Keys(aliases()))
	for _, m := range Models() {
		names = append(names, string(m))
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return names
}

// ParseModel returns the model of the given name: one of Models, or an alias, such as PL-3 for serializable. The error lists
// the accepted names.
func ParseModel(name string) (Model, error) {
	if m, ok := aliases()[name]; ok {
		return m, nil
	}
	if !slices.Contains(Models(), Model(name)) {
		return "", fmt.Errorf("elle: no consistency model %q: want %s", name, strings.Join(ModelNames(), ", "))
	}
	return Model(name), nil
}

// Forbids reports whether the model forbids any of the anomalies that the checkers look for. If it does not, every history
// satisfies the model.
func (m Model) Forbids() bool {
	for w := range implied(m) {
		if len(forbidden(w)) > 0 {
			return true
		}
	}
	return false
}

// implied returns the models and all that they imply.
func implied(models ...Model) map[Model]bool { return closure(models, weaker) }

// ruledOut returns the models that cannot hold if one of the anomalies was found.
func ruledOut(anomalies ...Anomaly) map[Model]bool {
	signs := closure(anomalies, Anomaly.implies)
	impossible := make(map[Model]bool)
	for _, m := range Models() { // weaker ones first
		impossible[m] = slices.ContainsFunc(forbidden(m), func(a Anomaly) bool { return signs[a] }) ||
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
		for _, a := range forbidden(m) {
			all[a] = true
		}
	}
	return func(a Anomaly) bool {
		for sign := range a.allImplied() {
			if all[sign] {
				return true
			}
		}
		return false
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
