package serve

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"strings"

	"glomers/harness/report"
)

const reportName = "report.html"

// contentType returns what kind of file of a run that is; "" if it is none that we show.
func contentType(name string) string {
	switch name {
	case "test.json", "results.json":
		return "application/json"
	case "history.jsonl", "journal.jsonl", "history.edn", "history.txt", "results.edn":
		return "text/plain; charset=utf-8"
	case "latency.svg", "rate.svg", "messages.svg":
		return "image/svg+xml"
	case reportName:
		return "text/html; charset=utf-8"
	}
	if ok, _ := path.Match("violation-*.html", name); ok { // a valid pattern
		return "text/html; charset=utf-8"
	}
	if ok, _ := path.Match("cycle-*.svg", name); ok {
		return "image/svg+xml"
	}
	return ""
}

// isLog tells whether a file in nodes/ is what a node wrote.
func isLog(name string) bool { return strings.HasSuffix(name, ".log") }

// file serves a file of a run.
func (s *Server) file(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	kind := contentType(name)
	if kind == "" {
		return fs.ErrNotExist
	}
	return s.send(w, r, name, kind)
}

// nodeLog serves what a node wrote. It is text, whatever it looks like.
func (s *Server) nodeLog(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	if !isPlain(name) || !isLog(name) {
		return fs.ErrNotExist
	}
	return s.send(w, r, path.Join("nodes", name), "text/plain; charset=utf-8")
}

// send answers with a file of a run, which gets no rights here.
func (s *Server) send(w http.ResponseWriter, r *http.Request, name, kind string) error {
	f, err := s.openRun(r)
	if err != nil {
		return err
	}
	defer f.close()
	file, err := f.openFile(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", guestPolicy)
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// report makes the report of a run if it has none yet, and shows it.
func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	f, err := s.openRun(r)
	if err != nil {
		return err
	}
	defer f.close()
	if !f.has(reportName) {
		if f.running() {
			return &failure{http.StatusConflict, "The run goes on: there will be a report when it has ended."}
		}
		if err := s.makeReport(f); err != nil {
			return err
		}
	}
	return s.send(w, r, reportName, contentType(reportName))
}

func (s *Server) makeReport(f *folder) error {
	s.reports.Lock()
	defer s.reports.Unlock()
	if f.has(reportName) { // made by another request, meanwhile
		return nil
	}
	if !f.isPlain() { // the report would show what a link leads to
		return &failure{http.StatusConflict, "There are links among the files of this run, which nothing is read through. There will be no report."}
	}
	if err := report.Write(filepath.Join(s.dir, f.id.Workload, f.id.Name)); err != nil {
		return fmt.Errorf("the report cannot be made: %w", err)
	}
	return nil
}

// isPlain tells whether the run has nothing but regular files, directories, and the link that the harness makes. Nothing is read of what nodes
// left in their own directories, so that is not looked at.
func (f *folder) isPlain() bool {
	return fs.WalkDir(f.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if name == "work" && e != nil && e.IsDir() {
			return fs.SkipDir
		}
		if target, linkErr := f.root.Readlink(name); name == "node-logs" && linkErr == nil && target == "nodes" {
			return err
		}
		if err == nil && !e.IsDir() && !e.Type().IsRegular() {
			err = fs.ErrInvalid
		}
		return err
	}) == nil
}
