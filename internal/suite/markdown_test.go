package suite

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/internal/svg"
)

func TestMarkdown(t *testing.T) {
	require.Equal(t, `## glomers challenge: 1/3 passed

| challenge | verdict |
|---|---|
| 1 echo | valid |
| 3b multi-node broadcast | invalid |

median: until everybody knows

<details open><summary>3b multi-node broadcast: invalid</summary>

`+"```"+` text
value 3 is missing
from the read of n1
and 4
warning: node n0 is slow
report: store/x/report.html
`+"```"+`

</details>

<details open><summary>5a single-node log: broken</summary>

`+"```"+` text
node n0 ended: exit status 7
`+"```"+`

</details>
`, string(example.Markdown()))
}

func TestMarkdownFoldsWarnings(t *testing.T) {
	s := Suite{Cases: []Case{{Name: "a", Status: Passed, Verdict: "valid, with warnings", Warnings: []string{"slow"}}, {Name: "b", Status: Passed}}}
	text := string(s.Markdown())
	require.Contains(t, text, "<details><summary>a: valid, with warnings</summary>")
	require.NotContains(t, text, "<summary>b")
}

var (
	opening = regexp.MustCompile("^(`{3,}) text$")
	link    = regexp.MustCompile("^\\* \\[[^<>`\\[\\]]*\\]\\(<[^<> \\\\]*>\\)$")
	summary = regexp.MustCompile(`^<details( open)?><summary>[^<]*</summary>$`)
)

// A link leads from the file to the report, wherever both are.
func TestMarkdownLinks(t *testing.T) {
	c := Case{Name: "3e", Status: Failed, Verdict: "invalid", Links: []Link{{"value [17] is missing", "store/a b/report.html", "m123"}}}
	for dir, want := range map[string]string{".": "store/a%20b/report.html", "store": "a%20b/report.html", "ci/out": "../../store/a%20b/report.html"} {
		require.Contains(t, string(Suite{Cases: []Case{c}, Dir: dir}.Markdown()), "\n* [value &#91;17&#93; is missing](<"+want+"#m123>)\n")
	}
	require.NotContains(t, string(Suite{Cases: []Case{c}}.JUnit()), "m123")
}

// Whatever nodes write, it stays in its cell or block.
func TestMarkdownHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn().Draw(t, "suite")
		lines := strings.Split(string(s.Markdown()), "\n")
		require.True(t, strings.HasPrefix(lines[0], "## "))
		for i, row := range s.Table {
			n := 2 + i
			if i > 0 {
				n++ // below the rule
			}
			require.Equal(t, len(row)+1, strings.Count(lines[n], "|"), lines[n])
			require.NotRegexp(t, "[<>`*\\[\\]\\\\]", lines[n])
		}
		var blocks []string // as a reader of Markdown finds them
		fence, open, links := "", 0, 0
		for _, line := range lines[2+len(s.Table)+1:] {
			m := opening.FindStringSubmatch(line)
			switch {
			case fence != "" && strings.HasPrefix(strings.TrimLeft(line, " "), fence) && strings.Trim(line, "` \t") == "":
				fence = ""
			case fence != "":
				blocks[len(blocks)-1] += line + "\n"
			case m != nil:
				fence = m[1]
				blocks = append(blocks, "")
			case line == "</details>":
				open--
			case summary.MatchString(line):
				open++
			case open == 1 && link.MatchString(line):
				links++
			default:
				require.NotContains(t, line, "<")
				require.NotContains(t, line, "`")
			}
			require.True(t, open == 0 || open == 1)
		}
		require.Empty(t, fence)
		require.Zero(t, open)
		var want []string
		for _, c := range s.Cases {
			if c.markdown("") != "" {
				want = append(want, c.explanation()+"\n")
				links -= len(c.Links)
			}
		}
		require.Zero(t, links)
		require.Equal(t, want, blocks)
	})
}

func TestMarkdownIsNotTooLong(t *testing.T) {
	var s Suite
	for i := range 1000 {
		s.Cases = append(s.Cases, Case{Name: fmt.Sprint("case ", i), Status: Failed, Reasons: []string{strings.Repeat("x", 2000)}})
	}
	text := string(s.Markdown())
	require.Less(t, len(text), 1<<20)
	require.Regexp(t, `\n\d+ cases more would make this summary too long to be shown.\n$`, text)
}

func TestBadge(t *testing.T) {
	passed, broken, failed := Case{Status: Passed}, Case{Status: Broken}, Case{Status: Failed}
	for _, c := range []struct {
		cases         []Case
		title, colour string
	}{
		{[]Case{passed, passed}, "glomers: 2/2 passed", "good"},
		{[]Case{passed, {}}, "glomers: 1/1 passed", "good"},
		{[]Case{passed, broken}, "glomers: 1/2 passed", "doubt"},
		{[]Case{passed, broken, failed}, "glomers: 1/3 passed", "bad"},
		{[]Case{{}}, "glomers: nothing was judged", "open"},
		{nil, "glomers: nothing was judged", "open"},
	} {
		s := Suite{Cases: c.cases}
		text := s.Badge()
		root := read(t, text)
		require.Equal(t, "svg", root.XMLName.Local)
		require.Equal(t, "img", root.attr("role"))
		require.Equal(t, "title", root.Children[0].XMLName.Local)
		require.Equal(t, c.title, root.Children[0].Text)
		require.Equal(t, svg.Colour(c.colour), root.Children[3].attr("fill"))
		require.Equal(t, c.title, root.Children[4].Text+": "+root.Children[5].Text)
		require.NotRegexp(t, `href|@import|url\(`, string(text))
		require.Equal(t, text, s.Badge())
	}
}
