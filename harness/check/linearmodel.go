package check

import (
	"math"
	"slices"
	"sort"

	"github.com/anishathalye/porcupine"
)

type registerCall struct {
	kind     string
	from, to int
	began    int
	ended    int
}

const never = math.MaxInt

type register struct {
	value int
	now   int
	reads []int32
}

type search struct {
	left  int
	begun [][]int
}

func (s *search) step(r *register, c *registerCall) (*register, bool) {
	now := max(r.now, c.began)
	if c.kind == "read" {
		if r.value != c.to {
			return r, false
		}
		n := &register{r.value, now, slices.Clone(r.reads)}
		n.reads[r.value]++
		return n, true
	}
	if c.kind == "cas" && c.from != r.value {
		return r, c.ended == never
	}
	// enabled reads
	if r.value < len(s.begun) && int(r.reads[r.value]) < sort.SearchInts(s.begun[r.value], now) {
		return r, false
	}
	return &register{c.to, now, r.reads}, true
}

func (s *search) judge(start int, calls []*registerCall) Verdict {
	maxv := 0
	for _, c := range calls {
		maxv = max(maxv, c.to, c.from)
	}
	s.begun = make([][]int, maxv+1)
	for _, c := range calls {
		if c.kind == "read" && on {
			s.begun[c.to] = append(s.begun[c.to], c.began)
		}
	}
	for _, b := range s.begun {
		slices.Sort(b)
	}
	switch porcupine.CheckOperations(s.model(&register{start, -1, make([]int32, maxv+1)}), timed(calls)) {
	case true:
		return Valid
	default:
		if s.left <= 0 {
			return Unknown
		}
		return Invalid
	}
}
var on = true
func (s *search) model(start *register) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return start },
		Equal: func(a, b any) bool { return a.(*register).value == b.(*register).value },
		Hash: func(a any) uint64 { return uint64(a.(*register).value)*0x9e3779b97f4a7c15 },
		Step: func(state, input, _ any) (bool, any) {
			if s.left <= 0 {
				return false, state
			}
			s.left--
			next, ok := s.step(state.(*register), input.(*registerCall))
			return ok, next
		},
	}
}

func timed(calls []*registerCall) []porcupine.Operation {
	ops := make([]porcupine.Operation, 0, len(calls)+1)
	for i, c := range calls {
		if c.kind == "read" && c.to == 0 { continue }
		ops = append(ops, porcupine.Operation{ClientId: i, Input: c, Call: int64(c.began), Return: int64(c.ended)})
	}
	return ops
}
