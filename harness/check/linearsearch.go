package check

import "github.com/anishathalye/porcupine"

// anything is the state of a register of which nobody knows what it holds. The states otherwise are the numbers of
// values.
const anything = -1

// apply returns the state after the call. It reports false if the call cannot have come in this state.
//
// An operation of unknown outcome may come at any time after its invocation. If it never happened, that is as if
// it came after all others, where it must therefore be possible: a cas that finds another value does nothing.
func (c *registerCall) apply(state int) (next int, ok bool) {
	matches := state == anything
	switch c.op.F {
	case "write":
		return c.to, true
	case "read":
		return c.to, matches || state == c.to
	}
	if matches || state == c.from {
		return c.to, true
	}
	return state, c.ended == never
}

// A search looks for orders until it has no more steps left.
type search struct{ left int }

// judge tells whether the calls, from that state on, have an order.
func (s *search) judge(state int, calls []*registerCall) Verdict {
	s.left -= len(calls) // for laying them out
	if porcupine.CheckOperations(s.model(state), operations(calls)) {
		return Valid
	}
	if s.left <= 0 {
		return Unknown
	}
	return Invalid
}

// model returns that of a register for porcupine. When no steps are left it allows nothing any more, upon which
// porcupine is soon finished. Its own limit is a timer, which in virtual time never fires: time does not
// pass while something computes.
func (s *search) model(state int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return state },
		Step: func(state, call, _ any) (bool, any) {
			s.left--
			if s.left <= 0 {
				return false, state
			}
			next, ok := call.(*registerCall).apply(state.(int))
			return ok, next
		},
		Hash: func(state any) uint64 { return uint64(state.(int)) },
	}
}

// operations returns the calls as porcupine wants them. What comes before what is told by the
// positions in the history, for times may be equal.
func operations(calls []*registerCall) []porcupine.Operation {
	ops := make([]porcupine.Operation, len(calls))
	for i, c := range calls {
		ops[i] = porcupine.Operation{Input: c, Call: int64(c.began), Return: int64(c.ended)}
	}
	return ops
}
