package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"glomers/harness/history"
	"glomers/harness/record"
)

// maxStreams is how many pages can follow runs at the same time.
const maxStreams = 32

// events sends what happens in a run as server-sent events: start, with the scale; update, as often as there is something new;
// and end. For a run that has ended, all of that comes at once.
func (s *Server) events(w http.ResponseWriter, r *http.Request, f *folder) error {
	if s.streams.Add(1) > maxStreams {
		s.streams.Add(-1)
		return &failure{http.StatusServiceUnavailable, "Too many pages follow runs. Close some, and load this one again."}
	}
	defer s.streams.Add(-1)
	file, err := f.openFile("history.jsonl")
	if err != nil {
		return err
	}
	defer file.Close()
	test, _ := f.test()                            // if it cannot be read, the scale is not known
	limit, _ := time.ParseDuration(test.TimeLimit) // as above: 0
	out := stream{w, http.NewResponseController(w)}
	_ = out.control.SetReadDeadline(time.Time{}) // it would end the stream; where there is none, nothing has to be done
	w.Header().Set("Content-Type", "text/event-stream")
	follower := newFollower(limit, test.Rate)
	if err := out.send("start", map[string]int64{"width": follower.width, "limit": int64(limit)}); err != nil {
		return nil // who asked has gone
	}
	if s.follow(r.Context(), follower, file, out) != nil {
		return nil // as above
	}
	if one, err := s.summary(r.Context(), f); err == nil {
		_ = out.send("end", map[string]string{"state": one.State}) // as above
	}
	return nil
}

// follow sends updates until the run has ended.
func (s *Server) follow(ctx context.Context, f *follower, file *os.File, out stream) error {
	in := &io.LimitedReader{R: file, N: history.MaxFile}
	lines := record.NewLines(in)
	look := time.NewTicker(s.interval)
	defer look.Stop()
	for sent := -1; ; {
		goesOn := record.Running(file) // before the reading: what was written until the end is there then
		atEnd, err := s.catchUp(ctx, f, lines, look.C)
		if err != nil {
			return err
		}
		f.cut = in.N == 0
		if atEnd && !goesOn && !f.cut && lines.Unfinished() {
			f.damaged++
		}
		if sent != f.lines || !goesOn {
			sent = f.lines
			if err := out.send("update", f.update()); err != nil {
				return err
			}
		}
		switch {
		case !atEnd:
			continue
		case !goesOn:
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// catchUp reads what there is, but no longer than until enough comes. Few do so at the same time; those that wait, for the file or for the browser,
// keep nobody from it.
func (s *Server) catchUp(ctx context.Context, f *follower, lines *record.Lines, enough <-chan time.Time) (atEnd bool, err error) {
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	for {
		line, more, err := lines.Next()
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			return false, err
		case more > 0:
			f.line(withoutValue(line))
		default:
			f.line(line)
		}
		select {
		case <-enough:
			return false, nil
		default:
		}
	}
}

// withoutValue makes an event of the beginning of a line that the harness wrote: its value, which comes last but for what matters less here, is
// null.
func withoutValue(head []byte) []byte {
	before, _, ok := bytes.Cut(head, []byte(`,"value":`))
	if !ok {
		return head // it will count as damaged
	}
	return append(bytes.Clone(before), '}')
}

// A stream sends events to a browser.
type stream struct {
	w       io.Writer
	control *http.ResponseController
}

func (s stream) send(event string, data any) error {
	text, err := json.Marshal(data) // on one line
	if err != nil {
		return err
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(patience)) // where there is none, a test asks
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, text); err != nil {
		return err
	}
	return s.control.Flush()
}
