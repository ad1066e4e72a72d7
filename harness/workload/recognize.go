package workload

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// functions returns the functions of a workload's operations, as histories name them.
func functions(name string) []string {
	switch name {
	case "broadcast":
		return []string{"broadcast", "read"}
	case "echo":
		return []string{"echo"}
	case "g-counter", "g-set", "pn-counter":
		return []string{"add", "read"}
	case "kafka":
		return []string{"assign", Crash, "poll", "send"}
	case "lin-kv":
		return []string{"cas", "read", "write"}
	case "lock":
		return []string{"enter", "leave"}
	case "txn-list-append", "txn-rw-register":
		return []string{"txn"}
	case "unique-ids":
		return []string{"generate"}
	}
	return nil
}

// A profile counts what clients did in a history.
type profile struct {
	operations int            // that were invoked or, without invocations, completed
	byF        map[string]int // of these
	values     map[string]int // what tells workloads with the same functions apart: see shape
	finals     int            // operations of a final phase
	reads      int            // that were ok
}

func newProfile(h []history.Op) profile {
	p := profile{byF: make(map[string]int), values: make(map[string]int)}
	invoked := slices.ContainsFunc(h, func(op history.Op) bool { return op.Type == history.Invoke && op.Process != history.Nemesis })
	for _, op := range h {
		if op.Process == history.Nemesis {
			continue
		}
		if (op.Type == history.Invoke) == invoked {
			p.operations++
			p.byF[op.F]++
		}
		if op.Final {
			p.finals++
		}
		if op.F == "read" && op.Type == history.OK {
			p.reads++
		}
		for _, s := range shapes(op) {
			p.values[s]++
		}
	}
	return p
}

// shapes returns what an operation's value shows of its workload.
func shapes(op history.Op) []string {
	switch {
	case op.F == "read" && op.Type == history.OK && strings.HasPrefix(string(op.Value), "["):
		return []string{"read list"}
	case op.F == "read" && op.Type == history.OK && jsonvalue.IsInteger(op.Value):
		return []string{"read integer"}
	case op.F == "add" && strings.HasPrefix(string(op.Value), "-"):
		return []string{"add negative"}
	case op.F == "txn":
		var found []string
		var txn [][]json.RawMessage
		_ = json.Unmarshal(op.Value, &txn) // what is no transaction shows nothing
		for _, m := range txn {
			if len(m) == 3 {
				found = append(found, string(m[0]))
			}
		}
		return found
	}
	return nil
}

// others returns how many of the operations have a function that the workload does not have.
func (p profile) others(name string) int {
	n := 0
	for f, count := range p.byF {
		if !slices.Contains(functions(name), f) {
			n += count
		}
	}
	return n
}

// contradicts tells whether the values of the operations are those of another workload with the same functions: all, not
// some, since malformed ones are for the checker to name.
func (p profile) contradicts(name string) bool {
	lists, integers := p.values["read list"], p.values["read integer"]
	switch name {
	case "g-set", "broadcast":
		return lists == 0 && integers > 0
	case "g-counter":
		return lists > 0 && integers == 0 || p.values["add negative"] > 0
	case "pn-counter":
		return lists > 0 && integers == 0
	case "txn-list-append":
		return p.values[`"append"`] == 0 && p.values[`"w"`] > 0
	case "txn-rw-register":
		return p.values[`"w"`] == 0 && p.values[`"append"`] > 0
	}
	return false
}

// likely returns the workloads that all operations may be of.
func (p profile) likely() []string {
	if p.operations == 0 {
		return nil
	}
	return slices.DeleteFunc(Names(), func(name string) bool { return p.others(name) > 0 || p.contradicts(name) })
}

// Recognize returns the workloads that a history may be of, by the functions and values of its operations; none if it has
// operations that are of no one workload.
func Recognize(h []history.Op) []string { return newProfile(h).likely() }

// Foreign says why a history shows nothing, or not all, about the workload of that name, in a sentence; "" if it does. Entirely is true
// if nothing in it is of this workload, or all of it of another.
func Foreign(name string, h []history.Op) (why string, entirely bool) {
	p := newProfile(h)
	if p.operations == 0 {
		return "nothing can be said: the history has no operation of a client", true
	}
	looks, likely := "", p.likely()
	if len(likely) > 0 {
		looks = fmt.Sprintf("; it looks like a history of %s", wording.Or(likely))
	}
	changed := altered(name, h)
	switch others := p.others(name); {
	case others > 0:
		entirely = others == p.operations || len(likely) > 0
		why = fmt.Sprintf("of %d operations %d are not of %s (%s): they are %s%s", p.operations, others, name,
			strings.Join(functions(name), ", "), p.list(name), looks)
		if others == p.operations {
			why = fmt.Sprintf("the history has no operation of %s (%s): its operations are %s%s", name, strings.Join(functions(name), ", "), p.list(name), looks)
		}
		return why, entirely
	case p.contradicts(name) && len(likely) > 0:
		return fmt.Sprintf("the values of the operations are not those of %s%s", name, looks), true
	case changed != "":
		return changed + ", so nobody knows what it did", false
	case (name == "g-counter" || name == "pn-counter") && p.finals == 0 && p.reads > 0:
		return fmt.Sprintf(`none of %d reads is marked final, and %s is judged by final reads alone: those after all adds must have "final": true (:final? true)`, p.reads, name), false
	}
	return "", false
}

// list names the functions that the workload does not have.
func (p profile) list(name string) string {
	const most = 5
	var fs []string
	for _, f := range slices.Sorted(maps.Keys(p.byF)) {
		if !slices.Contains(functions(name), f) {
			fs = append(fs, f)
		}
	}
	if len(fs) > most {
		fs = append(fs[:most], fmt.Sprintf("%d others", len(fs)-most))
	}
	return strings.Join(fs, ", ")
}

// Native returns a history of the workload as ours are written. In Maelstrom's, the value of an ok echo is the
// whole body of the reply; if those of all are, they are replaced by what is in it. Other histories are returned as they are.
func Native(name string, h []history.Op) []history.Op {
	if name != "echo" {
		return h
	}
	native := slices.Clone(h)
	for i, op := range native {
		if op.F != "echo" || op.Type != history.OK || op.Process == history.Nemesis {
			continue
		}
		var body map[string]json.RawMessage
		if json.Unmarshal(op.Value, &body) != nil || string(body["type"]) != `"echo_ok"` || body["echo"] == nil || body["in_reply_to"] == nil {
			return h
		}
		native[i].Value = body["echo"]
	}
	return native
}
