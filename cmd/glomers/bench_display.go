package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"glomers/internal/results"
)

// A tally shows how far a set is: a line for each run that is finished, and on a terminal a bar below. A display is of one
// run, and there may be several at a time here. All goroutines may use it.
type tally struct {
	log  *slog.Logger
	bars *mpb.Progress // nil without a terminal
	bar  *mpb.Bar

	mu    sync.Mutex
	done  int
	total int // 0 means that nobody knows
}

// newTally returns the tally of a set of so many runs; close ends it.
func (c *cli) newTally(title string, total int) *tally {
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

// add takes note of a run, and says what came out.
func (t *tally) add(p results.Point, r results.Run) {
	level, text := slog.LevelInfo, fmt.Sprintf("%s: %s", p, r.Verdict)
	if r.Verdict != results.Valid {
		level = slog.LevelError
		text += ": " + strings.Join(r.Reasons, "; ")
	}
	switch {
	case len(r.Distorted) > 0:
		text += fmt.Sprintf(", but the machine distorted it, as it did %d before it: %s", r.Repeats, strings.Join(r.Distorted, "; "))
	case r.Repeats > 0:
		text += fmt.Sprintf(", after %d that the machine distorted", r.Repeats)
	}
	t.write(level, text, slog.Uint64("seed", r.Seed), slog.Float64("msgs/op", r.Values[msgsPerOp]))
}

// line takes note of a result of "go test".
func (t *tally) line(text string) { t.write(slog.LevelInfo, strings.Join(strings.Fields(text), " ")) }

func (t *tally) write(level slog.Level, text string, attrs ...slog.Attr) {
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

func (t *tally) close() {
	if t.bar != nil {
		t.bar.Abort(true)
		t.bars.Wait()
	}
}
