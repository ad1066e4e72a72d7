// Package debugging is the page of a debugger that branches: it shows an execution of a small cluster, each of its states, and all that
// could happen in each. The hash of its address is the list of decisions, so that a link is an execution.
//
// # Guarantees
//
// Nodes may write anything. Therefore:
//
//  1. Only this machine is served, and only under the names localhost and 127.0.0.1. A page of another site can lead to this one, if
//     somebody follows a link; anything else that it asks for is refused.
//  2. Nothing that a node wrote is ever taken for HTML: the page makes text of it, and forbids itself anything else. The browser loads
//     nothing from elsewhere.
//  3. Nothing can be changed. A search, which takes time, is refused while another one goes on, and ends with the page that asked for it.
package debugging

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"glomers/internal/loopback"
	"glomers/internal/svg"
)

//go:embed web/page.html web/*.js web/*.css web/icon.svg
var web embed.FS

// A Subject is what is debugged: all executions of a scope. One goroutine at a time calls its methods. Results are written as JSON.
type Subject interface {
	// Look returns the execution with the decisions, and its state after the first at of them.
	Look(decisions string, at int) (any, error)
	// Find returns where in the execution the pattern is.
	Find(decisions string, pattern json.RawMessage) (any, error)
	// Search looks for an execution with the pattern.
	Search(ctx context.Context, pattern json.RawMessage, patience time.Duration) (any, error)
}

// patience is how long a search may take.
const patience = 20 * time.Second

// maxPattern is the size of a pattern in bytes.
const maxPattern = 4 << 10

// A Server shows the page of a debugger. It is an http.Handler, safe for concurrent use.
type Server struct {
	title     string
	log       *slog.Logger
	page      *template.Template
	handler   http.Handler
	searching chan struct{} // has room for one search

	mu      sync.Mutex
	subject Subject
}

// New returns a server. The title says what is debugged.
func New(title string, subject Subject, log *slog.Logger) (*Server, error) {
	page, err := template.ParseFS(web, "web/page.html")
	if err != nil {
		return nil, fmt.Errorf("debugging: %w", err)
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, fmt.Errorf("debugging: %w", err)
	}
	s := &Server{title: title, log: log, page: page, subject: subject, searching: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.show)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	mux.HandleFunc("GET /static/palette.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, svg.Palette) // if it fails, nobody is there to be told
	})
	mux.HandleFunc("GET /look", s.look)
	mux.HandleFunc("GET /find", s.find)
	mux.HandleFunc("POST /search", s.search)
	site := loopback.Site{Open: "this page", Visited: func(r *http.Request) bool { return r.URL.Path == "/" && r.URL.RawQuery == "" }}
	s.handler = site.Guard(http.NewCrossOriginProtection().Handler(mux))
	return s, nil
}

// ServeHTTP implements http.Handler. The server that calls it must be net/http's, which says what address a request came to.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Serve answers on l, which should be on a loopback address, until ctx ends; then it returns nil. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if err := loopback.Serve(ctx, l, s, s.log); err != nil {
		return fmt.Errorf("debugging: %w", err)
	}
	return nil
}

func (s *Server) show(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Security-Policy", loopback.Policy+"; require-trusted-types-for 'script'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := s.page.Execute(w, s.title); err != nil {
		s.log.Error("debugging", "err", err)
	}
}

func (s *Server) look(w http.ResponseWriter, r *http.Request) {
	at, err := strconv.Atoi(r.FormValue("at"))
	if err != nil {
		s.refuse(w, errors.New("debugging: at is not a number"))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.subject.Look(r.FormValue("decisions"), at)
	s.answer(w, v, err)
}

func (s *Server) find(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.subject.Find(r.FormValue("decisions"), json.RawMessage(r.FormValue("pattern")))
	s.answer(w, v, err)
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	pattern, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPattern))
	if err != nil {
		s.refuse(w, fmt.Errorf("debugging: the pattern: %w", err))
		return
	}
	select {
	case s.searching <- struct{}{}:
		defer func() { <-s.searching }()
	default:
		s.refuse(w, errors.New("debugging: another search is going on: wait until it has ended, or close its page"))
		return
	}
	v, err := s.subject.Search(r.Context(), pattern, patience)
	s.answer(w, v, err)
}

// answer writes a value, or the error.
func (s *Server) answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		s.refuse(w, err)
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		s.refuse(w, fmt.Errorf("debugging: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // if it fails, nobody is there to be told
}

// refuse writes an error for the page to show.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	text, _ := json.Marshal(map[string]string{"error": err.Error()}) // strings have a JSON
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(text) // if it fails, nobody is there to be told
}
