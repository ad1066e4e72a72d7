package loopback

import (
	"net"
	"net/http"
	"net/url"
	"time"
)

// Policy is the Content-Security-Policy of our own pages.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// A Site is what a server shows.
type Site struct {
	Host    string                     // a name or an address that it answers to besides those that a request comes to
	Open    string                     // what Visited allows, for the error of what it does not
	Visited func(r *http.Request) bool // whether a page of another site may lead to what r asks for, as that costs little and changes nothing
}

// Guard lets those requests through that were meant for this server, and keeps browsers from doing with the answers what they
// should not.
func (s *Site) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("X-DNS-Prefetch-Control", "off")
		switch {
		case !s.isOurs(r):
			http.Error(w, "this server answers to localhost and to its own addresses only", http.StatusMisdirectedRequest)
			return
		case isForeign(r) && !s.visits(r):
			http.Error(w, "this was asked for by a page of another site, which may only lead to "+s.Open, http.StatusForbidden)
			return
		case r.Method != http.MethodPost && r.ContentLength != 0:
			h.Set("Connection", "close") // nobody waits for the body
			http.Error(w, "want no body", http.StatusBadRequest)
			return
		case r.Method != http.MethodPost:
			// The time to read is over, also that for a body; without this, it would end long answers.
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // fails where there is none
		}
		next.ServeHTTP(w, r)
	})
}

// isOurs reports whether the request was sent to the address that it came to, in digits or by a name that is known to be ours, and to the port that
// it came to. A page whose host name was made to lead here sends that name instead: never digits.
func (s *Site) isOurs(r *http.Request) bool {
	local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if local == nil {
		return false
	}
	ip, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return false
	}
	for _, name := range []string{"localhost", ip, s.Host} {
		if name != "" && (r.Host == net.JoinHostPort(name, port) || r.Host == name && port == "80") {
			return true
		}
	}
	return false
}

// isForeign reports whether a page of another site asks, of which those on other ports of this machine are, or one without rights, as those are that a
// run brings. Browsers say so, unless they are old, or this machine is another one than theirs; then they may say where they come
// from. Other programs say nothing.
func isForeign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none": // none: the user himself
		return false
	case "":
		for _, from := range []string{r.Header.Get("Origin"), r.Header.Get("Referer")} {
			if from == "" {
				continue
			}
			if u, err := url.Parse(from); err != nil || u.Scheme != "http" || u.Host != r.Host {
				return true
			}
		}
		return false
	}
	return true
}

// visits reports whether somebody follows a link to a page that is open to visits.
func (s *Site) visits(r *http.Request) bool {
	h := r.Header
	byHand := h.Get("Sec-Fetch-Site") == "" || h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Dest") == "document" && h.Get("Sec-Fetch-User") == "?1"
	return r.Method == http.MethodGet && byHand && s.Visited(r)
}
