package harness

import (
	"fmt"

	"glomers/harness/choice"
	"glomers/internal/wording"
)

// gateOf returns the gate that makes the decisions of a run of the test, and that which knows which of Choices have come up.
func (t Test) gateOf() (choice.Gate, *choice.Tracked) {
	given := t.Choices.Over(t.Strategy)
	if len(t.Choices) == 0 {
		return choice.New(t.Seed, t.Strategy), given
	}
	return choice.New(t.Seed, given), given
}

// noteUnasked notes decisions of Choices that have not come up. They may have been made for another version of the nodes, or
// contain a typing error.
func (r *run) noteUnasked() {
	unasked := r.choices.Unused()
	if len(unasked) == 0 {
		return
	}
	const most = 200
	r.notes = append(r.notes, fmt.Sprintf("%d of %d given decisions never came up: %s",
		len(unasked), len(r.test.Choices), wording.Clip(unasked.String(), most)))
}
