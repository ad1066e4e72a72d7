package elle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"glomers/harness/check/elle/graph"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/chart"
)

// maxPictures is how many cycles are drawn.
const maxPictures = 16

// step returns a transaction of a cycle for the picture. The transaction must have been named; why says why it precedes the next.
func (t *teller) step(txn int, kind graph.Kinds, why string) chart.Step {
	op := t.log.op(txn)
	return chart.Step{
		Name: fmt.Sprintf("%s, op %d, %s", t.names[txn], op.Index, op.Who()),
		Kind: kind.Name().String(), Why: why, Lines: describeMicroOps(op.Value),
	}
}

// describeMicroOps describes a transaction, one line for each micro-operation.
func describeMicroOps(value json.RawMessage) []string {
	var triples [][]json.RawMessage
	if json.Unmarshal(value, &triples) != nil {
		return nil // the transaction is malformed; no cycle has such a transaction
	}
	formats := map[string]string{`"r"`: "read %[2]s from key %[1]s", `"w"`: "wrote %[2]s to key %[1]s", `"append"`: "appended %[2]s to key %[1]s"}
	var lines []string
	for _, m := range triples {
		if len(m) == 3 {
			lines = append(lines, fmt.Sprintf(formats[string(m[0])], clip(jsonvalue.Text(m[1])), clip(jsonvalue.Text(m[2]))))
		}
	}
	return lines
}

// namePictures chooses the cycles to draw, first one of each type, and gives each picture its name.
func (r *Result) namePictures() {
	drawn := 0
	for round := range maxCases {
		for _, a := range bySeverity(r.Types) {
			if round >= len(r.Cases[a]) {
				continue
			}
			c := &r.Cases[a][round]
			if c.picture == nil || drawn == maxPictures {
				continue
			}
			drawn++
			c.Picture = fmt.Sprintf("cycle-%s-%d.svg", a, round+1)
			c.picture.Title = fmt.Sprintf("%s: each must come before the next, and the last before the first", a)
		}
	}
}

// drawn returns the pictures by their names.
func (r *Result) drawn() map[string]*chart.Cycle {
	pictures := make(map[string]*chart.Cycle)
	for _, cases := range r.Cases {
		for _, c := range cases {
			if c.Picture != "" {
				pictures[c.Picture] = c.picture
			}
		}
	}
	return pictures
}

// Pictures implements check.Illustrated.
func (r *Result) Pictures() []string { return slices.Sorted(maps.Keys(r.drawn())) }

// Artifacts implements check.Illustrated: a picture of each of the first cycles.
func (r *Result) Artifacts() map[string][]byte {
	files := make(map[string][]byte)
	for name, picture := range r.drawn() {
		files[name] = picture.SVG()
	}
	return files
}
