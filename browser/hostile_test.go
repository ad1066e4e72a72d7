package browser

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"glomers/harness"
	pages "glomers/harness/report"
	"glomers/node"
)

// attack sets a variable of the page, in every possible way, if the page takes it for HTML.
const attack = `</script><script>window.__hacked=1</script><img src=x onerror="window.__hacked=2"><svg onload=window.__hacked=3></svg>` +
	`<a href="javascript:window.__hacked=4">` + "\u2028" + `"'` + "`${window.__hacked=5}`"

// attacker is an echo node that puts HTML into every text that it sends.
func attacker(n *node.Node) {
	node.HandleRPC(n, "echo", func(_ context.Context, m struct {
		Echo string `json:"echo"`
	},
	) (map[string]any, error) {
		others := n.NodeIDs()
		_ = node.Notify(n, others[0], attack, map[string]any{attack: attack}) // fails only if the node ends
		if strings.HasSuffix(m.Echo, "7") {
			return nil, node.NewRPCError(1000, attack)
		}
		return map[string]any{"echo": m.Echo + attack}, nil
	})
	node.Receive(n, attack, func(context.Context, struct{}) {})
}

// hostile returns the files of a run with hostile nodes, hostile names and hostile files.
func hostile(t *testing.T, store string) (dir string) {
	t.Helper()
	dir, _ = simulate(t, harness.Test{
		Workload: "echo", Program: harness.InProcess(attacker), NodeCount: 2, Rate: 20, TimeLimit: 5 * time.Second,
		Nemesis: []string{"partition"}, NemesisInterval: time.Second, Seed: 1, Store: store,
	})
	// The harness chooses the names of nodes, but a changed file may contain any name.
	const id = `n<img src=x onerror=window.__hacked=6>`
	quoted := strings.NewReplacer(`"n1"`, `"`+id+`"`, `\\`, `\\`, `\u003c`, "<", `\u003e`, ">") // as nodes in other languages write
	for _, name := range []string{"test.json", "results.json", "history.jsonl", "journal.jsonl"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(quoted.Replace(string(data))), 0o600))
	}
	for _, name := range []string{"n0", id} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "nodes", name+".log"), []byte(attack+"\n"), 0o600))
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "nodes", "n1.log")))
	picture := `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="parent.__hacked=9"><script>window.__hacked=9;top.__hacked=9</script></svg>`
	require.NoError(t, os.WriteFile(filepath.Join(dir, "cycle-G0-1.svg"), []byte(picture), 0o600))
	require.NoError(t, pages.Options{}.Write(dir))
	return dir
}

// elsewhere is a server that no page may reach. It counts requests.
func elsewhere(t *testing.T) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// cannotLeave tries to make the page load something from elsewhere, and run a foreign script.
func (p *page) cannotLeave() {
	p.t.Helper()
	p.calm()
	url, asked := elsewhere(p.t)
	fetched := eval[bool](p, `(async (url) => {
		let violations = 0;
		document.addEventListener("securitypolicyviolation", () => violations++);
		const insert = (tag, attribute, value) => {
			const e = document.createElement(tag);
			try {
				e[attribute] = value;
			} catch {
				return; // the policy does not even allow this
			}
			document.body.append(e);
		};
		insert("script", "textContent", "window.__hacked = 7");
		insert("script", "src", url + "/script");
		insert("iframe", "src", url + "/frame");
		insert("img", "src", url + "/image");
		const fetched = await fetch(url + "/fetch").then(() => true, () => false);
		while (violations < 5) await new Promise((wait) => setTimeout(wait, 10));
		return fetched;
	})(`+text(url)+`)`)
	require.False(p.t, fetched)
	require.Zero(p.t, asked.Load())
	require.Equal(p.t, "undefined", eval[string](p, `typeof window.__hacked`))
	p.mu.Lock()
	p.problems = nil // the browser has reported each of them
	p.mu.Unlock()
}

// Any text that nodes write is shown as text, in every part of the report.
func TestHostileReport(t *testing.T) {
	p := open(t, launch(t), report(hostile(t, "")), look{})
	p.ready()
	require.Contains(t, eval[string](p, `document.querySelector("#diagram").textContent`), attack, "the type of a message")
	require.Contains(t, eval[string](p, `document.querySelector("#logs").textContent`), "<script>window.__hacked=1</script>")

	p.wait(`document.querySelector(".pictures img").naturalWidth === 9`) // it has been drawn
	require.Equal(t, "undefined", eval[string](p, `typeof window.__hacked`))

	p.search("__hacked=1")
	p.click("#history .rows .row")
	p.wait(`!document.querySelector("#inspector").hidden`)
	require.Contains(t, eval[string](p, `document.querySelector("#inspector").textContent`), "<script>window.__hacked=1</script>")

	p.click("#inspector .close")
	p.enter(`#diagram input[type="text"]`, `<svg onload=window.__hacked=3>`)
	p.frames()
	p.click("#diagram canvas")
	p.press("n")
	p.wait(`!document.querySelector(".diagram-panel").hidden`)
	for range eval[int](p, `Math.min(20, spy.run.messages.count)`) {
		p.press("n")
	}
	p.press(kb.Escape)
	p.frames()
	p.cannotLeave()
}

// The same holds for the pages of glomers serve, where the report has no rights.
func TestHostilePages(t *testing.T) {
	store := t.TempDir()
	dir := hostile(t, store)
	other := filepath.Join(store, `<img src=x onerror=window.__hacked=8>`)
	require.NoError(t, os.Mkdir(other, 0o755))
	require.NoError(t, os.Rename(hostile(t, store), filepath.Join(other, "run")))
	address := serveStore(t, store)
	browser := launch(t)
	run := address + "/run/echo/" + filepath.Base(dir) + "/"
	for _, path := range []string{
		address, address + "/?workload=" + "%3Cscript%3Ewindow.__hacked=9%3C%2Fscript%3E", run, run + "delete", run + "nosuch",
		address + "/compare?run=echo/" + filepath.Base(dir) + "&run=%3Cimg%20src=x%20onerror=window.__hacked=8%3E/run",
		address + "/run/%3Cimg%20src=x%20onerror=window.__hacked=8%3E/run/",
	} {
		p := open(t, browser, path, look{})
		p.wait(`document.querySelector("main")`)
		if path == run {
			p.wait(`document.querySelector("#functions tr")`)
			require.Contains(t, eval[string](p, `document.querySelector(".files").textContent`), `n<img src=x onerror=window.__hacked=6>.log`)
		}
		if path != run+"nosuch" { // the browser reports that it is not found
			p.cannotLeave()
		}
	}

	p := open(t, browser, run+"report", look{}).inside()
	p.reported()
	require.Equal(t, "null", eval[string](p, `origin`), "it has an origin of its own")
	p.cannotLeave()
	require.Equal(t, "no", eval[string](p, `fetch(`+text(run+"delete")+`).then(() => "yes", () => "no")`), "it cannot read the token")

	log := open(t, browser, run+"node/n0.log", look{})
	log.wait(`document.contentType === "text/plain"`)
	require.Contains(t, eval[string](log, `document.body.textContent`), "<script>window.__hacked=1</script>")
	log.calm()
}
