package serve

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"glomers/harness"
	"glomers/internal/loopback"
	"glomers/internal/svg"
)

//go:embed web/*.html web/static
var web embed.FS

// A Server shows a store. It is an http.Handler, safe for concurrent use.
type Server struct {
	dir      string                // of the store
	figures  []harness.FigureGroup // those that may be in results
	log      *slog.Logger
	token    string        // proves that a POST comes from a page of this server
	interval time.Duration // between two looks at a run in progress
	handler  http.Handler
	site     loopback.Site
	command  string // one that makes a run
	pages    pages
	runs     *catalogue
	parsing  chan struct{} // has room for as many as may parse results at the same time
	reading  chan struct{} // has room for as many as may read histories at the same time
	streams  atomic.Int32  // pages that follow a run
	reports  chan struct{} // has room for one: who makes a report
}

// New returns a server of the store in the directory dir, which must exist. What goes wrong while it serves goes to log.
func New(dir string, figures []harness.FigureGroup, log *slog.Logger) (*Server, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("serve: store: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("serve: store: %s is not a directory", dir)
	}
	p, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	static, err := fs.Sub(web, "web/static")
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	s := &Server{dir: dir, figures: figures, log: log, token: rand.Text(), interval: 250 * time.Millisecond, pages: p, runs: &catalogue{dir: dir}, parsing: make(chan struct{}, 2), reading: make(chan struct{}, 2), reports: make(chan struct{}, 1), site: loopback.Site{Open: "the list of runs, or to a run", Visited: isOpen}}

	const run = "/run/{workload}/{name}/"
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /static/palette.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, svg.Palette) // if it fails, nobody is there to be told
	})
	mux.HandleFunc("GET /{$}", s.page(s.list))
	mux.HandleFunc("GET /compare", s.page(s.compare))
	mux.HandleFunc("GET "+run+"{$}", s.pageOf(s.show))
	mux.HandleFunc("GET "+run+"events", s.pageOf(s.events))
	mux.HandleFunc("GET "+run+"report", s.pageOf(s.showReport))
	mux.HandleFunc("POST "+run+"report", s.pageOf(s.makeReport))
	mux.HandleFunc("GET "+run+"file/{file}", s.pageOf(s.file))
	mux.HandleFunc("GET "+run+"frame/{file}", s.pageOf(s.framed))
	mux.HandleFunc("GET "+run+"node/{file}", s.pageOf(s.nodeLog))
	mux.HandleFunc("GET "+run+"delete", s.pageOf(s.askDelete))
	mux.HandleFunc("POST "+run+"delete", s.pageOf(s.delete))
	mux.HandleFunc("GET /", s.page(func(http.ResponseWriter, *http.Request) error { return fs.ErrNotExist }))
	s.handler = s.site.Guard(http.NewCrossOriginProtection().Handler(mux))
	return s, nil
}

// Allow has the server answer requests for a host of that name, before it begins to serve.
func (s *Server) Allow(host string) { s.site.Host = host }

// Suggest has the page of an empty store suggest a command that makes a run. It is called before the server begins to serve.
func (s *Server) Suggest(command string) { s.command = command }

// ServeHTTP implements http.Handler. The server that calls it must be net/http's, which says what address a request came to.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers on l, which should be on a loopback address as long as not everybody who reaches another is trusted, until ctx ends; then it returns nil. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if err := loopback.Serve(ctx, l, s, s.log); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// A failure is an error that the page shows, with its status.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return f.text }

// page makes a handler of a function that may fail before it has written anything.
func (s *Server) page(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := serve(w, r)
		if err == nil || r.Context().Err() != nil {
			return
		}
		shown, ok := errors.AsType[*failure](err)
		switch {
		case ok:
		case errors.Is(err, fs.ErrNotExist):
			shown = &failure{http.StatusNotFound, "There is no such page, or no such run any more."}
		default:
			s.log.Error("serve", "path", r.URL.Path, "err", err)
			shown = &failure{http.StatusInternalServerError, err.Error()}
		}
		s.render(w, shown.status, "error.html", map[string]any{"Title": http.StatusText(shown.status), "Text": shown.text})
	}
}

// pageOf is page for what is about the run that the path of the request names. What a POST asks for is done only with the token.
func (s *Server) pageOf(serve func(http.ResponseWriter, *http.Request, *folder) error) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		if r.Method == http.MethodPost {
			if err := s.checkToken(w, r); err != nil {
				return err
			}
		}
		f, err := s.open(id{r.PathValue("workload"), r.PathValue("name")})
		if err != nil {
			return err
		}
		defer f.close()
		return serve(w, r, f)
	})
}
