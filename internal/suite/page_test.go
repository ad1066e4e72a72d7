package suite

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"html"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPage(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store")
	s := Suite{
		Name: "glomers challenge", Start: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC),
		Table: [][]string{{"challenge", "verdict"}, {"1 echo", "valid"}, {"3d efficient", "target missed"}},
		Notes: []string{"median: of all"},
		Cases: []Case{
			{Name: "1 echo", Status: Passed, Verdict: "valid", Warnings: []string{"slow"}, Notes: []Note{{Name: "report", Text: filepath.Join(store, "echo", "1 a#b", "report.html")}}},
			{Name: "3d efficient", Status: Failed, Verdict: "target missed", Reasons: []string{"msgs/op is 31\nmore", "another"}, Links: []Link{{"all ask all", filepath.Join(store, "x", "report.html"), "m12"}}, Notes: []Note{{Name: "again", Text: "glomers challenge 3d"}}},
			{Name: "4 counter", Status: Skipped, Verdict: "not run", Reasons: []string{"interrupted"}},
		},
	}
	s.Dir = store
	page := string(s.Page())
	for _, has := range []string{
		"<h1>glomers challenge: 1/2 passed</h1>",
		"<p>Fri, 02 Jan 2026 15:04:05 UTC</p>",
		`<th scope="row">3d efficient</th><td>target missed</td>`,
		`<p class="note">median: of all</p>`,
		`<a href="echo/1%20a%23b/report.html">report</a>`,
		`<li class="failed"><p><b>3d efficient: <span class="verdict">target missed</span></b></p>`,
		`<p class="text">msgs/op is 31</p>` + "\n" + `<p class="text">Why: <a href="x/report.html#m12">all ask all</a></p>`,
		"<code>glomers challenge 3d</code>",
		`<p class="text note">Warning: slow</p>`,
		`<li class="skipped">`,
	} {
		require.Contains(t, page, has)
	}
	require.NotContains(t, page, "another", "the report has all of it")
	require.Equal(t, 1, strings.Count(page, ">report</a>"))
}

// Texts of nodes are only text, and the page's own style sheet is all that the browser may apply.
func TestHostilePage(t *testing.T) {
	const evil = "</p><script>alert(1)</script>\x1b[31m\u202e\" onclick=\"x\ufffe"
	s := Suite{Name: evil, Table: [][]string{{evil}, {evil}}, Notes: []string{evil}, Cases: []Case{{
		Name: evil, Status: Broken, Verdict: evil, Reasons: []string{evil}, Links: []Link{{evil, evil, evil}}, Warnings: []string{evil},
		Notes: []Note{{Name: "again", Text: evil}, {Name: "report", Text: "javascript:alert(1)/" + evil}},
	}}}
	page := string(s.Page())
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "\x1b")
	require.NotContains(t, page, "\u202e")
	require.NotContains(t, page, `" onclick`)
	require.Contains(t, page, `href="./javascript:alert%281%29/`)

	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	require.NotNil(t, style)
	sum := sha256.Sum256([]byte(style[1]))
	require.Contains(t, html.UnescapeString(page), "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	open := 0 // elements that are not closed
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	require.Zero(t, open)
}
