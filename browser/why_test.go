package browser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	harnessreport "glomers/harness/report"
)

// stale returns the files of a run whose explanation has operations and messages.
func stale(t *testing.T) (dir string, res harness.Result) {
	t.Helper()
	dir, res = simulate(t, harness.Test{
		Workload: "txn-list-append", Program: mutant(t, "append-stale"), Rate: 20, TimeLimit: 5 * time.Second, Seed: 1,
	})
	require.Equal(t, check.Invalid, res.Valid)
	require.NotEmpty(t, res.Why)
	return dir, res
}

// A cause is told and drawn, and its steps lead to their messages and operations.
func TestStoryLeadsToItsMessages(t *testing.T) {
	dir, res := stale(t)
	p := open(t, launch(t), report(dir), look{})
	p.ready()
	require.Equal(t, res.Why[0].Headline, eval[string](p, `document.querySelector("#why1 h3").textContent`))
	require.Len(t, res.Why[0].Story, eval[int](p, `document.querySelectorAll("#why1 li").length`))
	p.wait(`document.querySelector("#why1 img").naturalWidth > 100`)
	require.Contains(t, eval[string](p, `document.querySelector("#why1 .so").textContent`), res.Why[0].So)
	for i := range res.Why {
		require.Equal(t, i < 3, eval[bool](p, `document.getElementById("why`+text(i+1)+`").open`), "the first few are open")
	}

	for range 2 { // also again, when the address does not change
		p.click(`#why1 a[href^="#m"]`)
		p.wait(`!document.querySelector(".diagram-panel").hidden && scrollY > 0`)
		p.frames()
		id := eval[int](p, `Number(location.hash.slice(2))`)
		require.Equal(t, id, eval[int](p, `spy.run.messages.id[spy.scene.selected]`))
		require.Less(t, p.window().To-p.window().From, eval[float64](p, `spy.run.duration / 2`), "the diagram shows its surroundings")
		eval[bool](p, `spy.bus.emit("select-message", -1) === undefined`)
	}
	p.click(`#why1 a[href^="#op"]`)
	p.wait(`!document.querySelector("#inspector").hidden`)
	require.Equal(t, eval[string](p, `"Operation " + location.hash.slice(3)`), eval[string](p, `document.querySelector("#inspector h2").textContent`))
	p.calm()
}

// An address leads to the place that a console names.
func TestAddressLeadsIntoTheReport(t *testing.T) {
	dir, res := stale(t)
	browser := launch(t)
	anchor := harnessreport.Anchor(1, res.Why[0])
	require.Regexp(t, `^m\d+$`, anchor)
	p := open(t, browser, report(dir)+"#"+anchor, look{})
	p.ready()
	p.wait(`!document.querySelector(".diagram-panel").hidden && scrollY > 0`)
	p.frames()
	require.Equal(t, anchor, eval[string](p, `"m" + spy.run.messages.id[spy.scene.selected]`))
	p.wait(`document.querySelector("#diagram").getBoundingClientRect().top < innerHeight / 2`)

	const missing = `document.querySelector("main > .problem")`
	visit := func(anchor string) { eval[bool](p, `Boolean(location.hash = `+text(anchor)+`)`) }
	visit("m999999999")
	p.wait(`!` + missing + `.hidden`)
	require.Contains(t, eval[string](p, missing+`.textContent`), "Message 999999999 is not in this page")
	visit("why1")
	p.wait(missing + `.hidden && Math.abs(document.querySelector("#why1").getBoundingClientRect().top) < 100`)
	p.calm()
}

// The page of a run in glomers serve leads to its explanation, within the frame of the report.
func TestServeLeadsToTheExplanation(t *testing.T) {
	dir, res := stale(t)
	p := open(t, launch(t), serveStore(t, filepath.Dir(filepath.Dir(dir)))+"/run/txn-list-append/"+filepath.Base(dir)+"/", look{})
	p.wait(`document.querySelector("p.why a")`)
	require.Equal(t, res.Why[0].Headline, eval[string](p, `document.querySelector("p.why a").textContent`))
	p.click("p.why a")
	inside := p.inside()
	inside.reported()
	inside.wait(`location.hash === "#why1" && Math.abs(document.querySelector("#why1").getBoundingClientRect().top) < 100`)
	inside.calm()
	p.calm()
}

// A message for which the page has no room leads to the cause that tells of it, which is unfolded.
func TestAddressOfAMessageThatIsNotShown(t *testing.T) {
	dir, res := stale(t)
	anchor := harnessreport.Anchor(1, res.Why[0])
	file := filepath.Join(dir, "results.json")
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(old, &all))
	other := map[string]any{"headline": "another", "so": "nothing"}
	all["why"] = append([]any{other, other, other, other}, all["why"].([]any)...)
	changed, err := json.Marshal(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, changed, 0o600))
	require.NoError(t, os.Remove(filepath.Join(dir, "journal.jsonl")))
	require.NoError(t, harnessreport.Options{}.Write(dir))

	p := open(t, launch(t), report(dir)+"#"+anchor, look{})
	p.wait(`document.querySelector("#why5") && document.querySelector("#why5").open`)
	require.False(t, eval[bool](p, `document.querySelector("main > .problem").hidden`))
	require.False(t, eval[bool](p, `document.querySelector("#why4").open`))
	p.calm()
}
