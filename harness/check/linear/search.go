package linear

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"glomers/harness/check"
)

// anything is the value of a register whose value is unknown. Other values are numbers of values.
const anything = -1

// A state is what the model knows of a register between two calls. It is immutable.
type state struct {
	value  int
	latest int   // the latest invocation among the calls so far
	reads  []int // by value, how many reads of it have come
}

// A search looks for an order of calls. It gives up when no steps are left. Several searches may share a budget.
type search struct {
	left  *int
	start state
	calls []*call   // in the order of their invocations
	reads [][]*call // by value, the reads among the calls
}

// newSearch returns a search among the calls on a register that holds value at first.
func newSearch(left *int, value int, calls []*call) *search {
	values := value + 1
	for _, c := range calls {
		values = max(values, c.from+1, c.to+1)
	}
	s := &search{
		left:  left,
		start: state{value: value, latest: beginning, reads: make([]int, values)},
		calls: calls,
		reads: make([][]*call, values),
	}
	for _, c := range calls {
		if c.op.F == "read" {
			s.reads[c.to] = append(s.reads[c.to], c)
		}
	}
	return s
}

// judge decides whether there is an order. The verdict is Unknown if the search gave up.
func (s *search) judge() check.Verdict {
	*s.left -= len(s.calls) // the cost of preparing them
	if porcupine.CheckOperations(s.model(), s.operations()) {
		return check.Valid
	}
	if *s.left <= 0 {
		return check.Unknown
	}
	return check.Invalid
}

// model returns the register as porcupine's model. When no steps are left, the model allows no further call, so porcupine soon
// ends. Porcupine's own timeout is of no use: it is a timer, and in virtual time no timer fires while something computes.
func (s *search) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return &s.start },
		Step: func(from, c, _ any) (bool, any) {
			*s.left -= 1 + len(s.reads)/64 // the second term pays for copying
			if *s.left <= 0 {
				return false, from
			}
			next, ok := s.step(from.(*state), c.(*call))
			return ok, next
		},
		// Porcupine compares two states only if the same calls led to both. Then their other fields are equal, too.
		Equal: func(a, b any) bool { return a.(*state).value == b.(*state).value },
		Hash:  func(a any) uint64 { return uint64(a.(*state).value) },
	}
}

// step returns the state after the call. It returns false if the call cannot come next, or if that need not be tried.
//
// An operation of unknown outcome may come at any time after its invocation. If it never happened, the order has it after all
// other operations. It must be possible there, too, so a cas of unknown outcome that finds another value does nothing.
//
// A read that can come now must come now: the read leaves the register as it is, so waiting wins nothing. Among several
// such reads, the one that was invoked first comes first. These two rules spare the search most of the orders of many
// clients' reads.
func (s *search) step(from *state, c *call) (next *state, ok bool) {
	next = &state{c.to, max(from.latest, c.began), from.reads}
	matches := from.value == anything
	switch c.op.F {
	case "read":
		next.reads = slices.Clone(from.reads)
		next.reads[c.to]++
		return next, (matches || from.value == c.to) && s.reads[c.to][from.reads[c.to]] == c
	case "cas":
		if !matches && from.value != c.from {
			next.value = from.value
			return next, c.ended == never
		}
	}
	return next, !s.readable(from, next.latest)
}

// readable reports whether some read that has not come yet was invoked before the position and fits the state.
func (s *search) readable(in *state, position int) bool {
	if in.value == anything {
		return false
	}
	came := in.reads[in.value]
	return came < len(s.reads[in.value]) && s.reads[in.value][came].began < position
}

// operations returns the calls for porcupine. Their times are positions in the history, as clock times may be equal.
func (s *search) operations() []porcupine.Operation {
	ops := make([]porcupine.Operation, len(s.calls))
	for i, c := range s.calls {
		ops[i] = porcupine.Operation{Input: c, Call: int64(c.began), Return: int64(c.ended)}
	}
	return ops
}
