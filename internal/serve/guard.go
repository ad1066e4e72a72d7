package serve

import (
	"net/http"
	"regexp"

	"glomers/internal/loopback"
)

// The policies of Content-Security-Policy, besides that of our own pages.
const (
	// framingPolicy is for those that frame what a run brings: only this server's own addresses, whatever leads away from there.
	framingPolicy = loopback.Policy + "; frame-src 'self'"
	// guestPolicy is for what a run brings. It has an origin of its own, from where nothing can be reached. A page may forbid itself
	// more.
	guestPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'"
	// pagePolicy is for pages, whose scripts run.
	pagePolicy = "sandbox allow-scripts; script-src 'unsafe-inline'; frame-ancestors 'self'; " + guestPolicy
	// picturePolicy is for pictures.
	picturePolicy = "sandbox; frame-ancestors 'self'; " + guestPolicy
	// textPolicy is for text, in which nothing runs.
	textPolicy = "sandbox allow-scripts; frame-ancestors 'none'; " + guestPolicy
)

// isOpen reports whether other sites may lead to what is asked for.
func isOpen(r *http.Request) bool {
	return r.URL.Path == "/" && r.URL.RawQuery == "" || visited.MatchString(r.URL.Path)
}

// visited are the paths of runs.
var visited = regexp.MustCompile(`^/run/[^/]+/[^/]+/$`)
