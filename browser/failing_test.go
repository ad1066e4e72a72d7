package browser

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
)

// A reason links to its operation, the operation to its messages, and these to the place where the value was lost.
func TestReportOfAFailingNode(t *testing.T) {
	p := open(t, launch(t), report(failing(t, "")), look{})
	p.ready()
	require.Equal(t, "invalid", eval[string](p, `document.querySelector("#title .badge").textContent`))
	require.Contains(t, eval[string](p, `document.querySelector(".reasons").textContent`), "is missing from the read")

	p.click(".reasons button")
	p.wait(`!document.querySelector("#inspector").hidden`)
	require.Equal(t, eval[string](p, `document.querySelector(".reasons button").ariaLabel`), eval[string](p, `document.querySelector("#inspector h2").textContent`))
	p.wait(`document.querySelector("#history .row[aria-selected=true]")`)
	require.Contains(t, eval[string](p, `document.querySelector("#diagram .view-note").textContent`), "Operation ")

	lost := eval[[]string](p, `[...document.querySelectorAll("#inspector .messages button.lost")].map((e) => e.textContent)`)
	require.NotEmpty(t, lost, "the value was lost on its way")
	p.click("#inspector .messages button.lost")
	p.wait(`!document.querySelector(".diagram-panel").hidden`)
	require.Contains(t, eval[string](p, `document.querySelector(".diagram-panel").textContent`), "outcomelost on the way")

	const follow = `[...document.querySelectorAll("#diagram .view-bar button")].find((e) => e.textContent.startsWith("Follow ")).textContent`
	p.clickText("#diagram .view-bar button", eval[string](p, follow))
	p.wait(`spy.scene.marks && document.querySelector("#diagram .view-note").textContent.includes("never got it")`)
	p.click("#inspector .close")
	p.wait(`document.querySelector("#inspector").hidden`)
	p.calm()
}

// A cycle of transactions is drawn, and described for readers who cannot see the picture.
func TestCycleIsShown(t *testing.T) {
	dir, res := simulate(t, harness.Test{
		Workload: "txn-list-append", Program: mutant(t, "append-stale"), Rate: 20, TimeLimit: 5 * time.Second, Seed: 1,
	})
	require.Equal(t, check.Invalid, res.Valid)
	p := open(t, launch(t), report(dir), look{})
	p.ready()
	p.wait(`document.querySelector(".pictures details[open] img").naturalWidth > 300`)
	require.Contains(t, eval[string](p, `document.querySelector(".pictures img").alt`), "T1 (op ")
}
