package debugging

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/jstest"
)

func TestJavaScript(t *testing.T) { jstest.Run(t, "web/test/*.test.js") }

// a fake subject says what it was asked; a search waits.
type fake struct{ searching chan struct{} }

func (f *fake) Look(decisions string, at int) (any, error) {
	if decisions == "wrong" {
		return nil, errors.New("explore: <b>wrong</b>")
	}
	return map[string]any{"decisions": decisions, "at": at, "text": "<script>alert(1)</script>"}, nil
}

func (f *fake) Find(decisions string, pattern json.RawMessage) (any, error) {
	return map[string]any{"decisions": decisions, "pattern": string(pattern)}, nil
}

func (f *fake) Search(ctx context.Context, _ json.RawMessage, _ time.Duration) (any, error) {
	f.searching <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

func start(t *testing.T) (address string, f *fake) {
	t.Helper()
	f = &fake{make(chan struct{})}
	s, err := New("<b>broadcast</b>", f, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL, f
}

// ask makes a request, which change may alter, and returns the answer and its body.
func ask(t *testing.T, method, url, body string, change func(r *http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer, string(text)
}

var paths = []string{"/", "/look?decisions=0&at=0", "/find?decisions=0&pattern={}", "/static/page.js"}

// A page whose name leads to this machine (DNS rebinding) gets nothing, and neither does a page of another site.
func TestOthersAreRefused(t *testing.T) {
	t.Parallel()
	address, _ := start(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	require.NoError(t, err)
	for _, path := range paths {
		for host, want := range map[string]int{"localhost:" + port: http.StatusOK, "evil.example:" + port: http.StatusMisdirectedRequest, "127.0.0.1.nip.io:" + port: http.StatusMisdirectedRequest} {
			answer, _ := ask(t, http.MethodGet, address+path, "", func(r *http.Request) { r.Host = host })
			require.Equal(t, want, answer.StatusCode, "%s %s", host, path)
		}
		for _, site := range []string{"cross-site", "same-site"} {
			answer, _ := ask(t, http.MethodGet, address+path, "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) })
			require.Equal(t, http.StatusForbidden, answer.StatusCode, path)
		}
		answer, _ := ask(t, http.MethodGet, address+path, "", func(r *http.Request) { // somebody follows a link
			for name, value := range map[string]string{"Site": "cross-site", "Mode": "navigate", "Dest": "document", "User": "?1"} {
				r.Header.Set("Sec-Fetch-"+name, value)
			}
		})
		require.Equal(t, path == "/", answer.StatusCode == http.StatusOK, path)
	}
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"} {
		answer, _ := ask(t, http.MethodPost, address+"/search", "{}", func(r *http.Request) { r.Header.Set(name, value) })
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
	}
}

// The browser runs our files alone, and loads nothing from elsewhere.
func TestPolicy(t *testing.T) {
	t.Parallel()
	address, _ := start(t)
	for _, path := range append(paths, "/nosuch", "/look?at=x") {
		answer, _ := ask(t, http.MethodGet, address+path, "", nil)
		policy := answer.Header.Get("Content-Security-Policy")
		for _, says := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			require.Contains(t, policy, says, path)
		}
		require.NotContains(t, policy, "unsafe")
		require.NotContains(t, policy, "http")
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", answer.Header.Get("Cross-Origin-Resource-Policy"))
	}
	answer, page := ask(t, http.MethodGet, address+"/", "", nil)
	require.Contains(t, answer.Header.Get("Content-Security-Policy"), "require-trusted-types-for 'script'")
	require.Contains(t, page, "&lt;b&gt;broadcast&lt;/b&gt;")
	require.NotContains(t, page, "<b>broadcast")
}

// The page has no inline scripts and styles, and its modules make no HTML of texts.
func TestNothingIsHTML(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(web, "web/*.*")
	require.NoError(t, err)
	require.Greater(t, len(names), 10)
	for _, name := range names {
		text, err := web.ReadFile(name)
		require.NoError(t, err)
		require.NotRegexp(t, `<style|style=|<script>|javascript:|\son[a-z]+="|(src|href)="(https?:)?//|url\(`, string(text), name)
		require.NotRegexp(t, `innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|import\(`, string(text), name)
	}
}

// What nodes wrote is in JSON, and errors are.
func TestAnswers(t *testing.T) {
	t.Parallel()
	address, _ := start(t)
	answer, text := ask(t, http.MethodGet, address+"/look?decisions=7.4&at=12", "", nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
	require.JSONEq(t, `{"decisions": "7.4", "at": 12, "text": "<script>alert(1)</script>"}`, text)
	require.NotContains(t, text, "<script>")
	for _, query := range []string{"decisions=wrong&at=0", "decisions=0&at=x", "decisions=0"} {
		answer, text = ask(t, http.MethodGet, address+"/look?"+query, "", nil)
		require.Equal(t, http.StatusBadRequest, answer.StatusCode)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		require.Regexp(t, `^{"error":"(explore|debugging): `, text)
		require.NotContains(t, text, "<b>")
	}
	_, text = ask(t, http.MethodGet, address+`/find?decisions=0&pattern={"first":{}}`, "", nil)
	require.JSONEq(t, `{"decisions": "0", "pattern": "{\"first\":{}}"}`, text)
	answer, _ = ask(t, http.MethodGet, address+"/search", "", nil)
	require.NotEqual(t, http.StatusOK, answer.StatusCode, "only a POST searches")
	answer, text = ask(t, http.MethodPost, address+"/search", strings.Repeat("x", maxPattern+1), nil)
	require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	require.Contains(t, text, "too large")
}

// One search goes on at a time. It ends with the request.
func TestOneSearch(t *testing.T) {
	t.Parallel()
	address, f := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/search", strings.NewReader("{}"))
		if err == nil {
			_, err = http.DefaultClient.Do(r)
		}
		ended <- err
	}()
	<-f.searching
	answer, text := ask(t, http.MethodPost, address+"/search", "{}", nil)
	require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	require.Contains(t, text, "another search is going on")
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	answer, _ = ask(t, http.MethodGet, address+"/look?decisions=0&at=0", "", nil)
	require.Equal(t, http.StatusOK, answer.StatusCode, "it has ended")
}
