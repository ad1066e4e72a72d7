package browser

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The pages fit on a phone, and are dark if the reader prefers that.
func TestLooks(t *testing.T) {
	store := t.TempDir()
	dir := failing(t, store)
	simulate(t, echoes(t, store, 1))
	address := serveStore(t, store)
	run := address + "/run/broadcast/" + filepath.Base(dir) + "/"
	browser := launch(t)
	for name, url := range map[string]string{
		"report": report(dir), "list": address, "run": run, "delete": run + "delete", "error": run + "nosuch", "served report": run + "report",
		"compare": address + "/compare?run=broadcast/" + filepath.Base(dir) + "&run=broadcast/" + filepath.Base(dir),
	} {
		t.Run(name, func(t *testing.T) {
			ground := make(map[bool]string)
			for _, dark := range []bool{false, true} {
				p := open(t, browser, url, look{width: 390, height: 844, dark: dark})
				p.wait(`document.querySelector("main")`)
				switch name {
				case "report":
					p.ready()
					p.click(".reasons button") // opens the inspector
				case "served report":
					inside := p.inside()
					inside.reported()
					inside.fits()
				case "run":
					p.wait(`document.querySelector("#functions tr")`)
				}
				p.frames()
				p.fits()
				require.Equal(t, 390, eval[int](p, `innerWidth`))
				ground[dark] = eval[string](p, `getComputedStyle(document.body).backgroundColor`)
			}
			require.NotEqual(t, ground[false], ground[true])
		})
	}
}

// fits requires that no element is wider than the window.
func (p *page) fits() {
	p.t.Helper()
	require.LessOrEqual(p.t, eval[int](p, `document.scrollingElement.scrollWidth`), eval[int](p, `innerWidth`), p.wide())
}

// wide names the elements that do not fit the window.
func (p *page) wide() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
		.map((e) => e.tagName + "#" + e.id + "." + e.className).slice(0, 20)`)
}
