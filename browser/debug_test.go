package browser

import (
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"glomers/baselines/mutants"
	"glomers/harness/explore"
	"glomers/node"
)

// debugged is a scope in which an execution fails: 7.4.
func debugged() explore.Scope {
	return explore.Scope{
		Program: registered("broadcast-no-retry"), Workload: "broadcast", Losses: 1,
		Given: []explore.Op{{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "broadcast", Value: 2}, {Client: 2, F: "read"}},
	}
}

// registered returns the program of a mutant.
func registered(name string) func(*node.Node) {
	for _, m := range mutants.All() {
		if m.Name == name {
			return m.Register
		}
	}
	panic(name)
}

// serveDebugger serves the debugger of a scope, and returns its address.
func serveDebugger(t *testing.T, s explore.Scope) string {
	t.Helper()
	d, err := explore.NewDebugger(s, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return server.URL + "/"
}

// atAction waits until the debugger shows the state after n actions.
func (p *page) atAction(n int) {
	p.t.Helper()
	p.wait(`document.querySelector(".place")?.textContent.startsWith("` + text(n) + ` /")`)
}

func hash(p *page) string { return eval[string](p, `location.hash`) }

// Everything can be done by keyboard: forwards, backwards, branches, what was tried.
func TestDebugger(t *testing.T) {
	p := open(t, launch(t), serveDebugger(t, debugged()), look{})
	p.atAction(0)
	for i := range 7 {
		p.press(kb.ArrowRight)
		p.atAction(i + 1)
	}
	require.Equal(t, "#0@7", hash(p))
	require.Contains(t, eval[string](p, `document.querySelector("#verdict").textContent`), "✓ valid if it goes on")
	p.press("4") // lose n0 → n2
	p.wait(`location.hash === "#7.4@8"`)
	p.atAction(8)
	require.Contains(t, eval[string](p, `document.querySelector("#verdict").textContent`), "is missing from the read")
	require.Equal(t, 2, eval[int](p, `document.querySelectorAll("#tree .action").length`))
	p.press(kb.ArrowLeft)
	p.atAction(7)
	p.press("[")
	p.wait(`location.hash === "#0@7"`)
	p.atAction(7)
	p.press(kb.ArrowDown)
	p.press(kb.ArrowDown)
	p.wait(`document.activeElement.matches("#next .option")`)
	p.press(kb.Enter)
	p.wait(`location.hash === "#7.1@8"`)
	p.atAction(8)
	require.Equal(t, 3, eval[int](p, `document.querySelectorAll("#tree .action").length`))
	p.press(kb.End)
	p.wait(`document.querySelector("[data-key=end]").disabled`)
	p.press(kb.Home)
	p.atAction(0)
	p.press("?")
	p.wait(`document.querySelector("dialog").open`)
	p.press(kb.Escape)
	p.wait(`!document.querySelector("dialog").open`)
	p.calm()
}
