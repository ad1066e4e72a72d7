package why

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var lostValue = Cause{
	Headline: "value 17 is missing from n2", So: "nothing was repeated", Victims: 1,
	Story: []Step{
		{Kind: Fault, At: 1_200e6, Until: 6_100e6, ID: -1, Text: "n2 is cut off"},
		{Kind: Operation, At: 1_670e6, Until: 1_700e6, From: "c9", To: "n1", ID: 17, Text: "a client adds 17 at n1"},
		{Kind: Message, At: 1_671e6, Until: 1_681e6, From: "n1", To: "n0", ID: 123, Text: "n1 sends 17 to n0"},
		{Kind: Message, At: 1_672e6, Until: 1_672e6, From: "n1", To: "n2", ID: 124, Lost: true, Text: "n1 sends 17 to n2, which never gets it"},
		{Kind: Note, At: 6_100e6, From: "n0", ID: -1, Text: "n0 has it and is silent"},
	},
}

func TestPicture(t *testing.T) {
	t.Parallel()
	require.Equal(t, `
               c9       n0       n1       n2
  1.200 s   ┄ fault ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
  1.670 s       ┊────────────────▶┊        ┊
  1.671 s       ┊        ┊◀───────┊        ┊
  1.672 s       ┊        ┊        ┊─────✗  ┊
  6.100 s       │        ●        │        │
`, "\n"+lostValue.Picture().Text())
	require.Empty(t, Cause{Story: []Step{{Kind: Note, From: "n1"}}}.Picture().Text(), "nothing to see")
}

// The picture as SVG says without colours what was lost, and when a fault was in force.
func TestPictureAsSVG(t *testing.T) {
	t.Parallel()
	p := lostValue.Picture()
	drawn := string(p.SVG())
	require.Contains(t, drawn, ">4.</text>")
	require.Contains(t, drawn, ">1.672 s</text>")
	require.Contains(t, drawn, ">n2 is cut off</text>")
	require.Contains(t, drawn, "<title>"+p.About())
	require.Contains(t, p.About(), "3. at 1.671 s: n1 to n0; 4. at 1.672 s: lost, from n1 to n2; 5. at 6.100 s: n0")
	require.Equal(t, 4*4, strings.Count(drawn, "stroke-dasharray=\"2 5\""), "four lanes, until the fault ends")
	require.Empty(t, Picture{}.SVG())
}

// Whatever a story has, its picture has at most 80 columns, and nothing in it controls a terminal.
func TestPictureOfAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		party := rapid.SampledFrom([]string{"", "n0", "n1", "n10", "c1", "lin-kv", "\x1b[31mred", strings.Repeat("é", 50), "n2", "n3", "n4", "n5", "n6", "n7", "n8"})
		step := rapid.Custom(func(t *rapid.T) Step {
			return Step{
				Kind: rapid.SampledFrom([]StepKind{Operation, Message, Fault, Note}).Draw(t, "kind"),
				At:   rapid.Int64Range(0, 9_999e9).Draw(t, "at"), From: party.Draw(t, "from"), To: party.Draw(t, "to"), Lost: rapid.Bool().Draw(t, "lost"),
			}
		})
		p := Cause{Story: rapid.SliceOfN(step, 0, 30).Draw(t, "story")}.Picture()
		require.LessOrEqual(t, len(p.Rows), maxRows)
		if drawn := p.SVG(); drawn != nil {
			require.NoError(t, xml.Unmarshal(drawn, new(struct{})))
		}
		text := p.Text()
		require.NotContains(t, text, "\x1b")
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, utf8.RuneCountInString(line), maxWidth+1)
		}
	})
}
