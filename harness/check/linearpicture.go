package check

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"

	"glomers/harness/history"
)

// An Illustrated result has files that show what it found.
type Illustrated interface {
	Result
	// Pictures returns the names of the files, sorted. Making these may take a while.
	Pictures() []string
	// Artifacts returns the files by their names.
	Artifacts() map[string][]byte
}

// Pictures implements Illustrated.
func (r *LinearizableResult) Pictures() []string {
	var names []string
	for _, v := range r.violations {
		if v.picture != "" {
			names = append(names, v.picture)
		}
	}
	slices.Sort(names)
	return names
}

// Artifacts implements Illustrated: for each violation that Reasons describes, an HTML page where one can follow how far
// the orders of the operations in its window get.
func (r *LinearizableResult) Artifacts() map[string][]byte {
	files := make(map[string][]byte)
	for _, v := range r.violations {
		if v.picture == "" {
			continue
		}
		if page, err := v.draw(); err == nil { // as there is no JSON in it that could fail
			files[v.picture] = page
		}
	}
	return files
}

// draw returns porcupine's picture of the window.
func (v violation) draw() ([]byte, error) {
	calls := v.window.calls(v.register.calls)
	// A step back takes as long as there are calls, to note how far it got.
	left := LinearizableSteps / (1 + len(calls))
	s := newSearch(&left, v.window.value(), calls)
	ops := s.operations()
	rows := rows(calls)
	for i, c := range calls {
		ops[i].ClientId = rows[c.op.Process]
		ops[i].Metadata = v.register.describe(c)
	}
	_, info := porcupine.CheckOperationsVerbose(s.model(), ops, 0)
	left = never // to repeat what was found
	var page bytes.Buffer
	err := porcupine.Visualize(v.register.picture(s.model()), info, &page)
	return page.Bytes(), err
}

// picture returns the model with what porcupine's picture calls things.
func (r *registerHistory) picture(m porcupine.Model) porcupine.Model {
	m.DescribeOperation = func(call, _ any) string {
		c := call.(*registerCall)
		if c.op.F == "cas" {
			return fmt.Sprintf("cas %s → %s", quote(r.values[c.from]), quote(r.values[c.to]))
		}
		return fmt.Sprintf("%s %s", c.op.F, quote(r.values[c.to]))
	}
	m.DescribeState = func(state any) string {
		if value := state.(*register).value; value != anything {
			return quote(r.values[value])
		}
		return "any value"
	}
	m.DescribeOperationMetadata = func(text any) string { return fmt.Sprint(text) }
	return m
}

// rows gives each process of the calls a row in the picture, in their order.
func rows(calls []*registerCall) map[history.Process]int {
	var processes []history.Process
	for _, c := range calls {
		processes = append(processes, c.op.Process)
	}
	slices.SortFunc(processes, cmp.Compare)
	rows := make(map[history.Process]int)
	for i, p := range slices.Compact(processes) {
		rows[p] = i
	}
	return rows
}
