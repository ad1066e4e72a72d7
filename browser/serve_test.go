package browser

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/workload"
	"glomers/internal/serve"
)

// serveStore serves a store and returns the address, without a slash at the end.
func serveStore(t *testing.T, store string) string {
	t.Helper()
	s, err := serve.New(store, harness.Figures(workload.All()), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// echoes is a short test of another workload.
func echoes(t *testing.T, store string, seed uint64) harness.Test {
	return harness.Test{
		Workload: "echo", Program: baseline(t, "echo"), NodeCount: 1, Rate: 20, TimeLimit: 5 * time.Second, Seed: seed, Store: store,
	}
}

func TestServe(t *testing.T) {
	store := t.TempDir()
	failing(t, store)
	simulate(t, echoes(t, store, 1))
	doomed, _ := simulate(t, echoes(t, store, 2))
	p := open(t, launch(t), serveStore(t, store), look{})
	const rows = `document.querySelectorAll("#runs tbody tr").length`
	p.wait(rows + ` === 3`)

	eval[bool](p, `document.querySelector("select[name=workload]").focus() === undefined`)
	p.press("b") // chooses broadcast, which loads the page with the filter
	p.wait(rows + ` === 1 && location.search.includes("workload=broadcast")`)
	require.Equal(t, "invalid", eval[string](p, `document.querySelector("#runs .state").textContent`))

	p.clickText("#runs a", "broadcast")
	p.wait(`document.querySelector("#functions tr")`)
	require.Contains(t, eval[string](p, `document.querySelector("ul.why").textContent`), "is missing from the read")
	p.clickText("a", "Report: charts, messages, operations")
	inside := p.inside()
	inside.reported()
	require.Equal(t, "invalid", eval[string](inside, `document.querySelector("#title .badge").textContent`))
	inside.calm()
	p.calm()

	p.goTo(serveStore(t, store))
	p.wait(rows + ` === 3`)
	require.True(t, eval[bool](p, `document.querySelector("#choice button").disabled`), "nothing is chosen")
	echo := `[...document.querySelectorAll("#runs tr")].filter((row) => row.textContent.includes("echo"))`
	for i := range 2 {
		eval[bool](p, echo+`[`+text(i)+`].querySelector("input").setAttribute("id", "run`+text(i)+`") === undefined`)
		p.click("#run" + text(i))
	}
	p.wait(`!document.querySelector("#choice button").disabled`)
	p.click("#choice button")
	p.wait(`document.querySelector("table.pairs")`)
	require.Equal(t, 2, eval[int](p, `document.querySelectorAll("table.pairs .state.valid").length`))

	p.clickAt(p.at("table.pairs thead a", 0.5, 0.75)) // the newer run, which was first in the list; its link has two lines
	p.wait(`document.querySelector("a[href=delete]")`)
	p.click(`a[href="delete"]`)
	p.wait(`document.querySelector("button.danger")`)
	require.DirExists(t, doomed, "it only asks")
	p.click("button.danger")
	p.wait(rows + ` === 2`)
	_, err := os.Stat(doomed)
	require.ErrorIs(t, err, os.ErrNotExist)
	p.calm()
}

// goTo opens another page in the same tab.
func (p *page) goTo(url string) {
	p.t.Helper()
	p.do(chromedp.Navigate(url))
}

// Everything can be done without a mouse, and the focus is always visible.
func TestServeByKeyboard(t *testing.T) {
	store := t.TempDir()
	simulate(t, echoes(t, store, 1))
	p := open(t, launch(t), serveStore(t, store), look{})
	p.wait(`document.querySelector("#runs tbody tr")`)
	const visible = `getComputedStyle(document.activeElement).outlineStyle !== "none"`
	p.tabTo(`document.activeElement.matches(".skip")`)
	require.Positive(t, eval[float64](p, `document.activeElement.getBoundingClientRect().right`), "it comes into sight")
	p.tabTo(`document.activeElement.matches("select")`)
	require.True(t, eval[bool](p, visible))
	p.tabTo(`document.activeElement.matches("#runs input")`)
	require.True(t, eval[bool](p, visible))
	p.tabTo(`document.activeElement.matches("#runs a")`)
	require.True(t, eval[bool](p, visible))
	p.press(kb.Enter)
	p.wait(`document.querySelector("#functions tr")`)
	p.tabTo(`document.activeElement.matches("a[href=report]")`)
	require.True(t, eval[bool](p, visible))
	p.press(kb.Enter)
	inside := p.inside()
	inside.reported()
	for _, part := range []string{"#charts button", "#cluster button", "#diagram canvas", "#history .table", "#timeline canvas"} {
		inside.tabTo(`document.activeElement.matches(` + text(part) + `)`)
		require.True(t, eval[bool](inside, visible), part)
	}
	p.calm()
	inside.calm()
}

// tabTo presses Tab until the condition holds.
func (p *page) tabTo(condition string) {
	p.t.Helper()
	for range 200 {
		p.press(kb.Tab)
		if eval[bool](p, condition) {
			return
		}
	}
	require.FailNow(p.t, "Tab does not lead to: "+condition)
}
