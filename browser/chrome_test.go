// Package browser tests the pages in a real browser: the report of a run, and the pages of glomers serve. It is a separate
// module, so that programs that import glomers do not depend on a browser driver.
//
//	go -C browser test ./...
//	go -C browser test ./... -run TestScreenshots -screenshots ../docs/screenshots
//
// The tests need /usr/bin/chromium, or chromium in PATH; without it they are skipped. They wait for conditions, never for a
// fixed time.
package browser

import (
	"cmp"
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for anything: test machines may be slow and busy.
const patience = time.Minute

// launch starts a browser for a test, or skips it.
func launch(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: needs chromium")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Env("TMPDIR=" + t.TempDir()), // it does not tidy up after itself if it is killed
		chromedp.WindowSize(1280, 900),
	}
	for _, flag := range []string{
		"no-sandbox", "disable-gpu", "no-first-run", "no-default-browser-check", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-extensions", "mute-audio", "hide-scrollbars",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.Flag("headless", "new"))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel) // ends the browser, before its directory goes
	require.NoError(t, chromedp.Do(ctx), "chromium does not start")
	return ctx
}

// A look is a way to show a page. The zero value is a light window of 1280×900.
type look struct {
	width, height int64
	scale         float64
	dark          bool
}

// A page is a page in a tab of the browser.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // the errors that the page reported
}

// open shows a page in a new tab and waits until it has loaded. The tab closes with the test.
func open(t *testing.T, browser context.Context, url string, l look) *page {
	t.Helper()
	l.width, l.height, l.scale = cmp.Or(l.width, 1280), cmp.Or(l.height, 900), cmp.Or(l.scale, 1)
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, p.hear)) // opens the tab
	p.do(
		chromedp.EmulateViewport(l.width, l.height, chromedp.EmulateScale(l.scale)),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
		command(cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: spy}),
		chromedp.Navigate(url),
	)
	return p
}

// spy runs in every page before its own scripts. It gives tests access to the private state of a report: its run, its bus,
// its charts, and the drawing of the space-time diagram.
const spy = `document.addEventListener("DOMContentLoaded", () => {
	if (typeof modules === "undefined") return;
	window.spy = {plots: []};
	const bus = modules["bus.js"], data = modules["rundata.js"], view = modules["diagramview.js"];
	const {create} = bus, {read} = data, {draw} = view;
	bus.create = () => spy.bus = create();
	data.read = async () => spy.run = await read();
	view.draw = (canvas, scene) => {
		spy.canvas = canvas;
		spy.scene = scene;
		return spy.drawn = draw(canvas, scene);
	};
	uPlot = new Proxy(uPlot, {construct(target, args) {
		const plot = Reflect.construct(target, args);
		spy.plots.push(plot);
		return plot;
	}});
});`

// hear records the page's errors.
func (p *page) hear(event any) {
	var problem string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			problem += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var all []string
			for _, arg := range e.Args {
				all = append(all, string(arg.Value)+arg.Description)
			}
			problem = strings.Join(all, " ")
		}
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError {
			problem = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if problem != "" {
		p.mu.Lock()
		p.problems = append(p.problems, problem)
		p.mu.Unlock()
	}
}

// calm fails the test if the page has reported an error, or if a text in it has been executed.
func (p *page) calm() {
	p.t.Helper()
	require.Equal(p.t, "undefined", eval[string](p, `typeof window.__hacked`))
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.problems)
}

// command is an action that sends the browser a command.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// do performs actions in the page's tab.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	run(p, chromedp.Steps(actions...))
}

// run performs an action in the page's tab and returns its result.
func run[T any](p *page, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	require.NoError(p.t, err)
	return value
}

// eval returns the value of a JavaScript expression, which may be a promise.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	return run(p, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// wait waits until a JavaScript expression is true. While the page changes to another, it is not.
func (p *page) wait(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(`+expression+`)`))
		if err == nil && is {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			require.FailNow(p.t, "never true: "+expression, "%v; the page says %v", err, p.problems)
		}
	}
}
