package elle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check/elle"
)

// A cycle has a picture with its transactions, in their order, and every reason. Other anomalies have no picture.
func TestCyclesAreDrawn(t *testing.T) {
	res := elle.Append(ops(t, `
		0 invoke [["append",8,1],["append",9,1]]
		1 invoke [["append",8,2],["append",9,2]]
		0 ok [["append",8,1],["append",9,1]]
		1 ok [["append",8,2],["append",9,2]]
		0 invoke [["r",8,null],["r",9,null]]
		0 ok [["r",8,[1,2]],["r",9,[2,1]]]
		2 invoke [["r",8,null],["r",8,null]]
		2 ok [["r",8,[1]],["r",8,[1,2]]]`), elle.Options{})
	require.Contains(t, res.Types, elle.Internal)
	require.Contains(t, res.Pictures(), "cycle-G0-1.svg")
	require.True(t, slices.IsSorted(res.Pictures()))

	files := res.Artifacts()
	require.Len(t, files, len(res.Pictures()))
	svg := string(files["cycle-G0-1.svg"])
	last := -1
	for _, text := range []string{
		"T1, op 2, process 0", "appended 1 to key 8", "appended 1 to key 9",
		">ww<", "T1 appended 1 to key 8, and T2 appended 2 after it",
		"T2, op 3, process 1", "T2 appended 2 to key 9, and T1 appended 1 after it",
	} {
		at := strings.Index(svg[last+1:], text)
		require.GreaterOrEqual(t, at, 0, "%q is missing, or not in its place, in\n%s", text, svg)
		last += 1 + at
	}
	for a, cases := range res.Cases {
		for _, c := range cases {
			require.Equal(t, a != elle.Internal && a != elle.IncompatibleOrder, c.Picture != "", "%s: %v", a, c)
		}
	}
}

// A history with many cycles does not fill the disk.
func TestPicturesAreFew(t *testing.T) {
	var text string
	for key := range 40 { // lost updates
		text += fmt.Sprintf(`
			0 invoke [["r",%[1]d,null],["append",%[1]d,1]]
			1 invoke [["r",%[1]d,null],["append",%[1]d,2]]
			0 ok [["r",%[1]d,null],["append",%[1]d,1]]
			1 ok [["r",%[1]d,null],["append",%[1]d,2]]
			2 invoke [["r",%[1]d,null]]
			2 ok [["r",%[1]d,[1,2]]]`, key)
	}
	res := elle.Append(ops(t, text), elle.Options{})
	require.LessOrEqual(t, len(res.Pictures()), 16)
	require.NotEmpty(t, res.Pictures())
}
