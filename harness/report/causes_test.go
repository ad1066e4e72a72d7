package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/why"
)

var lostValue = why.Cause{
	Kind: "lost", Headline: "value 7 is missing from n1", So: "nothing was repeated", Victims: 1,
	Story: []why.Step{
		{Kind: why.Fault, At: 5 * ms, Until: 20 * ms, ID: -1, Text: "n1 is cut off"},
		{Kind: why.Operation, At: 9 * ms, Until: 14 * ms, From: "c2", To: "n0", ID: 2, Text: "c2 adds 7 at n0"},
		{Kind: why.Message, At: 13 * ms, Until: 14 * ms, From: "n0", To: "n1", ID: 4, Lost: true, Text: "n0 sends 7 to n1, which never gets it"},
	},
}

// explained returns the small run with causes.
func explained(t testing.TB, causes ...why.Cause) files {
	t.Helper()
	text, err := json.Marshal(causes)
	require.NoError(t, err)
	f := small(t)
	f["results.json"] = `{"valid":false,"reasons":["value 7 (op 3) is missing"],"elapsed-ns":100000000,"why":` + string(text) + `}`
	return f
}

func TestCausesAreInThePage(t *testing.T) {
	p := open(t, explained(t, lostValue).write(t))
	require.Len(t, p.summary.Causes, 1)
	c := p.summary.Causes[0]
	require.Equal(t, lostValue, c.Cause)
	require.Contains(t, c.SVG, ">n1 is cut off</text>")
	require.Equal(t, "Space-time diagram. 1. at 0.005 s: a fault begins; 2. at 0.009 s: c2 to n0; 3. at 0.013 s: lost, from n0 to n1", c.About)
	require.Empty(t, p.summary.Notes)
}

func TestTooManyCauses(t *testing.T) {
	long := lostValue
	for range maxSteps {
		long.Story = append(long.Story, why.Step{Kind: why.Note, From: "n1", ID: -1, Text: "n1 waits"})
	}
	causes := []why.Cause{long}
	for range maxCauses {
		causes = append(causes, lostValue)
	}
	p := open(t, explained(t, causes...).write(t))
	require.Len(t, p.summary.Causes, maxCauses)
	require.Len(t, p.summary.Causes[0].Story, maxSteps)
	require.Equal(t, []string{`Of 101 causes the first 100 are shown. The others are in results.json, under "why".`, "Of cause 1 the first 100 of 103 steps are shown."}, p.summary.Notes)
}

// Whatever is in a story, its picture is one document, and nothing in it is of the story but text.
func TestPictureOfHostileStory(t *testing.T) {
	for _, c := range open(t, hostileRun(t).write(t)).summary.Causes {
		d := xml.NewDecoder(strings.NewReader(c.SVG))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			if e, ok := token.(xml.StartElement); ok {
				require.Contains(t, []string{"svg", "title", "rect", "path", "circle", "text"}, e.Name.Local)
			}
		}
	}
}

func TestAnchor(t *testing.T) {
	steps := func(all ...why.Step) why.Cause { return why.Cause{Story: all} }
	for want, c := range map[string]why.Cause{
		"m4":                              lostValue,
		"op17":                            steps(why.Step{Kind: why.Operation, ID: 17}),
		"why2":                            {},
		"why2 ":                           steps(why.Step{Kind: why.Note, ID: -1}),
		"why2  ":                          steps(why.Step{Kind: why.Message, ID: maxMessages}),
		fmt.Sprintf("m%d", maxMessages-1): steps(why.Step{Kind: why.Message, ID: maxMessages - 1}),
		"why2   ":                         steps(why.Step{Kind: why.Operation, ID: maxEvents}),
	} {
		require.Equal(t, strings.TrimSpace(want), Anchor(2, c))
	}
}
