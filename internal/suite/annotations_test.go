package suite

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnnotations(t *testing.T) {
	s := example
	s.Cases = append(s.Cases, Case{Name: "a,b", Status: Passed, Verdict: "valid, with warnings", Warnings: []string{"100 % slow"}})
	require.Equal(t, `::error title=3b multi-node broadcast%3A invalid::value 3 is missing%0Afrom the read of n1%0Aand 4%0Awarning: node n0 is slow%0Areport: store/x/report.html
::error title=5a single-node log%3A broken::node n0 ended: exit status 7
::warning title=a%2Cb%3A valid%2C with warnings::warning: 100 %25 slow
`, string(s.Annotations()))
}

// Whatever nodes write, there is one command per case, and a runner decodes the text.
func TestAnnotationsHoldAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn().Draw(t, "suite")
		lines := strings.SplitAfter(string(s.Annotations()), "\n")
		i := 0
		for _, c := range s.Cases {
			if c.Status == Skipped || c.Status == Passed && len(c.Warnings) == 0 {
				continue
			}
			// As the runner does it: the properties end at the next "::", a property at a comma.
			rest, found := strings.CutPrefix(lines[i], map[bool]string{true: "::warning title=", false: "::error title="}[c.Status == Passed])
			require.True(t, found, lines[i])
			title, text, found := strings.Cut(strings.TrimSuffix(rest, "\n"), "::")
			require.True(t, found)
			require.NotContains(t, title, ",")
			decode := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
			require.Equal(t, visible(c.Name+": "+c.Verdict), decode.Replace(title))
			require.Equal(t, c.explanation(), decode.Replace(text))
			i++
		}
		require.Len(t, lines, i+1)
		require.Empty(t, lines[i])
	})
}
