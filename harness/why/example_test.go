package why_test

import (
	"fmt"

	"glomers/harness/why"
)

// A cause as text: what is wrong, what led to it, and what follows from that.
func ExampleCause_String() {
	c := why.Cause{
		Kind:     "lost",
		Headline: "value 17 is missing from n2",
		Story: []why.Step{
			{Kind: why.Operation, At: 1_670_000_000, From: "c9", To: "n1", Text: "c9 adds 17 at n1"},
			{Kind: why.Message, At: 1_671_000_000, From: "n1", To: "n2", Lost: true, Text: "n1 sends 17 to n2, which never gets it"},
		},
		So: "nothing was repeated",
	}
	fmt.Print(c)
	// Output:
	// value 17 is missing from n2
	//   1.670 s  c9 adds 17 at n1
	//   1.671 s  n1 sends 17 to n2, which never gets it
	//   So: nothing was repeated
}
