package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"glomers/harness"
	"glomers/internal/terminal"
)

// A display shows the progress of a run. Only the goroutine of the run may use it.
type display interface {
	show(p harness.Progress)
	logger() *slog.Logger // its lines do not disturb the display; for any goroutine
	close()
}

// newDisplay returns a live line on a terminal, and plain log lines elsewhere.
func (c *cli) newDisplay(title string) display {
	if c.terminal {
		return newLiveLine(c.screen, title)
	}
	return &logLines{log: c.log, title: title}
}

// A meter derives rates from successive snapshots of a run.
type meter struct {
	since     harness.Progress // the rates are counted from here
	ops, msgs float64          // per second
}

// update takes a snapshot. The rates change at most once a second, so that they stay readable, and start again with each
// phase.
func (m *meter) update(p harness.Progress) {
	if p.Phase != m.since.Phase {
		*m = meter{since: p}
		return
	}
	if seconds := (p.Elapsed - m.since.Elapsed).Seconds(); seconds >= 1 {
		m.ops = float64(p.Invoked-m.since.Invoked) / seconds
		m.msgs = float64(p.Messages-m.since.Messages) / seconds
		m.since = p
	}
}

// left returns the time that the phase will still last, or "" if it is unknown.
func left(p harness.Progress) string {
	if p.Left <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f s left", p.Left.Seconds())
}

// A liveLine is one line on a terminal that is redrawn repeatedly.
type liveLine struct {
	title  string
	meter  meter
	before atomic.Pointer[string] // the texts before and after the bar
	after  atomic.Pointer[string]
	bars   *mpb.Progress
	bar    *mpb.Bar
	log    *slog.Logger
}

func newLiveLine(w io.Writer, title string) *liveLine {
	l := &liveLine{title: title}
	l.set(title, "")
	l.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(20))
	l.bar = l.bars.AddBar(0,
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return *l.before.Load() })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return *l.after.Load() })))
	l.log = newLog(l.bars, true)
	return l
}

func (l *liveLine) set(before, after string) {
	before, after = terminal.Line(before), terminal.Line(after)
	l.before.Store(&before)
	l.after.Store(&after)
}

func (l *liveLine) show(p harness.Progress) {
	l.meter.update(p)
	after := fmt.Sprintf("%s  %.0f ops/s  ok %d fail %d info %d  %.0f msgs/s  %s",
		left(p), l.meter.ops, p.OK, p.Fail, p.Info, l.meter.msgs, p.Fault)
	if p.Held != "" {
		after = "held: " + p.Held
	}
	l.set(l.title+" "+p.Phase, after)
	l.bar.SetTotal(int64(p.Elapsed+p.Left), false)
	l.bar.SetCurrent(int64(p.Elapsed))
}

func (l *liveLine) logger() *slog.Logger { return l.log }

func (l *liveLine) close() {
	l.bar.Abort(true)
	l.bars.Wait()
}

// logLines writes a line at every change of phase, and every few seconds.
type logLines struct {
	log   *slog.Logger
	title string
	phase string
	held  string
	next  time.Duration // when the next line is due, since the start of the phase
	meter meter
}

// logEvery is the time between two lines.
const logEvery = 5 * time.Second

func (l *logLines) show(p harness.Progress) {
	l.meter.update(p)
	if p.Phase != l.phase || p.Held != l.held && p.Held != "" {
		l.phase, l.next = p.Phase, 0
	}
	l.held = p.Held
	if p.Elapsed < l.next {
		return
	}
	l.next = p.Elapsed + logEvery
	attrs := []slog.Attr{slog.Int("ok", p.OK), slog.Int("fail", p.Fail), slog.Int("info", p.Info)}
	if l.meter.ops > 0 {
		attrs = append(attrs, slog.String("ops/s", fmt.Sprintf("%.0f", l.meter.ops)), slog.String("msgs/s", fmt.Sprintf("%.0f", l.meter.msgs)))
	}
	if s := left(p); s != "" {
		attrs = append(attrs, slog.String("time", s))
	}
	if p.Fault != "" {
		attrs = append(attrs, slog.String("fault", p.Fault))
	}
	if p.Held != "" {
		attrs = append(attrs, slog.String("held", p.Held))
	}
	l.log.LogAttrs(context.Background(), slog.LevelInfo, l.title+": "+p.Phase, attrs...)
}

func (l *logLines) logger() *slog.Logger { return l.log }
func (l *logLines) close()               {}

// noProgress is for runs that are soon over, or of which several go on at a time: their ends are enough.
type noProgress struct{ log *slog.Logger }

func (n noProgress) show(harness.Progress) {}
func (n noProgress) logger() *slog.Logger  { return n.log }
func (n noProgress) close()                {}
