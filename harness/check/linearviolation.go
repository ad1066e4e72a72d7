package check

import (
	"fmt"
	"slices"
	"strings"
)

// A violation is a register's window that has no order.
type violation struct {
	register *registerHistory
	window   window
	steps    int    // to spend on explaining it
	picture  string // the name of its artifact; "" if there is none
}

// maxCalls is how many operations the text of a violation lists.
const maxCalls = 12

// indexes returns those of the invocations of known outcome in the window.
func (v violation) indexes() []int {
	var indexes []int
	for _, c := range v.window.calls(v.register.calls) {
		if c.ended != never {
			indexes = append(indexes, c.op.Index)
		}
	}
	return indexes
}

// describe lists the operations that contradict each other.
func (v violation) describe() string {
	calls := v.essential()
	var b strings.Builder
	fmt.Fprintf(&b, "key %s is not linearizable: no order of these operations explains their results, %s",
		quote(v.register.key), v.origin())
	if more := len(calls) - maxCalls; more > 0 {
		fmt.Fprintf(&b, "\n… %d earlier", more)
		calls = calls[more:]
	}
	for _, c := range calls {
		b.WriteString("\n" + v.register.describe(c))
	}
	return b.String()
}

// origin says what the register held before the window.
func (v violation) origin() string {
	if v.window.from == beginning {
		return "from the missing value on"
	}
	return "whatever the value was before"
}

// essential returns the calls of the window without the reads that the contradiction does not need, nor
// the operations of unknown outcome that nothing shows the effect of.
func (v violation) essential() []*registerCall {
	calls := v.window.calls(v.register.calls)
	s := &search{v.steps}
	for i := len(calls) - 1; i >= 0; i-- {
		without := slices.Delete(slices.Clone(calls), i, i+1)
		if calls[i].op.F == "read" && s.judge(v.window.state(), without) == Invalid {
			calls = without
		}
	}
	shown := make(map[int]bool) // values
	for _, c := range calls {
		switch c.op.F {
		case "read":
			shown[c.to] = true
		case "cas":
			shown[c.from] = true
		}
	}
	return slices.DeleteFunc(calls, func(c *registerCall) bool { return c.ended == never && !shown[c.to] })
}

// describe says what the call did, and when.
func (r *registerHistory) describe(c *registerCall) string {
	from, to := quote(r.values[c.from]), quote(r.values[c.to])
	if c.ended == never {
		did := "written " + to
		if c.op.F == "cas" {
			did = fmt.Sprintf("replaced %s by %s", from, to)
		}
		return fmt.Sprintf("process %s may have %s at some time after %.3f s (op %d)", c.op.Process, did, float64(c.op.Time)/1e9, c.op.Index)
	}
	did := map[string]string{"read": "read " + to, "write": "wrote " + to, "cas": fmt.Sprintf("replaced %s by %s", from, to)}[c.op.F]
	return fmt.Sprintf("process %s %s between %.3f s and %.3f s (ops %d and %d)",
		c.op.Process, did, float64(c.op.Time)/1e9, float64(c.end.Time)/1e9, c.op.Index, c.end.Index)
}
