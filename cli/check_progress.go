package cli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"glomers/internal/program"
	"glomers/internal/terminal"
)

// A watch shows how long the work has taken and how much of a file has been read: on a terminal as a bar, elsewhere as a
// line every few seconds.
type watch struct {
	start time.Time
	size  int64 // of the file; 0 if unknown
	read  atomic.Int64
	phase atomic.Pointer[string]

	bars *mpb.Progress
	bar  *mpb.Bar
	end  chan struct{} // closed by close
	done sync.WaitGroup
}

// newWatch returns a watch of the work on a file of the given size; close ends it.
func (c *cli) newWatch(size int64) *watch {
	w := &watch{start: time.Now(), size: size, end: make(chan struct{})}
	w.begin("starting")
	if c.terminal {
		w.bars = mpb.New(mpb.WithOutput(c.screen), mpb.WithWidth(20))
		w.bar = w.bars.AddBar(max(size, 1),
			mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return *w.phase.Load() + " " })),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + w.progress() })))
		return w
	}
	w.done.Go(func() {
		for every := time.NewTicker(logEvery); ; {
			select {
			case <-every.C:
				c.log.Info(*w.phase.Load(), "progress", w.progress())
			case <-w.end:
				every.Stop()
				return
			}
		}
	})
	return w
}

// begin starts a new phase of the work.
func (w *watch) begin(phase string) {
	phase = terminal.Line(phase)
	w.phase.Store(&phase)
}

func (w *watch) progress() string {
	text := fmt.Sprintf("%d MiB", w.read.Load()>>20)
	if w.size > 0 {
		text = fmt.Sprintf("%s of %d MiB", text[:len(text)-len(" MiB")], w.size>>20)
	}
	return fmt.Sprintf("%s read, %.0f s", text, time.Since(w.start).Seconds())
}

// of returns a reader that reads from r and counts the bytes.
func (w *watch) of(r io.Reader) io.Reader { return watched{r, w} }

type watched struct {
	io.Reader
	w *watch
}

func (r watched) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	total := r.w.read.Add(int64(n))
	if r.w.bar != nil {
		r.w.bar.SetCurrent(min(total, max(r.w.size, 1)-1)) // a full bar would be removed
	}
	return n, err
}

func (w *watch) close() {
	close(w.end)
	w.done.Wait()
	if w.bar != nil {
		w.bar.Abort(true)
		w.bars.Wait()
	}
}

// await returns the result of f, or ErrInterrupted as soon as ctx is done. In that case f continues until the program ends,
// so await is for work that cannot be stopped.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1) // so that f can end after await has returned
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, program.ErrInterrupted
	}
}
