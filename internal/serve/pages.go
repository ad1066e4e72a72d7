package serve

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"glomers/internal/compare"
)

// pages are the templates by their names.
type pages map[string]*template.Template

func parsePages() (pages, error) {
	layout, err := template.New("layout.html").Funcs(template.FuncMap{
		"show": compare.Show,
		"size": size,
		"path": escape,
		"text": plain,
	}).ParseFS(web, "web/layout.html")
	if err != nil {
		return nil, err
	}
	p := make(pages)
	for _, name := range []string{"list.html", "run.html", "compare.html", "delete.html", "report.html", "frame.html", "error.html"} {
		t, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if p[name], err = t.ParseFS(web, "web/"+name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// render writes a page as a whole, or else an error.
func (s *Server) render(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, data); err != nil {
		s.log.Error("serve", "page", name, "err", err)
		http.Error(w, "the page cannot be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // if it fails, nobody is there to be told
}

// escape makes a name a part of a path.
func escape(name string) string { return url.PathEscape(name) }

// size writes a number of bytes with about three digits.
func size(bytes int64) string {
	n, units := float64(bytes), []string{"B", "KiB", "MiB", "GiB"}
	for n >= 1024 && len(units) > 1 {
		n, units = n/1024, units[1:]
	}
	return fmt.Sprintf("%.4g %s", n, units[0])
}
