package browser

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// ready waits until a report shows the run.
func (p *page) ready() {
	p.t.Helper()
	p.wait(`window.spy && spy.drawn && spy.plots.length > 0 && document.querySelector("#contents a")`)
}

// frames waits until the page has drawn all pending changes.
func (p *page) frames() {
	p.t.Helper()
	eval[bool](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// shown returns the number of messages in the diagram.
func (p *page) shown() int {
	p.t.Helper()
	p.frames()
	return eval[int](p, `spy.drawn.count`)
}

// A span is a part of a run, in ns.
type span struct{ From, To float64 }

// window returns the part of the run that the diagram shows.
func (p *page) window() span {
	p.t.Helper()
	p.frames()
	return eval[span](p, `({From: spy.scene.from, To: spy.scene.to})`)
}

// charted returns the data that a chart shows.
func (p *page) charted(chart int) span {
	p.t.Helper()
	p.frames()
	min, max := eval[[]float64](p, `spy.plots.map((p) => p.scales.x.min)`), eval[[]float64](p, `spy.plots.map((p) => p.scales.x.max)`)
	return span{1e9 * min[chart], 1e9 * max[chart]}
}

const wholeRun = `{From: 0, To: spy.run.duration}`

func TestReport(t *testing.T) {
	dir, _ := simulate(t, partitioned(t))
	p := open(t, launch(t), report(dir), look{})
	p.ready()
	for _, step := range []struct {
		name string
		test func(*testing.T, *page)
	}{
		{"verdict", verdictIsShown},
		{"faults are shaded", faultsAreShaded},
		{"filter", filterByType},
		{"cluster", clusterMoves},
		{"zoom", zoomTogether},
		{"follow a value", followValue},
		{"a message", messageOpens},
		{"history", historyIsSearched},
	} {
		t.Run(step.name, func(t *testing.T) {
			p.t = t
			step.test(t, p)
			p.calm()
		})
		p.t = t
	}
}

func verdictIsShown(t *testing.T, p *page) {
	require.Equal(t, "valid", eval[string](p, `document.querySelector("#title .badge").textContent`))
	require.Equal(t, "valid: broadcast · glomers", eval[string](p, `document.title`))
	require.Contains(t, eval[string](p, `document.querySelector("#verdict").textContent`), "faults: partition")
}

// While a fault was in force, the background of the diagram and of every chart has another colour than at the end, when
// there was no fault.
func faultsAreShaded(t *testing.T, p *page) {
	p.frames()
	require.Positive(t, eval[int](p, `spy.run.faults.length`))
	const different = `(canvas, y, xs) => new Set(xs.map((x) => [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join())).size === xs.length`
	const times = `[(spy.run.faults[0].begin + spy.run.faults[0].end) / 2, 0.97 * spy.run.duration]`
	require.True(t, eval[bool](p, `(`+different+`)(spy.canvas, spy.scene.layout.bottom - 2,
		`+times+`.map((t) => spy.scene.layout.x(t, spy.scene.from, spy.scene.to)))`), "in the diagram")
	require.True(t, eval[bool](p, `spy.plots.every((plot) => (`+different+`)(plot.ctx.canvas, plot.bbox.top + plot.bbox.height - 3,
		`+times+`.map((t) => plot.valToPos(t / 1e9, "x", true))))`), "in the charts")
}

func filterByType(t *testing.T, p *page) {
	all := p.shown()
	p.clickText("#diagram .chip", "broadcast")
	p.wait(`spy.drawn.count < ` + text(all))
	of := eval[int](p, `spy.run.messages.type.filter((t) => spy.run.types[t] === "broadcast").length`)
	require.Positive(t, of)
	require.Equal(t, all-of, p.shown())
	require.Equal(t, "false", eval[string](p, `[...document.querySelectorAll("#cluster .chip")].find((e) => e.textContent === "broadcast").ariaPressed`),
		"the other view hides it too")
	p.clickText("#diagram .chip", "broadcast")
	p.wait(`spy.drawn.count === ` + text(all))
}

func clusterMoves(t *testing.T, p *page) {
	const clock = `document.querySelector("#cluster output").textContent`
	before := eval[string](p, clock)
	p.clickAt(p.at(`#cluster input[type="range"]`, 0.5, 0.5))
	p.wait(clock + ` !== ` + text(before))
	require.InDelta(t, eval[float64](p, `spy.run.duration / 2e9`), eval[float64](p, `parseFloat(`+clock+`)`), 1)
	p.wait(`!document.querySelector(".diagram-cursor").hidden`)
	p.wait(`!document.querySelector("#charts .moment").hidden`)

	moment := eval[string](p, clock)
	p.clickText("#cluster button", "Play")
	p.wait(clock + ` > ` + text(moment))
	p.clickText("#cluster button", "Stop")
	p.frames()
	moment = eval[string](p, clock)
	p.frames()
	require.Equal(t, moment, eval[string](p, clock), "it stands still")

	p.click("#cluster canvas")
	p.press(" ")
	p.wait(clock + ` > ` + text(moment))
	p.press(" ")
	p.wait(`document.querySelector("#cluster button").ariaLabel === "Play"`)
}

func zoomTogether(t *testing.T, p *page) {
	whole := eval[span](p, `(`+wholeRun+`)`)
	require.Equal(t, whole, p.window())
	p.clickText("#charts button", "Zoom in")
	p.wait(`spy.scene.to - spy.scene.from < spy.run.duration`)
	half := p.window()
	require.InDelta(t, (whole.To-whole.From)/2, half.To-half.From, 1)
	require.InDelta(t, half.From, p.charted(0).From, 1e3)
	require.InDelta(t, half.To, p.charted(3).To, 1e3)

	p.drag(p.at("#charts .u-over", 0.25, 0.5), p.at("#charts .u-over", 0.5, 0.5))
	p.wait(`spy.scene.to - spy.scene.from < ` + text(0.9*(half.To-half.From)))
	quarter := p.window()
	require.InDelta(t, (half.To-half.From)/4, quarter.To-quarter.From, 0.01*(half.To-half.From))
	for chart := range 4 {
		require.InDelta(t, quarter.From, p.charted(chart).From, 1e3)
		require.InDelta(t, quarter.To, p.charted(chart).To, 1e3)
	}
	p.clickText("#charts button", "Whole run")
	p.wait(`spy.scene.to - spy.scene.from === spy.run.duration`)
	require.Equal(t, whole, p.window())
}

// followed is the value that the tests follow.
const followed = "7"

func followValue(t *testing.T, p *page) {
	p.enter(`#diagram input[type="text"]`, followed)
	p.wait(`spy.scene.marks`)
	p.frames()
	note := eval[string](p, `document.querySelector("#diagram .view-note").textContent`)
	require.Regexp(t, `Carrying 7: \d+ messages, \d+ of them lost.*n\d had it first, at 1\.\d+ s; n\d was the last to get it, at \d+\.\d+ s\.`, note)
	require.Less(t, p.window().To, eval[float64](p, `spy.run.duration`), "it shows the time until all had it")
	marked := eval[[]int](p, `[...spy.scene.marks.keys()].filter((m) => spy.scene.marks[m])`)
	require.NotEmpty(t, marked)
	require.NotEmpty(t, eval[[]int](p, `[...spy.scene.marks.keys()].filter((m) => spy.scene.marks[m] === modules["emphasis.js"].Emphasis.full)`))
	for _, m := range marked {
		require.Regexp(t, `\b7\b`, eval[string](p, `spy.run.messages.body(`+text(m)+`)`))
	}
}

// A click on an arrow shows the message with its body.
func messageOpens(t *testing.T, p *page) {
	p.frames()
	p.at("#diagram canvas", 0.5, 0.5) // scrolls there
	type arrow struct {
		point
		Message int
	}
	at := eval[arrow](p, `(() => {
		const {scene, drawn, canvas, run} = spy;
		const {layout, index, from, to} = scene, {src, dest, sent} = run.messages;
		const corner = canvas.getBoundingClientRect();
		for (const m of drawn.arrows) {
			const x = (layout.x(sent[m], from, to) + layout.x(index.end[m], from, to)) / 2;
			const y = (layout.y(src[m], dest[m]) + layout.y(dest[m], src[m])) / 2;
			if (x > layout.left && modules["diagramview.js"].nearest(scene, drawn.arrows, x, y) === m) {
				return {X: corner.left + x, Y: corner.top + y, Message: m};
			}
		}
	})()`)
	p.clickAt(at.point)
	p.wait(`!document.querySelector(".diagram-panel").hidden`)
	p.frames()
	require.Equal(t, at.Message, eval[int](p, `spy.scene.selected`))
	want := eval[string](p, `spy.run.messages.body(spy.scene.selected)`)
	require.JSONEq(t, want, eval[string](p, `document.querySelector(".diagram-panel pre").textContent`))
	p.press("n")
	p.wait(`spy.scene.selected !== ` + text(at.Message))
	require.Positive(t, eval[int](p, `spy.scene.marks[spy.scene.selected]`), "the next one of those that carry the value")
	p.press(kb.Escape)
	p.wait(`document.querySelector(".diagram-panel").hidden`)
	p.frames()
	require.False(t, eval[bool](p, `Boolean(spy.scene.marks)`), "Escape lets go of the value, too")
}

func historyIsSearched(t *testing.T, p *page) {
	p.search("start-partition")
	rows := eval[[]string](p, `[...document.querySelectorAll("#history .rows .row")].map((row) => row.textContent)`)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		require.Contains(t, row, "start-partition")
	}
}

// search searches the history for texts that some events contain and others do not.
func (p *page) search(text string) {
	p.t.Helper()
	const found = `document.querySelector("#history [role=status]").textContent.match(/[\d,]+/g)`
	p.enter(`#history input[type="search"]`, text)
	p.wait(`((found) => found[0] !== "0" && found[0] !== found[1])(` + found + `)`)
	p.frames()
}

// text writes a value as JavaScript.
func text(value any) string {
	b, _ := json.Marshal(value) // numbers and strings can be written
	return string(b)
}
