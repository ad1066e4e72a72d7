package conform

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"glomers/internal/proc"
	"glomers/internal/program"
)

const (
	lineLimit  = 16 << 20               // the maximum length of a line of the node, in bytes
	noiseLimit = 100                    // how many lines are kept that are not messages
	floodLimit = 64 << 20               // how many bytes are kept of the node's output, and of the input that it has not read yet, unless Options say so
	floodLines = 100_000                // how many messages are kept
	settle     = 100 * time.Millisecond // how long to wait for messages that should not come
	stepLimit  = time.Minute            // the maximum wait in one step, however much the node writes meanwhile
)

// A session is one process of the node program, together with its clients and the world around it.
type session struct {
	run     *runner
	ctx     context.Context
	name    string // of its directory
	profile *profile
	id      string // of the node
	virtual bool   // the node takes its time from the clock
	process *proc.Process
	in      *feeder
	gone    chan struct{} // closed by watch when the process has ended and all its output has been read

	clients int // the number of clients so far; like msgIDs, only for the check's goroutine
	msgIDs  int

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever one of the following fields changes
	world    world
	answers  []*message // the messages to clients
	noise    []noise    // lines that are not messages
	mute     bool       // stdout was closed
	written  int        // bytes of noise and answers
	flooded  string     // why further output is dropped; "" if it is kept
	partial  []byte     // the output after the last newline, once the node has ended
	stderr   program.Tail
	progress time.Time // when the node last wrote or read something
	ended    bool
	status   error // of the process; nil for 0
	step     step
}

// noise is a line that is not a message.
type noise struct {
	shown   string // the line, clipped
	problem string // completes "the line …"
}

// A step is the part of a check that the evidence covers. It begins when a check sends something new.
type step struct {
	sent    []string
	answers int           // the number of answers before the step
	noise   int           // the number of lines of noise before the step
	waited  time.Duration // how long it waited in vain
}

// evidence has the lines that a failed check shows.
type evidence struct{ sent, received []string }

// start starts a process.
func (r *runner) start(ctx context.Context) (*session, error) {
	name := "node-" + strconv.FormatInt(r.started.Add(1), 10)
	command, err := r.place.Command(name, r.options.Path, r.options.Args)
	if err != nil {
		return nil, fmt.Errorf("conform: start the node: %w", err)
	}
	p, err := proc.Start(&r.guard, command)
	if err != nil {
		return nil, fmt.Errorf("conform: start the node: %w", err)
	}
	s := &session{
		run: r, ctx: ctx, name: name, process: p, gone: make(chan struct{}),
		msgIDs: 1, changed: make(chan struct{}), progress: time.Now(),
	}
	s.in = newFeeder(p.Stdin, func() { s.change(nil) })
	go s.watch()
	return s, nil
}

// watch reads the output of the process until the process ends.
func (s *session) watch() {
	var feeding, reading sync.WaitGroup
	feeding.Go(s.in.run)
	reading.Go(s.readLines)
	reading.Go(func() { _, _ = io.Copy(&s.stderr, s.process.Stderr) }) // any error ends the copying
	err := s.process.Wait()
	s.process.KillGroup() // its child processes may hold the pipes open
	deadline := time.Now().Add(time.Second)
	_ = s.process.Stdout.SetReadDeadline(deadline) // pipes have deadlines
	_ = s.process.Stderr.SetReadDeadline(deadline)
	reading.Wait()
	s.in.abort()
	feeding.Wait()
	_ = s.process.Stdout.Close() // the pipe was only read
	_ = s.process.Stderr.Close()
	s.change(func() { s.ended, s.status = true, err })
	close(s.gone)
}

// close ends the process.
func (s *session) close() {
	s.process.KillGroup()
	s.in.abort()
	<-s.gone
	_ = s.run.place.Discard(s.name) // otherwise it is removed at the end of the run
}

// change changes the state and wakes all waiters.
func (s *session) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f != nil {
		f()
	}
	s.progress = time.Now()
	s.wake()
}

// wake wakes all waiters. The caller holds the lock.
func (s *session) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *session) readLines() {
	in := bufio.NewReaderSize(s.process.Stdout, 64<<10)
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			s.take(bytes.Clone(line[:len(line)-1]))
			line = line[:0]
		case errors.Is(err, bufio.ErrBufferFull) && len(line) < lineLimit:
			s.change(nil) // a long line is progress, too
		case errors.Is(err, bufio.ErrBufferFull):
			s.take(line[:1<<10])
			line = line[:0]
		default:
			s.change(func() { s.partial, s.mute = line, true })
			return
		}
	}
}

// take processes a line of the node.
func (s *session) take(line []byte) {
	if s.isFlooded() {
		return
	}
	m, problem := parseLine(line)
	s.mu.Lock()
	defer s.mu.Unlock()
	if m == nil || isClient(m.dest) {
		if s.written += len(line); s.written > s.run.options.flood || len(s.answers) > floodLines {
			s.flooded = fmt.Sprintf("it floods its clients: %d messages and other lines, of %d bytes in all", len(s.answers)+len(s.noise), s.written)
		}
	}
	switch {
	case m == nil && len(s.noise) < noiseLimit:
		s.noise = append(s.noise, noise{clip(line), problem})
	case m == nil:
		return
	case isClient(m.dest), s.virtual && m.dest == clockID && m.body["in_reply_to"] != nil:
		s.answers = append(s.answers, m)
	default:
		progress := s.world.take(s, m)
		if waiting := s.in.waiting(); waiting > s.run.options.flood {
			s.flooded = fmt.Sprintf("it asks for more than it reads: %d bytes wait for it", waiting)
		} else if !progress {
			return // messages that nodes send to each other all the time are not progress
		}
	}
	s.progress = time.Now()
	s.wake()
}

