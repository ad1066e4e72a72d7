package linear

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
)

// Pictures implements check.Illustrated.
func (r *Result) Pictures() []string {
	var names []string
	for _, v := range r.violations {
		if v.picture != "" {
			names = append(names, v.picture)
		}
	}
	return names
}

// Artifacts implements check.Illustrated. There is an HTML page for each violation that Reasons describes. It shows how far the
// orders of the operations in the window get.
func (r *Result) Artifacts() map[string][]byte {
	files := make(map[string][]byte)
	for _, v := range r.violations {
		if v.picture == "" {
			continue
		}
		if page, err := v.draw(); err == nil { // the page has no JSON that could fail
			files[v.picture] = page
		}
	}
	return files
}

// draw returns porcupine's picture of the window.
func (v violation) draw() ([]byte, error) {
	calls := v.window.calls(v.register.calls)
	// Here each step back costs as much as there are calls: porcupine notes how far it got.
	left := Steps / (1 + len(calls))
	s := newSearch(&left, v.window.value(), calls)
	ops := s.operations()
	rows := rows(calls)
	for i, c := range calls {
		ops[i].ClientId = rows[c.op.Process]
		ops[i].Metadata = v.register.describe(c)
	}
	_, info := porcupine.CheckOperationsVerbose(s.model(), ops, 0)
	left = never // Visualize takes the orders that were found once more
	var page bytes.Buffer
	err := porcupine.Visualize(v.register.picture(s.model()), info, &page)
	return page.Bytes(), err
}

// picture returns the model with the texts of porcupine's picture.
func (r *register) picture(m porcupine.Model) porcupine.Model {
	m.DescribeOperation = func(of, _ any) string {
		c := of.(*call)
		if c.op.F == "cas" {
			return fmt.Sprintf("cas %s → %s", reason.Quote(r.values[c.from]), reason.Quote(r.values[c.to]))
		}
		return fmt.Sprintf("%s %s", c.op.F, reason.Quote(r.values[c.to]))
	}
	m.DescribeState = func(at any) string {
		if value := at.(*state).value; value != anything {
			return reason.Quote(r.values[value])
		}
		return "any value"
	}
	m.DescribeOperationMetadata = func(text any) string { return fmt.Sprint(text) }
	return m
}

// rows gives each process of the calls a row in the picture, in the order of the processes.
func rows(calls []*call) map[history.Process]int {
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
