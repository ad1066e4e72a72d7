package harness_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
)

// Pipes is a Program that a user of this package might write. Each node is a function that reads and writes lines at the ends
// of two pipes, like a program in a container or on another host.
type Pipes struct {
	serve func(in io.Reader, out, log io.Writer) error

	mu     sync.Mutex
	starts map[string]int
	seeds  map[uint64]bool
}

// Describe implements harness.Program.
func (p *Pipes) Describe() harness.ProgramInfo { return harness.ProgramInfo{Kind: "pipes"} }

// Start implements harness.Program.
func (p *Pipes) Start(port *harness.Port) (harness.Process, error) {
	p.mu.Lock()
	p.starts[port.ID()]++
	p.seeds[port.Seed()] = true
	p.mu.Unlock()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	n := &pipeNode{in: inWrite, lines: make(chan []byte, 1000)}
	n.all.Go(n.feed)
	n.all.Go(func() {
		defer outWrite.Close()
		defer inRead.Close()
		if err := p.serve(inRead, outWrite, port.Log()); err != nil {
			port.Fail(fmt.Sprintf("ended during the run: %v", err))
		}
	})
	n.all.Go(func() {
		lines := bufio.NewScanner(outRead)
		for lines.Scan() {
			port.Line(lines.Bytes())
		}
	})
	return n, nil
}

// A pipeNode is a running node. Its queue is a channel, so that Deliver need not wait for the node.
type pipeNode struct {
	in     *io.PipeWriter
	lines  chan []byte
	turn   sync.Mutex // held while a line is written, and during a pause
	paused bool
	all    sync.WaitGroup
}

func (n *pipeNode) Deliver(line []byte) int {
	n.lines <- line
	return 0
}

// feed writes the delivered lines. Writing fails when the node has ended.
func (n *pipeNode) feed() {
	for line := range n.lines {
		n.turn.Lock()
		_, _ = n.in.Write(line)
		n.turn.Unlock()
	}
}

func (n *pipeNode) Pause() error {
	n.turn.Lock()
	n.paused = true
	return nil
}

func (n *pipeNode) Resume() error {
	if n.paused {
		n.paused = false
		n.turn.Unlock()
	}
	return nil
}

func (n *pipeNode) Kill() {
	_ = n.in.Close() // always nil
	_ = n.Resume()
	close(n.lines)
}

func (n *pipeNode) Wait() { n.all.Wait() }

// echoLines answers init and echo, and nothing else. It ends with an error after the given number of requests, if that is not 0.
func echoLines(most int) func(in io.Reader, out, log io.Writer) error {
	return func(in io.Reader, out, log io.Writer) error {
		fmt.Fprintln(log, "hello from the other end")
		lines := bufio.NewScanner(in)
		for done := 0; lines.Scan(); done++ {
			var m struct {
				Src, Dest string
				Body      map[string]any
			}
			if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
				return err
			}
			if most > 0 && done == most {
				return errors.New("out of order")
			}
			m.Body["type"], m.Body["in_reply_to"] = fmt.Sprint(m.Body["type"], "_ok"), m.Body["msg_id"]
			for _, name := range []string{"msg_id", "node_id", "node_ids"} {
				delete(m.Body, name)
			}
			text, err := json.Marshal(map[string]any{"src": m.Dest, "dest": m.Src, "body": m.Body})
			if err != nil {
				return err
			}
			if _, err := out.Write(append(text, '\n')); err != nil {
				return err
			}
		}
		return nil
	}
}

func newPipes(serve func(in io.Reader, out, log io.Writer) error) *Pipes {
	return &Pipes{serve: serve, starts: make(map[string]int), seeds: make(map[uint64]bool)}
}

// A program that this package does not know is started, paused, killed and judged like any other.
func TestOwnProgram(t *testing.T) {
	t.Parallel()
	pipes := newPipes(echoLines(0))
	var mu sync.Mutex
	logs := map[string]bool{}
	res, err := harness.Run(t.Context(), harness.Test{
		Workload: "echo", Program: pipes, NodeCount: 3, Rate: 200, TimeLimit: 2 * time.Second,
		Nemesis: []string{"kill", "pause"}, NemesisInterval: 200 * time.Millisecond,
		OnLog: func(node, line string) {
			mu.Lock()
			defer mu.Unlock()
			logs[node+": "+line] = true
		},
	})
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Stats.OKCount)
	require.True(t, logs["n1: hello from the other end"])
	starts := 0
	for _, n := range pipes.starts {
		starts += n
	}
	require.Greater(t, starts, 3, "a killed node is started again")
	require.Len(t, pipes.seeds, starts)
}

func TestOwnProgramFails(t *testing.T) {
	t.Parallel()
	test := harness.Test{Workload: "echo", Program: newPipes(echoLines(5)), NodeCount: 1, Rate: 200, TimeLimit: 2 * time.Second}
	_, err := harness.Run(t.Context(), test)
	broken, ok := errors.AsType[*harness.NodeError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "ended during the run: out of order", broken.Reason)

	test.Nemesis = []string{"skew"}
	_, err = harness.Run(t.Context(), test)
	require.ErrorContains(t, err, "the clock of a process cannot be set")
	for _, fault := range []string{"disk", "bitrot"} {
		test.Nemesis = []string{fault}
		_, err = harness.Run(t.Context(), test)
		require.ErrorContains(t, err, "the disk of a process is the system's, whose faults cannot be set: "+fault+" needs nodes in this process")
	}
}
