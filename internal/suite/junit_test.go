package suite

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// example has a case of each status.
var example = Suite{
	Name:  "glomers challenge",
	Start: time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("", 3600)),
	Cases: []Case{
		{Name: "1 echo", Status: Passed, Verdict: "valid", Took: 10*time.Second + 250*time.Millisecond, Notes: []Note{{"again", "glomers challenge 1"}}},
		{Name: "3b multi-node broadcast", Status: Failed, Verdict: "invalid", Took: time.Second, Reasons: []string{"value 3 is missing\nfrom the read of n1", "and 4"}, Warnings: []string{"node n0 is slow"}, Notes: []Note{{"report", "store/x/report.html"}}},
		{Name: "5a single-node log", Status: Broken, Verdict: "broken", Reasons: []string{"node n0 ended: exit status 7"}},
		{Name: "6a single-node transactions", Status: Skipped, Verdict: "not run", Reasons: []string{"an earlier run was not valid"}},
	},
	Table: [][]string{{"challenge", "verdict"}, {"1 echo", "valid"}, {"3b multi-node broadcast", "invalid"}},
	Notes: []string{"median: until everybody knows"},
}

func TestJUnit(t *testing.T) {
	require.Equal(t, `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="glomers challenge" tests="4" failures="1" errors="1" time="11.250">
  <testsuite name="glomers challenge" tests="4" failures="1" errors="1" time="11.250" skipped="1" timestamp="2026-01-02T14:04:05">
    <testcase name="1 echo" classname="glomers.challenge" time="10.250">
      <system-out><![CDATA[again: glomers challenge 1
]]></system-out>
    </testcase>
    <testcase name="3b multi-node broadcast" classname="glomers.challenge" time="1.000">
      <failure message="value 3 is missing" type="invalid"><![CDATA[value 3 is missing
from the read of n1
and 4]]></failure>
      <system-out><![CDATA[warning: node n0 is slow
report: store/x/report.html
]]></system-out>
    </testcase>
    <testcase name="5a single-node log" classname="glomers.challenge" time="0.000">
      <error message="node n0 ended: exit status 7" type="broken"><![CDATA[node n0 ended: exit status 7]]></error>
    </testcase>
    <testcase name="6a single-node transactions" classname="glomers.challenge" time="0.000">
      <skipped message="an earlier run was not valid" type="not run"><![CDATA[an earlier run was not valid]]></skipped>
    </testcase>
  </testsuite>
</testsuites>
`, string(example.JUnit()))
}

