package harness

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"glomers/harness/choice"
	"glomers/internal/proc"
	"glomers/internal/wording"
)

// stamp is a time since the start of the run.
type stamp = time.Duration

// A Port connects a Process to the run: it accepts the lines that the node writes, and turns them into messages or into the
// error that ends the run. Its methods may be called from any goroutine, even before Start has returned, until Wait returns.
type Port struct {
	id    string
	index int
	seed  uint64
	gate  choice.Gate // of the node's random numbers, if they are asked for in this process
	run   *scheduler
	log   *output
	guard *proc.Guard
	place *proc.Place // nil unless nodes are processes
	book  *propertyBook
	drive *drive // used only by nodes in this process

	messages atomic.Int64 // so far
	begun    atomic.Int64 // kept bytes of its unfinished line
	lines    int          // so far; used only by the caller of Line
	audience audience
	restful  restfulness // in virtual time
	broken   atomic.Bool // an error of the node has been reported; its further output is ignored
}

// ID returns the id of the node.
func (p *Port) ID() string { return p.id }

// Seed returns the seed for all random choices of the node. It is different for each start.
func (p *Port) Seed() uint64 { return p.seed }

// Log returns the writer for the node's stderr, which is safe for concurrent use.
func (p *Port) Log() io.Writer { return p.log }

// Fail reports that the node broke the test, for instance that it ended although it was not killed. The reason continues a
// sentence that begins with the node's name: "ended during the run: exit status 2". Only the first report counts.
func (p *Port) Fail(reason string) { p.fail(&NodeError{Reason: reason}) }

// Line accepts a line of the node's stdout, without its newline, and does not keep it. It must not be called concurrently.
func (p *Port) Line(b []byte) {
	p.lines++
	p.log.Note(b)
	if p.broken.Load() {
		return
	}
	l, problem := parseLine(b)
	if problem != "" {
		p.fail(&NodeError{Kind: BadLine, Reason: "wrote a line to stdout that " + problem + stdoutHint(b), Line: clip(b), Number: p.lines})
		return
	}
	if p.run.active != nil {
		answer, late := p.atRest(l)
		if late {
			p.fail(&NodeError{Reason: fmt.Sprintf(lateWords, l.dest), Line: clip(b), Number: p.lines, Untimed: true})
		}
		if answer || late {
			return
		}
	}
	p.messages.Add(1)
	if !p.run.post(p.index, sent{line: l, number: p.lines}) {
		p.run.active.stop() // too many messages
	}
}

// fail reports that the node broke the test. It fills in the Node and the Log of e. Only the first report counts.
func (p *Port) fail(e *NodeError) {
	if p.broken.Swap(true) {
		return
	}
	e.Node = p.id
	e.Log = p.log.String()
	p.run.post(p.index, failed{e})
	p.run.active.stop()
}

// clip returns a line as it is quoted in errors.
func clip(line []byte) string { return wording.ClipCounted(line, 1<<10) }
