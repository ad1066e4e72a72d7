package serve

import (
	"net"
	"net/http"
)

// The policies of Content-Security-Policy.
const (
	// ownPolicy is for our own pages.
	ownPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	// guestPolicy is for pages and pictures that a run brings. Their scripts run, but in an origin of their own, from where
	// nothing can be reached. A page may forbid itself more.
	guestPolicy = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
		"img-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

// guard lets those requests through that were meant for this server, and keeps browsers from doing with the answers what they
// should not.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ownPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.isOurs(r) {
			http.Error(w, "this server answers to localhost and to its own addresses only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isOurs tells whether the request was sent to the address that it came to, in digits or by a name that is known to be ours, and to the port that
// it came to. A page whose host name was made to lead here sends that name instead: never digits.
func (s *Server) isOurs(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return false
	}
	ip, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return false
	}
	for _, name := range []string{"localhost", ip, s.host} {
		if name != "" && (r.Host == net.JoinHostPort(name, port) || r.Host == name && port == "80") {
			return true
		}
	}
	return false
}
