package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"glomers/internal/bench"
)

// A tally writes a line for each finished run, and on a terminal a bar below. A display is for one
// run, whereas a tally is for several at a time.
type tally struct {
	log  *slog.Logger
	bars *mpb.Progress // nil without a terminal
	bar  *mpb.Bar

	mu    sync.Mutex
	done  int
	total int // 0 if it is not known
}

// newTally returns the tally of a set; Close ends it.
func (c *cli) newTally(title string, total int) bench.Tally {
	t := &tally{log: c.log, total: total}
	if c.terminal {
		t.draw(c.screen, title)
	}
	return t
}

func (t *tally) draw(w io.Writer, title string) {
	t.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	t.bar = t.bars.AddBar(int64(t.total),
		mpb.PrependDecorators(decor.Name(title+" "), decor.CurrentNoUnit("%d"), decor.TotalNoUnit(" of %d ")),
		mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_MMSS)))
	t.log = newLog(t.bars, true)
}

// Add implements bench.Tally.
func (t *tally) Add(level slog.Level, text string, attrs ...slog.Attr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	progress := fmt.Sprint(t.done)
	if t.total > 0 {
		progress += fmt.Sprintf("/%d", t.total)
	}
	t.log.LogAttrs(context.Background(), level, progress+" "+text, attrs...)
	if t.bar != nil {
		t.bar.Increment()
	}
}

// Close implements bench.Tally.
func (t *tally) Close() {
	if t.bar != nil {
		t.bar.Abort(true)
		t.bars.Wait()
	}
}
