package explore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"glomers/internal/proc"
	"glomers/internal/wording"
	"glomers/node"
)

// clockID is the service that has the time and timers (docs/virtual-time.md).
const clockID = "clock"

const (
	defaultPatience = 10 * time.Second // that a program has to answer idle, and three times as long when it starts
	maxAnswer       = 16 << 20         // bytes that a program may write after one line
	maxClipped      = 300              // bytes of a line that an error shows
)

// A process is a running program, which is given one line at a time.
type process struct {
	farm    *farm
	id      string // of the node
	place   string // the name of its directory
	proc    *proc.Process
	stderr  proc.Tail
	past    *past // what it was given
	timer   *time.Timer
	resting chan struct{} // gets a value when idle is answered, or never will be
	gone    chan struct{} // closed when the process has ended and its output has been read
	ended   error         // the result of Wait, when gone is closed

	mu      sync.Mutex
	asked   int64 // msg_id of the latest request idle
	working bool  // it has not been answered
	lines   [][]byte
	size    int // of lines, in bytes
	fault   error
}

// watch reads what the process writes until it ends.
func (p *process) watch() {
	defer close(p.gone)
	var reading sync.WaitGroup
	reading.Go(p.read)
	reading.Go(func() { _, _ = io.Copy(&p.stderr, p.proc.Stderr) }) // an error ends the log like the end of the pipe
	p.ended = p.proc.Wait()
	p.proc.KillGroup() // its child processes may hold its pipes
	for _, f := range []*os.File{p.proc.Stdout, p.proc.Stderr} {
		_ = f.SetReadDeadline(time.Now().Add(time.Second)) // pipes have deadlines
	}
	reading.Wait()
	for _, f := range []*os.File{p.proc.Stdin, p.proc.Stdout, p.proc.Stderr} {
		_ = f.Close() // what it did not read no longer matters
	}
}

// read reads lines up to the end of the output or the first fault.
func (p *process) read() {
	in := bufio.NewScanner(p.proc.Stdout)
	in.Buffer(make([]byte, 0, 64<<10), maxAnswer)
	for in.Scan() {
		if !p.hear(in.Bytes()) {
			return
		}
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.blame("wrote a line of more than %d MiB", maxAnswer>>20)
	}
}

// hear takes a line. It reports whether to go on.
func (p *process) hear(line []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer, is := idleAnswer(line); is && p.working && answer.id == p.asked {
		p.working = false
		if answer.isError {
			p.farm.note(p.id)
		}
		p.resting <- struct{}{}
		return true
	}
	if !p.working && p.asked > 0 {
		p.blame("wrote %s after it had said that it had done all that there was to do. In virtual time, a program handles one line after the other, and takes its time from the service clock", clip(line))
		return false
	}
	if p.size += len(line); p.size > maxAnswer {
		p.blame("writes without end: more than %d MiB after one line", maxAnswer>>20)
		return false
	}
	p.lines = append(p.lines, bytes.Clone(line))
	return true
}

// blame notes what the program has done wrong. The caller holds mu.
func (p *process) blame(format string, args ...any) {
	if p.fault == nil {
		p.fault = fmt.Errorf(format, args...)
	}
	if p.working {
		p.working = false
		p.resting <- struct{}{}
	}
}

type answered struct {
	id      int64
	isError bool
}

// idleAnswer returns the answer to a request of the clock.
func idleAnswer(line []byte) (a answered, is bool) {
	if !bytes.Contains(line, []byte(clockID)) {
		return a, false
	}
	m, err := node.ParseMessage(line)
	var head struct {
		Type      string `json:"type"`
		InReplyTo *int64 `json:"in_reply_to"`
	}
	if err != nil || m.Dest != clockID || json.Unmarshal(m.Body, &head) != nil || head.InReplyTo == nil {
		return a, false
	}
	return answered{*head.InReplyTo, head.Type == "error"}, true
}

