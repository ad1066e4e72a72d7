package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"

	"glomers/internal/svg"
)

//go:embed web/*.css web/*.js web/page.html web/vendor
var web embed.FS

// A page is the data for the template page.html. None of it comes from a node.
type page struct {
	Title   string
	Policy  string
	Styles  []template.CSS
	Scripts []template.JS
	Licence string // of third-party scripts
}

// writePage writes report.html. The data are written between the two halves of page.html, so that they need not fit into one
// string.
func (r *contents) writePage(w io.Writer) error {
	t, err := template.ParseFS(web, "web/page.html")
	if err != nil {
		return err
	}
	p, err := newPage(r.title())
	if err != nil {
		return err
	}
	parties, places := arrange(r.journal.parties.list, r.setup.Roles())
	r.noteLimits()
	summary, err := pack(func(w io.Writer) error { return r.writeSummary(w, parties) })
	if err != nil {
		return err
	}
	messages, err := pack(func(w io.Writer) error { return r.writeMessages(w, places) })
	if err != nil {
		return err
	}

	b := bufio.NewWriter(w)
	if err := t.ExecuteTemplate(b, "head", p); err != nil {
		return err
	}
	for _, block := range []struct {
		id      string
		content []byte
	}{{"summary", summary}, {"messages", messages}, {"bodies", r.journal.bodies.Bytes()}} {
		fmt.Fprintf(b, "<script type=\"text/plain\" id=\"data-%s\">", block.id) // b remembers the first error
		e := base64.NewEncoder(base64.StdEncoding, b)
		_, _ = e.Write(block.content)
		_ = e.Close()
		fmt.Fprint(b, "</script>\n")
	}
	if err := t.ExecuteTemplate(b, "tail", p); err != nil {
		return err
	}
	return b.Flush()
}

func (r *contents) title() string {
	if r.setup.Workload == "" {
		return "a run"
	}
	return r.setup.Workload
}

// noteLimits notes the data that are left out because the page has no room for them.
func (r *contents) noteLimits() {
	if n := len(r.ops); n < r.events {
		r.note("Of the history, the first %d of %d events are shown, also in the pictures.", n, r.events)
	}
	shown, total := len(r.journal.messages), r.journal.total
	switch {
	case shown >= total:
	case shown == 0:
		r.note("None of the %d messages were sent in the time that was asked for.", total)
	default:
		r.note("Messages are shown from %.3f s to %.3f s: %d of %d. Others: glomers report DIR --from SECONDS.",
			float64(r.journal.messages[0].sent)/1e9, float64(r.journal.messages[shown-1].sent)/1e9, shown, total)
	}
}

// newPage joins the styles and the scripts, and allows them by their hashes. They do not contain end tags, which would end
// their elements.
func newPage(title string) (page, error) {
	files, err := fs.Sub(web, "web")
	if err != nil {
		return page{}, err
	}
	script, err := link(files, "page.js")
	if err != nil {
		return page{}, err
	}
	p := page{Title: title, Styles: []template.CSS{template.CSS(svg.Palette)}}
	for _, pattern := range []string{"vendor/LICENSE-uPlot", "vendor/*.css", "*.css", "vendor/*.js"} {
		names, err := fs.Glob(files, pattern) // sorted
		if err != nil {
			return page{}, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return page{}, err
			}
			switch path.Ext(name) {
			case ".css":
				p.Styles = append(p.Styles, template.CSS(text))
			case ".js":
				p.Scripts = append(p.Scripts, template.JS(text))
			default:
				p.Licence = string(text)
			}
		}
	}
	p.Scripts = append(p.Scripts, template.JS(script))
	p.Policy = fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
		hashes(p.Scripts), hashes(p.Styles))
	return p, nil
}

// hashes returns the sources that allow texts in a Content-Security-Policy.
func hashes[T ~string](texts []T) string {
	var all []string
	for _, text := range texts {
		sum := sha256.Sum256([]byte(text))
		all = append(all, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(all, " ")
}
