package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"glomers/harness"
)

// events sends what happens in a run as server-sent events: start, with the scale; update, as often as there is something new;
// and end. For a run that has ended, all of that comes at once.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	f, err := s.openRun(r)
	if err != nil {
		return err
	}
	defer f.close()
	file, err := f.openFile("history.jsonl")
	if err != nil {
		return err
	}
	defer file.Close()
	test := f.summary().Test
	limit, _ := time.ParseDuration(test.TimeLimit) // 0 if it cannot be read
	w.Header().Set("Content-Type", "text/event-stream")
	follower := newFollower(limit, test.Rate)
	out := stream{w, http.NewResponseController(w)}
	if err := out.send("start", map[string]int64{"width": follower.width, "limit": int64(limit)}); err != nil {
		return nil // who asked has gone
	}
	if s.follow(r.Context(), follower, file, out) == nil {
		_ = out.send("end", map[string]string{"state": f.summary().State}) // as above
	}
	return nil
}

// follow sends updates until the run has ended.
func (s *Server) follow(ctx context.Context, f *follower, file *os.File, out stream) error {
	lines := bufio.NewReaderSize(file, 64<<10)
	look := time.NewTicker(s.interval)
	defer look.Stop()
	var partly []byte // a line whose end has not been written
	for {
		goesOn := harness.Running(file) // before the reading: what was written until the end is there then
		for atEnd := false; !atEnd; {
			line, err := lines.ReadBytes('\n')
			partly = append(partly, line...)
			switch {
			case errors.Is(err, io.EOF):
				atEnd = true
			case err != nil:
				return err
			default:
				f.line(partly)
				partly = partly[:0]
			}
			select {
			case <-look.C: // much to read
				if err := out.send("update", f.update()); err != nil {
					return err
				}
			default:
			}
		}
		if !goesOn && len(partly) > 0 {
			f.damaged++
		}
		if err := out.send("update", f.update()); err != nil || !goesOn {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
	if _, err := fmt.Fprintf(s.w, "event: %s\ndata: %s\n\n", event, text); err != nil {
		return err
	}
	return s.control.Flush()
}