// An element is an element of XML as a reader sees it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// grammar is the part of junit-10.xsd of Jenkins that is used: for each element its attributes and its children, of a testcase in
// Ant's order.
var grammar = map[string]struct{ attrs, children []string }{
	"testsuites": {[]string{"name", "tests", "failures", "errors", "time"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors", "time", "skipped", "timestamp"}, []string{"testcase"}},
	"testcase":   {[]string{"name", "classname", "time"}, []string{"skipped", "error", "failure", "system-out"}},
	"skipped":    {[]string{"message", "type"}, nil},
	"error":      {[]string{"message", "type"}, nil},
	"failure":    {[]string{"message", "type"}, nil},
	"system-out": {nil, nil},
}

func (e element) conforms(t require.TestingT) {
	allowed := grammar[e.XMLName.Local]
	for _, a := range e.Attrs {
		require.Contains(t, allowed.attrs, a.Name.Local)
	}
	before := -1
	for _, child := range e.Children {
		i := slices.Index(allowed.children, child.XMLName.Local)
		require.GreaterOrEqual(t, i, before, "%s in %s", child.XMLName.Local, e.XMLName.Local)
		before = i
		child.conforms(t)
	}
}

// read parses XML strictly, to its end.
func read(t require.TestingT, text []byte) element {
	var root element
	d := xml.NewDecoder(bytes.NewReader(text))
	require.NoError(t, d.Decode(&root), "%s", text)
	_, err := d.Token()
	for err == nil {
		_, err = d.Token()
	}
	require.True(t, errors.Is(err, io.EOF), "%v: %s", err, text)
	return root
}

// hostile generates texts of parts that mean something to one of the formats.
func hostile() *rapid.Generator[string] {
	part := rapid.OneOf(rapid.SampledFrom([]string{
		"]]>", "<![CDATA[", "</failure>", "<script>", "&lt;", "\"", "'", "\x00", "\x1b[31m", "\u0085", "\ufffe", "\uffff", "\ufffd", "\u202e", "\xff", "\xed\xa0\x80", "\r\n", "\n", "\t", "  ",
		"```", "~~~", "````text", "|", "\\", "\\|", "</details>", "</summary>", "<!--", "-->", "[[ATTACHMENT|/etc/passwd]]", "[x](javascript:y)", "::error::x", "\n\n", "\n# x", "ü", "👩",
	}), rapid.String())
	return rapid.Map(rapid.SliceOfN(part, 0, 8), func(parts []string) string { return strings.Join(parts, "") })
}

// drawn generates suites in which nodes chose all texts.
func drawn() *rapid.Generator[Suite] {
	return rapid.Custom(func(t *rapid.T) Suite {
		text := hostile()
		s := Suite{Name: text.Draw(t, "name"), Notes: []string{text.Draw(t, "note")}}
		columns := rapid.IntRange(1, 3).Draw(t, "columns")
		s.Table = rapid.SliceOfN(rapid.SliceOfN(text, columns, columns), 1, 3).Draw(t, "table")
		s.Cases = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Case {
			return Case{
				Name: text.Draw(t, "name"), Status: rapid.SampledFrom([]Status{Skipped, Passed, Broken, Failed}).Draw(t, "status"), Verdict: text.Draw(t, "verdict"),
				Reasons: rapid.SliceOfN(text, 0, 3).Draw(t, "reasons"), Warnings: rapid.SliceOfN(text, 0, 2).Draw(t, "warnings"), Notes: []Note{{"again", text.Draw(t, "again")}},
				Links: []Link{{text.Draw(t, "link"), text.Draw(t, "path"), text.Draw(t, "fragment")}},
			}
		}), 0, 3).Draw(t, "cases")
		return s
	})
}

// Whatever nodes write, the file is well-formed, has the elements that it should, and nothing of the text is lost.
func TestJUnitHoldsAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawn().Draw(t, "suite")
		text := s.JUnit()
		require.NotContains(t, strings.ToLower(string(text)), "[[attachment")
		root := read(t, text)
		root.conforms(t)
		require.Equal(t, "testsuites", root.XMLName.Local)
		require.Len(t, root.Children, 1)
		require.Len(t, root.Children[0].Children, len(s.Cases))
		for i, c := range s.Cases {
			got := root.Children[0].Children[i]
			require.Equal(t, unattached(line(c.Name)), got.attr("name"))
			want := map[Status][]string{Skipped: {"skipped"}, Broken: {"error"}, Failed: {"failure"}}[c.Status]
			var children []string
			for _, child := range got.Children {
				children = append(children, child.XMLName.Local)
				if len(want) > 0 && child.XMLName.Local == want[0] {
					require.Equal(t, unattached(visible(strings.Join(c.Reasons, "\n"))), child.Text)
					require.Equal(t, unattached(line(c.Verdict)), child.attr("type"))
				}
			}
			require.Equal(t, append(want, "system-out"), children)
		}
	})
}

func TestInvisibleCharactersAreShown(t *testing.T) {
	s := Suite{Cases: []Case{{Status: Failed, Verdict: "invalid", Reasons: []string{"a\x00\x1b[31m\ufffe\xff]]>b"}}}}
	failure := read(t, s.JUnit()).Children[0].Children[0].Children[0]
	require.Equal(t, `a\x00\x1b[31m\ufffe\xff]]>b`, failure.Text)
	require.Equal(t, `a\x00\x1b[31m\ufffe\xff]]>b`, failure.attr("message"))
}
