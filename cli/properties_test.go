package cli

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
)

// The summary of a run says what never happened, and is short however much a node declares.
func TestPropertiesOfARun(t *testing.T) {
	var b bytes.Buffer
	writeProperties(&b, nil)
	require.Empty(t, b.String())

	all := harness.Properties{
		{Kind: "always", Name: "a", Held: 3},
		{Kind: "sometimes", Name: "rare \x1b[31m", Failed: 5},
		{Kind: "extremes", Name: "size", Smallest: &harness.Extreme{Value: -1}, Largest: &harness.Extreme{Value: 12345.5}},
	}
	writeProperties(&b, all)
	require.Equal(t, "  properties\t2 of 3 seen\n  \tnever true: sometimes \"rare \\x1b[31m\"\n  \t\"size\": -1 to 12345.5\n", b.String())

	for i := range 9 {
		all = append(all, harness.Property{Kind: "reachable", Name: fmt.Sprint(i)})
	}
	b.Reset()
	writeProperties(&b, all)
	require.Contains(t, b.String(), "never reached: reachable \"3\"\n  \t… and 5 more\n")
}
