package why

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// An access is an operation on a register: a read, a write or a cas. Its values are texts as in versions.
type access struct {
	dialogue
	key   string
	found string // the value that it needs to have found: of a cas, and of a read with a result
	left  string // the value that it leaves: of a write and of a cas
}

// access returns the operation that was invoked at an index of the history; ok is false if it is not one on a register.
func (r *Run) access(invocation int) (a access, ok bool) {
	inv := r.Ops[invocation]
	key, argument, ok := pair(inv.Value)
	if !ok || inv.Type != history.Invoke || inv.Process == history.Nemesis {
		return a, false
	}
	a = access{dialogue: r.dialogue(invocation), key: plainJSON(string(key))}
	switch inv.F {
	case "read":
		if _, result, ok := pair(a.done.Value); ok && a.acknowledged() && string(result) != "null" {
			a.found = plainJSON(string(result))
		}
	case "write":
		a.left = plainJSON(string(argument))
	case "cas":
		from, to, ok := pair(argument)
		if !ok {
			return a, false
		}
		a.found, a.left = plainJSON(string(from)), plainJSON(string(to))
	default:
		return a, false
	}
	return a, true
}

// pair returns the elements of an array of two.
func pair(raw json.RawMessage) (first, second json.RawMessage, ok bool) {
	var both []json.RawMessage
	if json.Unmarshal(raw, &both) != nil || len(both) != 2 {
		return nil, nil, false
	}
	return both[0], both[1], true
}

// value returns the value of the register after the operation.
func (a *access) value() string {
	if a.inv.F == "read" {
		return a.found
	}
	return a.left
}

// before reports whether the operation was over when another one began.
func (a *access) before(b *access) bool { return a.acknowledged() && a.done.Index < b.inv.Index }

// wanted says what a client asked for: "write 2 to key 3".
func (a *access) wanted() string {
	switch a.inv.F {
	case "read":
		return "read key " + clipped(a.key)
	case "write":
		return fmt.Sprintf("write %s to key %s", clipped(a.left), clipped(a.key))
	}
	return fmt.Sprintf("replace %s by %s in key %s (cas)", clipped(a.found), clipped(a.left), clipped(a.key))
}

// tell returns the steps of the operation: one, or a request and its answer if something else of the story happened in between.
func (r *Run) tell(a *access, long bool) []Step {
	who, what := client(a.inv), a.wanted()
	var outcome string
	switch {
	case a.acknowledged() && a.inv.F == "read":
		outcome = fmt.Sprintf("%s answers %s: key %s is %s", a.node, who, clipped(a.key), clipped(a.found))
	case a.acknowledged():
		outcome = fmt.Sprintf("%s answers %s: it is done", a.node, who)
	case a.failed():
		outcome = fmt.Sprintf("%s answers %s that it did not happen: %s", a.node, who, refusal(a.done))
	case a.ended && len(a.done.Error) > 0 && string(a.done.Error) != `"net-timeout"`:
		outcome = fmt.Sprintf("%s answers %s with an error that leaves open whether it happened: %s", a.node, who, refusal(a.done))
	default:
		outcome = fmt.Sprintf("%s has got no answer, and does not know whether it happened", who)
	}
	if !long && a.acknowledged() {
		if a.inv.F == "read" {
			return []Step{r.asks(a.inv, outcome)}
		}
		return []Step{r.asks(a.inv, fmt.Sprintf("%s asks %s to %s, which is done", who, a.node, what))}
	}
	steps := []Step{r.asks(a.inv, fmt.Sprintf("%s asks %s to %s", who, a.node, what))}
	switch {
	case a.reply != nil && a.ended && a.reply.At <= a.done.Time:
		return append(steps, passes(a.reply, outcome))
	case a.acknowledged() || a.failed():
		return append(steps, note(a.end, a.node, outcome))
	case a.ended:
		return append(steps, note(a.done.Time, "", outcome))
	}
	return steps
}

func clipped(value string) string { return wording.Clip(value, 40) }