// exchange gives the program lines, each with its newline, and returns what it writes until it is at rest.
func (p *process) exchange(ctx context.Context, lines []byte, now time.Duration) ([][]byte, error) {
	p.mu.Lock()
	p.asked++
	p.working = p.fault == nil
	p.lines, p.size = nil, 0
	wait, fault := p.farm.patience, p.fault
	if p.asked == 1 {
		wait *= 3
	}
	idle := fmt.Appendf(lines, "%s\n", atTime(envelope(clockID, p.id, fmt.Appendf(nil, `{"type":"idle","msg_id":%d}`, p.asked)), now))
	p.mu.Unlock()
	if fault != nil {
		return nil, fault
	}
	_ = p.proc.Stdin.SetWriteDeadline(time.Now().Add(wait)) // pipes have deadlines
	_, _ = p.proc.Stdin.Write(idle)                         // a program that does not read does not answer either
	p.timer.Reset(wait)
	defer p.timer.Stop()
	select {
	case <-p.resting:
	case <-p.gone:
		select {
		case <-p.resting: // it answered first
		default:
			return nil, p.end()
		}
	case <-p.timer.C:
		return nil, fmt.Errorf("has not answered the request idle for %v. In virtual time, a program handles one line after the other, and says when it has done what follows: "+
			"it answers requests of types that it does not know with error 10 (docs/virtual-time.md)", wait)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines, p.fault
}

// end says how the process has ended.
func (p *process) end() error {
	text := fmt.Sprintf("ended: %s%s", proc.Status(p.farm.path, p.ended), p.farm.place.Missed(p.farm.args, p.stderr.String()))
	if said := p.stderr.String(); said != "" {
		text += "\nits last output on stderr:\n" + said
	}
	return errors.New(text)
}

// maxRounds bounds how often a program may ask the clock for the time after one line.
const maxRounds = 1000

// take gives the program a line. It returns what the program sends, and the timers that it sets.
func (p *process) take(ctx context.Context, line []byte, now time.Duration) (sent [][]byte, set []alarm, err error) {
	input := append(bytes.Clone(line), '\n')
	for range maxRounds {
		lines, err := p.exchange(ctx, input, now)
		if err != nil {
			return nil, nil, err
		}
		input = nil
		for _, line := range lines {
			m, err := node.ParseMessage(line)
			switch {
			case err != nil:
				return nil, nil, fmt.Errorf("wrote %s, which is no message: %w", clip(line), err)
			case len(m.Body) == 0 || m.Body[0] != '{':
				return nil, nil, fmt.Errorf("wrote %s, which is no message: its body is not an object", clip(line))
			case m.Src != p.id:
				return nil, nil, fmt.Errorf("wrote %s, in the name of %q", clip(line), m.Src)
			case m.Dest != clockID && strings.ContainsAny(m.Dest, "\"\\"):
				return nil, nil, fmt.Errorf("wrote %s, to no party", clip(line))
			case m.Dest != clockID:
				sent = append(sent, envelope(m.Src, m.Dest, m.Body)) // however the program writes it
				continue
			}
			a, reply, err := askClock(m.Body, now)
			if err != nil {
				return nil, nil, err
			}
			if reply != nil {
				input = fmt.Appendf(input, "%s\n", atTime(envelope(clockID, p.id, reply), now))
			} else if a != nil {
				set = append(set, *a)
			}
		}
		if input == nil {
			return sent, set, nil
		}
	}
	return nil, nil, fmt.Errorf("has asked the service clock %d times for the time after one line", maxRounds)
}

// askClock answers a request to the service clock: at once, or by an alarm. A late answer to idle is no request.
func askClock(body json.RawMessage, now time.Duration) (a *alarm, reply []byte, err error) {
	var request struct {
		Type      string   `json:"type"`
		MsgID     int64    `json:"msg_id"`
		MS        *float64 `json:"ms"`
		InReplyTo *int64   `json:"in_reply_to"`
	}
	malformed := json.Unmarshal(body, &request) != nil
	switch {
	case malformed || request.Type == "sleep" && (request.MS == nil || !(*request.MS >= 0 && *request.MS < 1e12)):
		return nil, nil, fmt.Errorf("sent the service clock %s: want the type now, or sleep with ms, a number from 0", clip(body))
	case request.InReplyTo != nil:
		return nil, nil, nil
	case request.Type == "sleep":
		return &alarm{due: now + time.Duration(math.Round(*request.MS*1e6)), id: request.MsgID}, nil, nil
	case request.Type == "now":
		return nil, fmt.Appendf(nil, `{"type":"now_ok","now":%s,"in_reply_to":%d}`, milliseconds(now), request.MsgID), nil
	}
	return nil, fmt.Appendf(nil, `{"type":"error","code":10,"text":"the service clock knows now and sleep","in_reply_to":%d}`, request.MsgID), nil
}

// atTime adds the member now to a line of envelope.
func atTime(line []byte, now time.Duration) []byte {
	at := bytes.Index(line, []byte(`,"body":`)) // ids have no quotes
	with := make([]byte, 0, len(line)+24)
	with = append(with, line[:at]...)
	with = append(with, `,"now":`...)
	with = append(with, milliseconds(now)...)
	return append(with, line[at:]...)
}

// milliseconds writes a time in ms. A float64 is exact to the ns for 100 days.
func milliseconds(d time.Duration) []byte {
	return strconv.AppendFloat(nil, float64(d)/1e6, 'f', -1, 64)
}

func clip(line []byte) string { return wording.Clip(string(line), maxClipped) }
