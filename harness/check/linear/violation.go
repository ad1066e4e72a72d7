package linear

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check"
	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A violation is a window of a register that has no order.
type violation struct {
	register *register
	window   window
	calls    []*call // that contradict each other; see essential
	picture  string  // the name of its artifact; "" if it has none
}

// maxCalls is how many operations the text of a violation lists.
const maxCalls = 12

// indexes returns the indexes of the invocations.
func (v violation) indexes() []int {
	indexes := make([]int, len(v.calls))
	for i, c := range v.calls {
		indexes[i] = c.op.Index
	}
	return indexes
}

// describe lists the operations that contradict each other.
func (v violation) describe() string {
	before := "whatever the value was before"
	if v.window.from == beginning {
		before = "as it was null at first"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "key %s is not linearizable: no order of these operations explains their results, %s", reason.Quote(v.register.key), before)
	hidden := max(0, len(v.calls)-maxCalls)
	if hidden > 0 {
		fmt.Fprintf(&b, "\n… %s before", wording.Plural(hidden, "operation"))
	}
	for _, c := range v.calls[hidden:] {
		b.WriteString("\n" + v.register.describe(c))
	}
	return b.String()
}

// essential returns the calls that a reader needs to see the contradiction in the window. It leaves out every read without
// which the contradiction remains, and every operation of unknown outcome whose effect no other call shows.
func (r *register) essential(left int, w window) []*call {
	calls := w.calls(r.calls)
	if zonesClash(calls, w) {
		left /= spared
	}
	for i := len(calls) - 1; i >= 0 && left > 0; i-- {
		without := slices.Delete(slices.Clone(calls), i, i+1)
		if calls[i].op.F == "read" && (zonesClash(without, w) || newSearch(&left, w.value(), without).judge() == check.Invalid) {
			calls = without
		}
	}
	shown := make(map[int]bool) // by value
	for _, c := range calls {
		switch c.op.F {
		case "read":
			shown[c.to] = true
		case "cas":
			shown[c.from] = true
		}
	}
	return slices.DeleteFunc(calls, func(c *call) bool { return c.ended == never && !shown[c.to] })
}

// describe says what the call did, and when.
func (r *register) describe(c *call) string {
	from, to := reason.Quote(r.values[c.from]), reason.Quote(r.values[c.to])
	began, ended := float64(c.op.Time)/1e9, float64(c.end.Time)/1e9
	if c.end.Type != history.OK {
		did := map[string]string{"write": "written " + to, "cas": fmt.Sprintf("replaced %s by %s", from, to)}[c.op.F]
		return fmt.Sprintf("%s may have %s at some time after %.3f s (op %d)", c.op.Who(), did, began, c.op.Index)
	}
	did := map[string]string{"read": "read " + to, "write": "wrote " + to, "cas": fmt.Sprintf("replaced %s by %s", from, to)}[c.op.F]
	return fmt.Sprintf("%s %s between %.3f s and %.3f s (ops %d and %d)", c.op.Who(), did, began, ended, c.op.Index, c.end.Index)
}
