package harness

import (
	"io"
	"sync/atomic"
	"time"

	"glomers/harness/internal/proc"
	"glomers/internal/wording"
)

// stamp is a time since the start of the run.
type stamp = time.Duration

// A Port is where a Process is plugged in: it takes the lines that the node writes, and turns them into messages or into the error that
// ends the run. Its methods may be called from any goroutine, also before Start has returned, until Wait returns.
type Port struct {
	id    string
	index int
	seed  uint64
	run   *scheduler
	log   *output
	guard *proc.Guard
	place *proc.Place // nil unless nodes are processes

	messages atomic.Int64 // so far
	begun    atomic.Int64 // bytes of the line that it has begun to write and that are kept
	lines    int          // so far; touched only by whoever calls line
	broken   atomic.Bool  // it has been reported; what else it writes is not looked at
}

// ID returns the id of the node.
func (p *Port) ID() string { return p.id }

// Seed returns the seed from which the node should draw all that it leaves to chance, another one for each start.
func (p *Port) Seed() uint64 { return p.seed }

// Log returns what takes the node's stderr, to which anybody may write at any time.
func (p *Port) Log() io.Writer { return p.log }

// Fail reports that the node broke the test: that it ended, for instance, though nobody killed it. The reason goes on from the node's
// name: "ended during the run: exit status 2". The first report counts.
func (p *Port) Fail(reason string) { p.fail(&NodeError{Reason: reason}) }

// Line takes a line of the node's stdout, without its newline, and does not keep it. The calls
// must come one at a time.
func (p *Port) Line(b []byte) {
	p.lines++
	p.log.note(b)
	if p.broken.Load() {
		return
	}
	l, problem := parseLine(b)
	if problem != "" {
		p.fail(&NodeError{Reason: "wrote a line to stdout that " + problem + stdoutHint(b), Line: clip(b), Number: p.lines})
		return
	}
	p.messages.Add(1)
	p.run.post(p.index, sent{line: l, number: p.lines})
}

// fail reports that the node broke the test. The first report counts. The rest of e is filled in here.
func (p *Port) fail(e *NodeError) {
	if p.broken.Swap(true) {
		return
	}
	e.Node = p.id
	e.Log = p.log.tail()
	p.run.post(p.index, failed{e})
}

// clip returns a line as it is quoted in errors.
func clip(line []byte) string { return wording.ClipCounted(line, 1<<10) }
