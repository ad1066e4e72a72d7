package serve

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"glomers/harness/report"
)

const (
	reportName = "report.html"
	shownSize  = 64 << 20 // bytes of a text that a browser is asked to show; larger ones it stores
)

// A kind is one of the files that a run has.
type kind struct {
	content string // its type
	policy  string
}

var (
	textKind    = kind{"text/plain; charset=utf-8", textPolicy}
	jsonKind    = kind{"application/json", textPolicy}
	pictureKind = kind{"image/svg+xml", picturePolicy}
	pageKind    = kind{"text/html; charset=utf-8", pagePolicy}
)

// kindOf returns what kind of file of a run that is; false if it is none that we show.
func kindOf(name string) (kind, bool) {
	switch name {
	case "test.json", "results.json":
		return jsonKind, true
	case "history.jsonl", "journal.jsonl", "history.edn", "history.txt", "results.edn":
		return textKind, true
	case "latency.svg", "rate.svg", "messages.svg":
		return pictureKind, true
	case reportName:
		return pageKind, true
	}
	if ok, _ := path.Match("violation-*.html", name); ok { // a valid pattern
		return pageKind, true
	}
	if ok, _ := path.Match("cycle-*.svg", name); ok {
		return pictureKind, true
	}
	return kind{}, false
}

// framed reports whether files of that kind are shown in a frame only: in a window of its own a page could lead to any address, and
// tell that address whatever it knows.
func (k kind) framed() bool { return k == pageKind || k == pictureKind }

// isLog reports whether a file in nodes/ is what a node wrote.
func isLog(name string) bool { return strings.HasSuffix(name, ".log") }

// file serves a file of a run, or the page that has a frame for it.
func (s *Server) file(w http.ResponseWriter, r *http.Request, f *folder) error {
	name := r.PathValue("file")
	k, ok := kindOf(name)
	if !ok {
		return fs.ErrNotExist
	}
	if k.framed() {
		return s.frame(w, f, name, k)
	}
	return s.send(w, r, f, name, k)
}

// frame shows a file in a frame of our own page, which keeps it from leading anywhere.
func (s *Server) frame(w http.ResponseWriter, f *folder, name string, k kind) error {
	if !f.has(name) {
		return fs.ErrNotExist
	}
	w.Header().Set("Content-Security-Policy", framingPolicy)
	s.render(w, http.StatusOK, "frame.html", map[string]any{
		"Title": plain(name) + " of " + plain(f.id.String()), "Run": f.id, "Name": name, "Scripts": k == pageKind,
	})
	return nil
}

// framed serves what a frame has in it.
func (s *Server) framed(w http.ResponseWriter, r *http.Request, f *folder) error {
	name := r.PathValue("file")
	k, ok := kindOf(name)
	if !ok || !k.framed() {
		return fs.ErrNotExist
	}
	if r.Header.Get("Sec-Fetch-Dest") == "document" { // somebody opened the frame in a window
		http.Redirect(w, r, "../file/"+escape(name), http.StatusSeeOther)
		return nil
	}
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	return s.send(w, r, f, name, k)
}

// nodeLog serves what a node wrote. It is text, whatever it looks like.
func (s *Server) nodeLog(w http.ResponseWriter, r *http.Request, f *folder) error {
	name := r.PathValue("file")
	if !isPlain(name) || !isLog(name) {
		return fs.ErrNotExist
	}
	return s.send(w, r, f, path.Join("nodes", name), textKind)
}

// send answers with a file of a run, which gets no rights here.
func (s *Server) send(w http.ResponseWriter, r *http.Request, f *folder, name string, k kind) error {
	file, err := f.openFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", k.content)
	w.Header().Set("Content-Security-Policy", k.policy)
	if info.Size() > shownSize {
		w.Header().Set("Content-Disposition", "attachment")
	}
	http.ServeContent(&patientWriter{w, http.NewResponseController(w)}, r, "", info.ModTime(), file)
	return nil
}

// A patientWriter gives each part of an answer its own time to be read.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *patientWriter) Write(part []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(patience)) // fails where there is none
	return w.ResponseWriter.Write(part)
}

// showReport shows the report of a run. If it has none yet, the page asks whether to make it: to look at something changes nothing.
func (s *Server) showReport(w http.ResponseWriter, _ *http.Request, f *folder) error {
	if f.has(reportName) {
		return s.frame(w, f, reportName, pageKind)
	}
	if f.running() {
		return errNoReportYet
	}
	s.render(w, http.StatusOK, "report.html", map[string]any{"Title": "The report of " + plain(f.id.String()), "Token": s.token})
	return nil
}

var errNoReportYet = &failure{http.StatusConflict, "The run goes on: there will be a report when it has ended."}

// makeReport makes the report of a run that has none yet.
func (s *Server) makeReport(w http.ResponseWriter, r *http.Request, f *folder) error {
	select { // one report is made at a time
	case s.reports <- struct{}{}:
		defer func() { <-s.reports }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	switch {
	case f.has(reportName): // made by another request, meanwhile
	case f.running():
		return errNoReportYet
	default:
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it may take long; fails where there is none
		if err := report.WriteIn(f.root); err != nil {
			return fmt.Errorf("the report cannot be made: %w", err)
		}
	}
	http.Redirect(w, r, "report", http.StatusSeeOther)
	return nil
}
