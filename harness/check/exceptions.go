package check

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/history"
)

// Malformed is the first element of the Error of an operation whose reply did not
// have the shape that the workload asks for. The second says what was wanted, the
// third is the reply: ["malformed-reply", want, reply].
const Malformed = "malformed-reply"

// Exceptions has the replies that were not understood. One is enough to make it
// Unknown: nobody can say what a reply means that breaks the protocol.
type Exceptions struct {
	Valid      Verdict     `json:"valid"`
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// An Exception counts the replies to one function that lack one shape.
type Exception struct {
	F       string     `json:"f"`
	Class   string     `json:"class"` // the shape that was wanted
	Count   int        `json:"count"`
	Example history.Op `json:"example"` // the first
}

// NewExceptions collects the malformed replies from h, the most frequent first.
func NewExceptions(h []history.Op) Exceptions {
	var e Exceptions
	for _, op := range h {
		class, ok := malformed(op)
		if !ok {
			continue
		}
		e.Valid = Unknown
		i := slices.IndexFunc(e.Exceptions, func(x Exception) bool { return x.F == op.F && x.Class == class })
		if i < 0 {
			i = len(e.Exceptions)
			e.Exceptions = append(e.Exceptions, Exception{F: op.F, Class: class, Example: op})
		}
		e.Exceptions[i].Count++
	}
	slices.SortStableFunc(e.Exceptions, func(a, b Exception) int { return b.Count - a.Count })
	return e
}

// malformed returns the shape that the reply should have had, if op completed with
// a malformed one.
func malformed(op history.Op) (class string, ok bool) {
	if op.Process == history.Nemesis || (op.Type != history.Info && op.Type != history.Fail) {
		return "", false
	}
	var parts []json.RawMessage
	var name string
	if json.Unmarshal(op.Error, &parts) != nil || len(parts) < 2 ||
		json.Unmarshal(parts[0], &name) != nil || name != Malformed ||
		json.Unmarshal(parts[1], &class) != nil {
		return "", false
	}
	return class, true
}

// Verdict implements Result.
func (e Exceptions) Verdict() Verdict { return e.Valid }

// Reasons implements Result.
func (e Exceptions) Reasons() []string {
	return reasons(e.Exceptions, func(x Exception) string {
		s := fmt.Sprintf("%s to %s had the wrong shape, wanted %s; the first at %s",
			plural(x.Count, "reply"), x.F, x.Class, at(x.Example))
		var parts []json.RawMessage
		if json.Unmarshal(x.Example.Error, &parts) == nil && len(parts) > 2 {
			s += ": " + quote(parts[2])
		}
		return s
	})
}
