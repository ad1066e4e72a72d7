package check

import (
	"slices"

	"github.com/anishathalye/porcupine"
)

// anything is the value of a register of which nobody knows what it holds. Others are numbers of values.
const anything = -1

// A register is the state of the model. It is never changed.
type register struct {
	value  int
	latest int   // the position of the latest invocation among the calls so far
	reads  []int // how many reads of each value have come
}

// A search looks for an order of calls. It gives up when there are no steps left, which it may share with others.
type search struct {
	left  *int
	start register
	calls []*registerCall   // in the order of their invocations
	reads [][]*registerCall // those among them of each value
}

// newSearch returns a search among the calls on a register that holds value at first.
func newSearch(left *int, value int, calls []*registerCall) *search {
	values := value + 1
	for _, c := range calls {
		values = max(values, c.from+1, c.to+1)
	}
	s := &search{
		left:  left,
		start: register{value: value, latest: beginning, reads: make([]int, values)},
		calls: calls,
		reads: make([][]*registerCall, values),
	}
	for _, c := range calls {
		if c.op.F == "read" {
			s.reads[c.to] = append(s.reads[c.to], c)
		}
	}
	return s
}

// judge tells whether there is an order. It is Unknown if the search gave up.
func (s *search) judge() Verdict {
	*s.left -= len(s.calls) // for laying them out
	if porcupine.CheckOperations(s.model(), s.operations()) {
		return Valid
	}
	if *s.left <= 0 {
		return Unknown
	}
	return Invalid
}

// model returns that of the register for porcupine. When no steps are left it allows nothing any more, upon
// which porcupine is soon finished. Its own limit is a timer, which in virtual time never fires: time does not pass while
// something computes.
func (s *search) model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return &s.start },
		Step: func(state, call, _ any) (bool, any) {
			*s.left -= 1 + len(s.reads)/64 // the latter for copying
			if *s.left <= 0 {
				return false, state
			}
			next, ok := s.step(state.(*register), call.(*registerCall))
			return ok, next
		},
		// Porcupine compares states only if they have come from the same calls, and then the rest is equal too.
		Equal: func(a, b any) bool { return a.(*register).value == b.(*register).value },
		Hash:  func(state any) uint64 { return uint64(state.(*register).value) },
	}
}

// step returns the state after the call. It reports false if the call cannot come next, or need not be tried.
//
// An operation of unknown outcome may come at any time after its invocation. If it never happened, that is as if it came
// after all others, where it must therefore be possible: a cas that finds another value does nothing.
//
// A read that can come now should: nothing is gained by letting it wait, and it takes no choice away from the others. Of
// several, the one invoked first should come first. That spares the search most of the orders in
// which many clients' reads can come.
func (s *search) step(r *register, c *registerCall) (next *register, ok bool) {
	next = &register{c.to, max(r.latest, c.began), r.reads}
	matches := r.value == anything
	switch c.op.F {
	case "read":
		next.reads = slices.Clone(r.reads)
		next.reads[c.to]++
		return next, (matches || r.value == c.to) && s.reads[c.to][r.reads[c.to]] == c
	case "cas":
		if !matches && r.value != c.from {
			next.value = r.value
			return next, c.ended == never
		}
	}
	return next, !s.readable(r, next.latest)
}

// readable tells whether a read that is to come was invoked before that position and can come in state r.
func (s *search) readable(r *register, position int) bool {
	if r.value == anything {
		return false
	}
	came := r.reads[r.value]
	return came < len(s.reads[r.value]) && s.reads[r.value][came].began < position
}

// operations returns the calls as porcupine wants them. What comes before what is told by the
// positions in the history, for times may be equal.
func (s *search) operations() []porcupine.Operation {
	ops := make([]porcupine.Operation, len(s.calls))
	for i, c := range s.calls {
		ops[i] = porcupine.Operation{Input: c, Call: int64(c.began), Return: int64(c.ended)}
	}
	return ops
}
