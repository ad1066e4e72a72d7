package browser

import (
	"context"
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

// An execution is kept beside another one, and the first difference is marked.
func TestDebuggerSideBySide(t *testing.T) {
	p := open(t, launch(t), serveDebugger(t, debugged())+"#7.4@8", look{})
	p.atAction(8)
	p.press("c")
	p.wait(`location.hash === "#7.4@8/7.4" && document.querySelector("#sides").checkVisibility()`)
	p.wait(`document.querySelector("#sides").textContent.includes("Both executions are the same")`)
	p.press(kb.ArrowLeft)
	p.atAction(7)
	p.press("1")
	p.wait(`location.hash === "#7.1@8/7.4"`)
	p.wait(`document.querySelector(".sides .first td + td")?.textContent.startsWith("deliver n0 → n2")`)
	require.Contains(t, eval[string](p, `document.querySelector(".sides .first td:last-child").textContent`), "lose n0 → n2")
	require.Contains(t, eval[string](p, `document.querySelector("#sides").textContent`), "The first difference is action 7.")
	p.press(kb.Home)
	p.atAction(0)
	p.press("d")
	p.atAction(8)
	p.press("sc") // the second key is about what the first one leads to
	p.wait(`location.hash === "#7.4@8" && !document.querySelector("#sides").checkVisibility()`)
	p.calm()
}

// A failure is found, and so is one event before another at the same node.
func TestDebuggerSearches(t *testing.T) {
	p := open(t, launch(t), serveDebugger(t, debugged()), look{})
	p.atAction(0)
	p.press("g")
	p.wait(`document.querySelector(".result").textContent.startsWith("found after")`)
	p.wait(`document.querySelector("#verdict").textContent.includes("is missing from the read")`)

	p.press("f")
	p.wait(`document.activeElement.matches("#find select")`)
	eval[bool](p, `(() => {
		const [first, then] = document.querySelectorAll("#find .bar");
		first.querySelector("select").value = "begin";
		first.querySelector("input").value = "read";
		then.querySelector("select").value = "deliver";
		then.querySelector("input").value = "broadcast";
		return true;
	})()`)
	p.click(`#find button[type="submit"]`)
	p.wait(`document.querySelector(".result").textContent === "not in this execution"`)
	p.click(`[data-key="search"]`)
	p.wait(`document.querySelector(".result").textContent.startsWith("found after")`)
	p.wait(`document.querySelectorAll("#actions .found").length >= 2`)
	require.Contains(t, eval[string](p, `[...document.querySelectorAll("#actions .found")].map((e) => e.textContent).join()`), "read")
	p.calm()
}

// What nodes write is text, whatever it is, and no decisions in an address are more.
func TestHostileDebugger(t *testing.T) {
	const evil = `<img src=x onerror="window.__hacked=1"><script>window.__hacked=1</script>`
	program := func(n *node.Node) {
		n.Show(func() any { return map[string]string{evil: evil} })
		node.Always(n, evil).Check(true)
		node.HandleRPC(n, "echo", func(_ context.Context, r struct{ Echo string }) (struct{ Echo string }, error) {
			n.Logger().Info(evil)
			_ = node.Notify(n, "n1", evil, map[string]string{evil: evil})
			return r, nil
		})
	}
	scope := explore.Scope{Program: program, Workload: "echo", Nodes: 2, Given: []explore.Op{{F: "echo", Value: evil}}}
	p := open(t, launch(t), serveDebugger(t, scope), look{})
	p.atAction(0)
	p.press(kb.ArrowRight)
	p.atAction(1)
	require.Contains(t, eval[string](p, `document.querySelector("#nodes").textContent`), "onerror")
	require.Zero(t, eval[int](p, `document.querySelectorAll("main img, main script").length`))
	for _, hash := range []string{"#" + `%3Cimg src=x onerror=1%3E`, "#0.99@1", "#x@y/z"} {
		eval[bool](p, `(location.hash = `+text(hash)+`) !== ""`)
		p.frames()
	}
	p.wait(`!document.querySelector("#problem").hidden || document.querySelector(".place").textContent !== ""`)
	require.Zero(t, eval[int](p, `document.querySelectorAll("main img, main script").length`))
	require.Equal(t, "undefined", eval[string](p, `typeof window.__hacked`))
}

// Nothing is wider than a small screen, but what scrolls.
func TestDebuggerOnAPhone(t *testing.T) {
	p := open(t, launch(t), serveDebugger(t, debugged())+"#7.4@8", look{width: 360, height: 740, dark: true})
	p.atAction(8)
	require.LessOrEqual(t, eval[int](p, `document.documentElement.scrollWidth`), 360)
	p.calm()
}
