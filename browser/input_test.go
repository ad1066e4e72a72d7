package browser

import (
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A point is in CSS pixels from the upper left corner of the window.
type point struct{ X, Y float64 }

// at returns a point within an element; (0, 0) is its upper left corner and (1, 1) its lower right. It scrolls there and
// waits until the page is drawn, because browsers ignore clicks before that.
func (p *page) at(selector string, x, y float64) point {
	p.t.Helper()
	p.wait(`document.querySelector(` + text(selector) + `)`)
	eval[bool](p, `document.querySelector(`+text(selector)+`).scrollIntoView({block: "center"}) === undefined`)
	p.frames()
	return eval[point](p, fmt.Sprintf(`((r) => ({X: r.left + %g * r.width, Y: r.top + %g * r.height}))(document.querySelector(%s).getBoundingClientRect())`,
		x, y, text(selector)))
}

// click clicks the middle of the element, with the mouse.
func (p *page) click(selector string) {
	p.t.Helper()
	p.clickAt(p.at(selector, 0.5, 0.5))
}

func (p *page) clickAt(at point) {
	p.t.Helper()
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// clickText clicks the first element that the selector finds and that has this text or this name.
func (p *page) clickText(selector, label string) {
	p.t.Helper()
	const mark = "data-clicked"
	found := eval[bool](p, fmt.Sprintf(`(() => {
		document.querySelector("[%[1]s]")?.removeAttribute("%[1]s");
		const e = [...document.querySelectorAll(%[2]s)].find((e) => e.textContent.trim() === %[3]s || e.ariaLabel === %[3]s);
		e?.setAttribute("%[1]s", "");
		return Boolean(e);
	})()`, mark, text(selector), text(label)))
	require.True(p.t, found, "%s with the text %q", selector, label)
	p.click("[" + mark + "]")
}

// drag moves the mouse with the button held down.
func (p *page) drag(from, to point) {
	p.t.Helper()
	p.do(chromedp.DragAndDropXY(from.X, from.Y, to.X, to.Y))
}

// enter replaces the text in a field and presses Enter.
func (p *page) enter(selector, value string) {
	p.t.Helper()
	p.click(selector)
	eval[bool](p, `document.activeElement.select() === undefined`)
	p.press("\b" + value + "\r")
}

// press presses keys, one after the other.
func (p *page) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}
