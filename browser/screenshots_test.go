package browser

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"glomers/harness"
)

var screenshots = flag.String("screenshots", "", "take the pictures for the documents, into this `directory`")

// TestScreenshots takes the pictures in docs/screenshots: of real processes, in real time.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("skipped: needs -screenshots")
	}
	store := t.TempDir()
	dirs := runAll(t, store)
	good := report(dirs["broadcast"])
	browser := launch(t)

	p := open(t, browser, good, look{})
	p.ready()
	p.picture("report")

	p = open(t, browser, good, look{height: 620})
	p.ready()
	p.enter(`#diagram input[type="text"]`, cutOff(p))
	p.wait(`spy.scene.marks`)
	p.top("#diagram")
	p.picture("messages")

	p = open(t, browser, good, look{height: 810})
	p.ready()
	eval[bool](p, `spy.bus.emit("time", `+busy+`) === undefined`)
	p.top("#cluster")
	p.picture("cluster")

	p = open(t, browser, report(dirs["broken"]), look{})
	p.ready()
	p.click(".reasons button")
	p.wait(`!document.querySelector("#inspector").hidden`)
	p.top("#verdict")
	p.picture("invalid")

	p = open(t, browser, report(dirs["broken"])+"#why", look{height: 560})
	p.ready()
	p.wait(`document.querySelector("#why1 img").naturalWidth > 100`)
	p.top("#why")
	p.picture("why")

	p = open(t, browser, serveStore(t, store), look{height: 460})
	p.wait(`document.querySelector("#runs tbody tr")`)
	p.picture("serve")

	p = open(t, browser, serveDebugger(t, debugged())+"#1.7-2.6@4", look{height: 860})
	p.atAction(4)
	p.picture("debugger")

	p = open(t, browser, good, look{width: 390, height: 844, scale: 1.5, dark: true})
	p.ready()
	p.top("#diagram")
	p.picture("phone")
}

// runAll runs the solutions and a broken node, all at once, and returns the directories of their files.
func runAll(t *testing.T, store string) map[string]string {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-C", "..", "-o", bin, "./broadcast", "./g-counter", "./kafka-log", "./unique-ids")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	solution := func(workload, name string, rate float64) harness.Test {
		test := partitioned(t)
		test.Workload, test.Program, test.Rate, test.Store = workload, harness.Binary(filepath.Join(bin, name)), rate, store
		return test
	}
	broken := partitioned(t)
	broken.Program, broken.Store = mutant(t, "broadcast-no-retry"), store
	tests := map[string]harness.Test{
		"broadcast": solution("broadcast", "broadcast", 10), "broken": broken, "g-counter": solution("g-counter", "g-counter", 50),
		"kafka": solution("kafka", "kafka-log", 50), "unique-ids": solution("unique-ids", "unique-ids", 100),
	}
	var mu sync.Mutex // guards dirs
	dirs := make(map[string]string)
	var all sync.WaitGroup
	for name, test := range tests {
		all.Go(func() {
			res, err := harness.Run(t.Context(), test)
			assert.NoError(t, err)
			mu.Lock()
			defer mu.Unlock()
			dirs[name] = res.Dir
		})
	}
	all.Wait()
	return dirs
}

// busy is the moment during the first fault at which the most messages are under way between nodes, at the slowed-down speed
// of the cluster view.
const busy = `(() => {
	const {sent, src, dest} = spy.run.messages, {begin, end} = spy.run.faults[0];
	const isNode = (p) => spy.run.parties[p].role === "node";
	const starts = sent.filter((t, m) => t > begin && t < end && isNode(src[m]) && isNode(dest[m]));
	const under = (t) => starts.filter((start) => start < t && t < start + 0.3e9).length;
	return starts.map((t) => t + 0.05e9).reduce((best, t) => under(t) > under(best) ? t : best);
})()`

// cutOff returns the value of the first broadcast within a partition.
func cutOff(p *page) string {
	p.t.Helper()
	return eval[string](p, `spy.run.ops.find((op) => op.type === "invoke" && op.f === "broadcast" && op.time > spy.run.faults[0].begin + 1e9).value`)
}

// top scrolls to the beginning of a section of the page.
func (p *page) top(selector string) {
	p.t.Helper()
	eval[bool](p, `document.querySelector(`+text(selector)+`).scrollIntoView() === undefined`)
}

// picture takes a picture of the window, reduced to 256 colours to keep the file small.
func (p *page) picture(name string) {
	p.t.Helper()
	p.frames()
	shot, err := png.Decode(bytes.NewReader(run(p, chromedp.CaptureScreenshot())))
	require.NoError(p.t, err)
	count := make(map[color.Color]int)
	for y := range shot.Bounds().Dy() {
		for x := range shot.Bounds().Dx() {
			count[shot.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	few := image.NewPaletted(shot.Bounds(), colours[:min(len(colours), 256)])
	draw.Draw(few, few.Rect, shot, image.Point{}, draw.Src)

	f, err := os.Create(filepath.Join(*screenshots, name+".png"))
	require.NoError(p.t, err)
	require.NoError(p.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, few))
	require.NoError(p.t, f.Close())
}
