package workload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// A profile counts the operations of clients in a history.
type profile struct {
	history    []history.Op
	operations int            // invoked or, if the history has no invocations, completed
	byF        map[string]int // the same by function
}

func newProfile(h []history.Op) profile {
	p := profile{history: h, byF: make(map[string]int)}
	invoked := slices.ContainsFunc(h, func(op history.Op) bool { return op.Type == history.Invoke && op.Process != history.Nemesis })
	for _, op := range h {
		if op.Process != history.Nemesis && (op.Type == history.Invoke) == invoked {
			p.operations++
			p.byF[op.F]++
		}
	}
	return p
}

// others returns the functions in the history that the workload does not have, and the number of operations with these functions.
func (p profile) others(k Kind) (fs []string, operations int) {
	for _, f := range slices.Sorted(maps.Keys(p.byF)) {
		if !slices.Contains(k.Functions, f) {
			fs = append(fs, f)
			operations += p.byF[f]
		}
	}
	return fs, operations
}

// contradicts reports whether the values of the operations belong to another workload with the same functions.
func (p profile) contradicts(k Kind) bool { return k.Unlike != nil && k.Unlike(p.history) }

// likely returns the names of the workloads to which all operations may belong.
func (p profile) likely(ks Kinds) []string {
	var names []string
	for _, k := range ks {
		if _, others := p.others(k); p.operations > 0 && others == 0 && !p.contradicts(k) {
			names = append(names, k.Name)
		}
	}
	return names
}

// Recognize returns the names of the workloads to which a history may belong, judging by the functions and values of its
// operations. It returns no names if no single workload has all the operations.
func (ks Kinds) Recognize(h []history.Op) []string { return newProfile(h).likely(ks) }

// Foreign explains in a sentence why a history cannot, or cannot fully, be judged as a history of the workload k; "" if it can.
// entirely is true if no part of the history belongs to k, or if the whole history looks like that of another workload.
func (ks Kinds) Foreign(k Kind, h []history.Op) (why string, entirely bool) {
	p := newProfile(h)
	switch {
	case p.operations == 0:
		return "nothing can be said: the history has no operation of a client", true
	case len(k.Functions) == 0:
		return "", false
	}
	looks, likely := "", p.likely(ks)
	if len(likely) > 0 {
		looks = fmt.Sprintf("; it looks like a history of %s", wording.Or(likely))
	}
	changed, own := altered(k, h), strings.Join(k.Functions, ", ")
	switch strange, others := p.others(k); {
	case others == p.operations:
		return fmt.Sprintf("the history has no operation of %s (%s): its operations are %s%s", k.Name, own, some(strange), looks), true
	case others > 0:
		return fmt.Sprintf("of %d operations %d are not of %s (%s): they are %s%s", p.operations, others, k.Name, own, some(strange), looks), len(likely) > 0
	case p.contradicts(k) && len(likely) > 0:
		return fmt.Sprintf("the values of the operations are not those of %s%s", k.Name, looks), true
	case changed != "":
		return changed + ", so it is not known what it did", false
	case k.Doubt != nil:
		return k.Doubt(h), false
	}
	return "", false
}

// some lists the first few functions.
func some(fs []string) string {
	const most = 5
	if len(fs) > most {
		fs = append(fs[:most:most], fmt.Sprintf("%d others", len(fs)-most))
	}
	return strings.Join(fs, ", ")
}

// readsSome reports whether an ok read of the history has a value that satisfies such.
func readsSome(h []history.Op, such func(json.RawMessage) bool) bool {
	return slices.ContainsFunc(h, func(op history.Op) bool { return op.F == "read" && op.Type == history.OK && such(op.Value) })
}

func isList(value json.RawMessage) bool { return bytes.HasPrefix(value, []byte("[")) }
