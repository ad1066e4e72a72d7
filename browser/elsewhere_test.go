package browser

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A place is a server elsewhere. It records every connection, even one without a request.
type place struct {
	url      string
	noticed  atomic.Int32 // connections, and packets
	requests atomic.Int32
	control  chan struct{} // closed when a request for /control has arrived
}

// A noticing is a listener that counts the connections that it accepts.
type noticing struct {
	net.Listener
	noticed *atomic.Int32
}

func (n noticing) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if err == nil {
		n.noticed.Add(1)
	}
	return conn, err
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{control: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.url = "http://" + l.Addr().String()
	packets, err := net.ListenPacket("udp", l.Addr().String()) // for WebRTC
	require.NoError(t, err)
	go func() {
		for buffer := make([]byte, 1500); ; {
			if _, _, err := packets.ReadFrom(buffer); err != nil {
				return
			}
			p.noticed.Add(1)
		}
	}()
	var once sync.Once
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/control" {
			once.Do(func() { close(p.control) })
			return
		}
		p.requests.Add(1)
	})}
	go func() { _ = server.Serve(noticing{l, &p.noticed}) }() // until it is closed
	t.Cleanup(func() {
		_ = server.Close()
		_ = packets.Close()
	})
	return p
}

// attackPages returns pages that try to leak data to a place, each in a different way.
func attackPages(t *testing.T) (names []string, text func(name string, p *place) string) {
	t.Helper()
	paths, err := filepath.Glob("testdata/attacks/*")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	pages := make(map[string]string)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		names = append(names, filepath.Base(path))
		pages[filepath.Base(path)] = string(text)
	}
	return names, func(name string, p *place) string { return strings.ReplaceAll(pages[name], "ELSEWHERE", p.url) }
}

// clicked are the pages that work only if the user clicks.
func clicked(text string) bool {
	return strings.Contains(text, "onclick") || !strings.Contains(text, ".click()") && strings.Contains(text, "click")
}

// Every attack is a real one: without protection, it reaches the other place.
func TestAttacksAreReal(t *testing.T) {
	browser := launch(t)
	names, text := attackPages(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			there := newPlace(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/x/"+name {
					return
				}
				w.Header().Set("Content-Type", map[string]string{".svg": "image/svg+xml", ".html": "text/html"}[filepath.Ext(name)])
				_, _ = w.Write([]byte(text(name, there)))
			}))
			defer server.Close()
			p := open(t, browser, server.URL+"/x/"+name, look{})
			if clicked(text(name, there)) {
				p.clickAt(point{400, 300})
			}
			require.Eventually(t, func() bool { return there.noticed.Load() > 0 }, patience, 10*time.Millisecond)
		})
	}
}

// No page or picture from a run makes the browser send a request elsewhere, whatever it tries and wherever the user clicks.
// A policy cannot forbid what the browser does without a request: it opens connections that it may need, and those of
// WebRTC.
func TestAttacksStayInside(t *testing.T) {
	browser := launch(t)
	names, text := attackPages(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			there := newPlace(t)
			store := t.TempDir()
			dir := filepath.Join(store, "echo", "run")
			require.NoError(t, os.MkdirAll(dir, 0o755))
			file := map[string]string{".svg": "cycle-G0-1.svg", ".html": "violation-1.html"}[filepath.Ext(name)]
			require.NoError(t, os.WriteFile(filepath.Join(dir, "test.json"), []byte(`{}`), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text(name, there)), 0o600))
			address := serveStore(t, store) + "/run/echo/run/"
			for _, at := range []string{"file/", "frame/"} { // an attacker may know the frame's address
				p := open(t, browser, address+at+file, look{})
				p.wait(`document.activeElement.matches("iframe.guest")`) // the page has loaded, too: open waits for that
				if clicked(text(name, there)) {
					p.clickAt(p.at("iframe.guest", 0.5, 0.5))
				}
				time.Sleep(300 * time.Millisecond) // for what is slow: not to wait long enough would only miss something
				require.Equal(t, address+"file/"+file, eval[string](p, `location.href`), "the window shows what it did")
			}
			// Requests made before this one have arrived before it.
			control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte(`<img src="` + there.url + `/control">`))
			}))
			defer control.Close()
			open(t, browser, control.URL, look{})
			select {
			case <-there.control:
			case <-time.After(patience):
				require.FailNow(t, "the place cannot be reached at all")
			}
			require.Zero(t, there.requests.Load())
		})
	}
}

// inside returns the page in a frame, which has its own process.
func (p *page) inside() *page {
	p.t.Helper()
	p.wait(`document.querySelector("iframe.guest")?.src`)
	address := eval[string](p, `document.querySelector("iframe.guest").src.replace(/#.*$/, "")`)
	var id target.ID
	require.Eventually(p.t, func() bool {
		infos, err := chromedp.Targets(p.ctx)
		if err != nil {
			return false
		}
		i := slices.IndexFunc(infos, func(info *target.Info) bool {
			there, _, _ := strings.Cut(info.URL, "#")
			return info.Type == "iframe" && there == address
		})
		if i >= 0 {
			id = infos[i].TargetID
		}
		return i >= 0
	}, patience, 20*time.Millisecond, "no frame with %s", address)
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
	p.t.Cleanup(cancel)
	f := &page{t: p.t, ctx: ctx}
	require.NoError(p.t, chromedp.Listen(ctx, f.hear))
	return f
}

// reported waits until a report in a frame shows the run.
func (p *page) reported() {
	p.t.Helper()
	p.wait(`document.querySelector("#contents a") && document.querySelector("#title .badge") && document.querySelector("#diagram canvas")`)
}
