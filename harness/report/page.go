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
	"strings"
)

//go:embed web/*.css web/*.js web/page.html web/vendor
var web embed.FS

// A page is what page.html is filled with. None of it comes from a node.
type page struct {
	Title   string
	Policy  string
	Styles  []template.CSS
	Scripts []template.JS
	Licence string // of the scripts of others
}

// writePage writes report.html. The data stand between the two parts of page.html, so that they never have to be one string.
func (r *record) writePage(w io.Writer) error {
	t, err := template.ParseFS(web, "web/page.html")
	if err != nil {
		return err
	}
	p, err := newPage(r.title())
	if err != nil {
		return err
	}
	parties, places := arrange(r.journal.parties.list, r.setup.Nodes)
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
		fmt.Fprintf(b, "<script type=\"text/plain\" id=\"data-%s\">", block.id) // b keeps the first error
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

func (r *record) title() string {
	if r.setup.Workload == "" {
		return "a run"
	}
	return r.setup.Workload
}

// noteLimits says what is left out because the page has no room for it.
func (r *record) noteLimits() {
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

// newPage puts styles and scripts together, and allows them by their hashes.
func newPage(title string) (page, error) {
	p := page{Title: title}
	licence, err := web.ReadFile("web/vendor/LICENSE-uPlot")
	if err != nil {
		return p, err
	}
	p.Licence = string(licence)
	styles, err := sources("web/vendor/*.css", "web/*.css")
	if err != nil {
		return p, err
	}
	scripts, err := sources("web/vendor/*.js")
	if err != nil {
		return p, err
	}
	modules, err := fs.Sub(web, "web")
	if err != nil {
		return p, err
	}
	linked, err := link(modules, "page.js")
	if err != nil {
		return p, err
	}
	scripts = append(scripts, linked)
	var styleHashes, scriptHashes []string
	for _, s := range styles {
		p.Styles = append(p.Styles, template.CSS(s))
		styleHashes = append(styleHashes, policyHash(s))
	}
	for _, s := range scripts {
		p.Scripts = append(p.Scripts, template.JS(s))
		scriptHashes = append(scriptHashes, policyHash(s))
	}
	p.Policy = fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
		strings.Join(scriptHashes, " "), strings.Join(styleHashes, " "))
	return p, nil
}

// sources returns the files whose names match the patterns, in the order of the patterns and then of the names. The files contain no
// end tags, which would end their elements.
func sources(patterns ...string) ([]string, error) {
	var all []string
	for _, pattern := range patterns {
		names, err := fs.Glob(web, pattern) // sorted
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := web.ReadFile(name)
			if err != nil {
				return nil, err
			}
			all = append(all, "\n"+strings.TrimSpace(string(text))+"\n")
		}
	}
	return all, nil
}

// policyHash returns the source that allows a text in a Content-Security-Policy.
func policyHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