func (s *session) isFlooded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flooded != ""
}

// isClient reports whether id has the form of Maelstrom's client ids.
func isClient(id string) bool {
	_, err := strconv.Atoi(strings.TrimPrefix(id, "c"))
	return err == nil && id[0] == 'c'
}

// begin begins a new step.
func (s *session) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step = step{answers: len(s.answers), noise: len(s.noise)}
}

// send writes lines to the node unchanged, each followed by a newline.
func (s *session) send(lines ...string) {
	s.write(strings.Join(lines, "\n")+"\n", lines...)
}

// write writes text to the node. The evidence shows the lines in shown instead.
func (s *session) write(text string, shown ...string) {
	s.change(func() { s.step.sent = append(s.step.sent, shown...) })
	s.in.add(text)
}

// patience is how long an answer may take.
func (s *session) patience() time.Duration { return s.run.options.Timeout }

// until waits until done returns true. It calls done with the lock held. It gives up when the node has ended, or when there
// has been no progress for the time of patience.
func (s *session) until(patience time.Duration, done func() bool) error {
	begin := time.Now()
	for {
		s.mu.Lock()
		ok, ended, changed, flooded := done(), s.ended, s.changed, s.flooded
		waited := time.Since(begin)
		quiet := min(waited, time.Since(s.progress))
		if !ok && !ended && (quiet >= patience || waited > stepLimit) {
			s.step.waited = waited
		}
		s.mu.Unlock()
		switch {
		case ok:
			return nil
		case flooded != "":
			return failf("%s", flooded)
		case ended:
			return failf("the node ended: %s", s.exit())
		case quiet >= patience:
			return failf("nothing came in %s%s", seconds(waited), s.ailment())
		case waited > stepLimit:
			return failf("the node wrote this and that, but what was waited for did not come in %s", seconds(waited))
		}
		timer := time.NewTimer(patience - quiet)
		select {
		case <-changed:
		case <-timer.C:
		case <-s.ctx.Done():
			timer.Stop()
			return s.ctx.Err()
		}
		timer.Stop()
	}
}

// ailment returns, after a semicolon, the known reason why the node does not read or write, or "".
func (s *session) ailment() string {
	s.mu.Lock()
	mute, ended := s.mute, s.ended
	s.mu.Unlock()
	state := s.process.State()
	switch {
	case ended || state == proc.Ending:
		return ""
	case s.process.GroupStopped():
		return "; the node is stopped, as by SIGSTOP"
	case mute:
		return "; the node has closed its stdout"
	case s.in.refused():
		return "; the node has closed its stdin"
	}
	return ""
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// pause waits for d, or until the node has ended.
func (s *session) pause(d time.Duration) error {
	select {
	case <-s.gone:
	case <-time.After(d):
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	return nil
}

// exit says how the process ended, with the most telling line of its stderr.
func (s *session) exit() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := proc.Status(s.run.options.Path, s.status)
	if said := tellingLine(s.stderr.String()); said != "" {
		status += "; stderr: " + said
	}
	status += s.run.place.Missed(s.run.options.Args, s.stderr.String())
	return status
}

// alive fails if the process has ended.
func (s *session) alive() error {
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return failf("the node ended: %s", s.exit())
	}
	return nil
}

// closeInput closes the node's stdin.
func (s *session) closeInput() {
	s.change(func() { s.step.sent = append(s.step.sent, "(end of input)") })
	s.in.end()
}

// evidence returns the evidence of the latest step.
func (s *session) evidence() evidence {
	const most = 3 // lines sent, and lines received
	s.mu.Lock()
	defer s.mu.Unlock()
	var received []string
	for _, m := range s.answers[min(s.step.answers, len(s.answers)):] {
		received = append(received, clip(m.line))
	}
	for _, n := range s.noise[min(s.step.noise, len(s.noise)):] {
		received = append(received, n.shown)
	}
	if len(s.partial) > 0 {
		received = append(received, clip(s.partial)+" (no newline)")
	}
	if len(received) == 0 {
		received = []string{"nothing"}
		if s.step.waited > 0 {
			received[0] += " in " + seconds(s.step.waited)
		}
	}
	sent := make([]string, len(s.step.sent))
	for i, line := range s.step.sent {
		if sent[i] = clip([]byte(line)); line == "" {
			sent[i] = "(an empty line)"
		}
	}
	return evidence{ends(sent, most), ends(received, most)}
}

// ends shortens a list of more than most lines to the first lines and the last.
func ends(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	left := fmt.Sprintf("… (%d more)", len(lines)-most)
	return append(append(append([]string{}, lines[:most-1]...), left), lines[len(lines)-1])
}

// tellingLine returns the last line that mentions an error, or else the last line: some runtimes print their version after
// the error.
func tellingLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	said := lines[len(lines)-1]
	for _, line := range slices.Backward(lines) {
		if lower := strings.ToLower(line); strings.Contains(lower, "error") || strings.HasPrefix(lower, "panic") {
			said = line
			break
		}
	}
	return clip([]byte(strings.TrimSpace(said)))
}
