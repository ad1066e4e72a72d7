package check

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/wording"
)

const (
	// Malformed is the first element of the Error of an operation whose reply did not have the form that the workload
	// requires: ["malformed-reply", kind, reply, client, node]. The kind names the type that the reply should have and the
	// fault, as in `read_ok: field "value" is missing`. Client and node may be missing.
	Malformed = "malformed-reply"

	// NoCode is the first element of the Error of an operation that got an error whose code is not an integer:
	// ["no-code", text of the error, description of the code].
	NoCode = "no-code"
)

// maxKinds limits the number of kinds of exceptions, because a node might produce a new kind each time.
const maxKinds = 32

// Exceptions has the replies that could not be understood. In the reference, the client throws an exception at such a reply,
// and the outcome of the operation is unknown. Exceptions are therefore only a warning, and always Valid, as in the reference.
type Exceptions struct {
	Valid      Verdict     `json:"valid"`
	Exceptions []Exception `json:"exceptions,omitempty"`
	Others     int         `json:"others,omitempty"` // those of further kinds

	codes []Exception // errors whose code is not an integer, which the reference does not count
}

// An Exception counts the replies to one function that have the same fault.
type Exception struct {
	F       string     `json:"f"`
	Class   string     `json:"class"` // the type of the reply and its fault
	Count   int        `json:"count"`
	Example history.Op `json:"example"` // the first
}

// NewExceptions collects the malformed replies from h, the most frequent first.
func NewExceptions(h []history.Op) Exceptions {
	var e Exceptions
	for _, op := range h {
		switch name, parts := failure(op); name {
		case Malformed:
			if len(parts) > 0 && !count(&e.Exceptions, op, text(parts[0])) {
				e.Others++
			}
		case NoCode:
			if len(parts) > 1 {
				count(&e.codes, op, text(parts[1]))
			}
		}
	}
	slices.SortStableFunc(e.Exceptions, func(a, b Exception) int { return b.Count - a.Count })
	return e
}

// count counts op under its function and class. It returns false if that would be one kind too many.
func count(all *[]Exception, op history.Op, class string) bool {
	i := slices.IndexFunc(*all, func(x Exception) bool { return x.F == op.F && x.Class == class })
	if i < 0 {
		if len(*all) == maxKinds {
			return false
		}
		i = len(*all)
		*all = append(*all, Exception{F: op.F, Class: class, Example: op})
	}
	(*all)[i].Count++
	return true
}

// failure splits the Error of op if it is a list that begins with a name.
func failure(op history.Op) (name string, rest []json.RawMessage) {
	if op.Process == history.Nemesis || (op.Type != history.Info && op.Type != history.Fail) {
		return "", nil
	}
	var parts []json.RawMessage
	if len(op.Error) == 0 || op.Error[0] != '[' || json.Unmarshal(op.Error, &parts) != nil || len(parts) == 0 {
		return "", nil
	}
	return text(parts[0]), parts[1:]
}

// text returns a string, or the JSON of anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

// Verdict implements Result.
func (e Exceptions) Verdict() Verdict { return e.Valid }

// Reasons implements Result. It is always empty.
func (e Exceptions) Reasons() []string { return nil }

// Cautions implements Cautious.
func (e Exceptions) Cautions() []string {
	cautions := reason.List(e.Exceptions, func(x Exception) string {
		s := fmt.Sprintf("%s to %s malformed: %s", wording.Plural(x.Count, "reply"), x.F, x.Class)
		_, parts := failure(x.Example)
		if len(parts) > 3 && text(parts[2]) != "" {
			s += fmt.Sprintf("; the first to %s from %s at %s", text(parts[2]), text(parts[3]), reason.At(x.Example))
		} else {
			s += "; the first at " + reason.At(x.Example)
		}
		if len(parts) > 1 {
			s += ": " + reason.Quote(parts[1])
		}
		return s
	})
	if e.Others > 0 {
		cautions = append(cautions, fmt.Sprintf("%s malformed in yet other ways", wording.Plural(e.Others, "reply")))
	}
	return append(cautions, reason.List(e.codes, func(x Exception) string {
		return fmt.Sprintf("%s to %s with an error whose code is not an integer, but %s: it is not known what it means; the first at %s",
			wording.Plural(x.Count, "reply"), x.F, x.Class, reason.At(x.Example))
	})...)
}
