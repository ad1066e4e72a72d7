package node_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A wire is a transport with its other end.
type wire struct {
	node.Transport
	deliver    func(line string)
	closeInput func()
	lines      <-chan string // what was written
}

// transports are those that the conformance tests run over.
var transports = map[string]func(t *testing.T) wire{"stdio": newStdioWire, "mem": newMemWire}

func newMemWire(*testing.T) wire {
	lines := make(chan string, 1<<16)
	m := node.NewMem(func(line []byte) { lines <- string(line) })
	return wire{m, func(line string) { m.Deliver([]byte(line)) }, m.CloseInput, lines}
}

func newStdioWire(t *testing.T) wire {
	in, feed, err := os.Pipe()
	require.NoError(t, err)
	drain, out, err := os.Pipe()
	require.NoError(t, err)

	input := make(chan string, 1<<16)
	go func() {
		for line := range input {
			if _, err := io.WriteString(feed, line+"\n"); err != nil {
				return // the test has ended
			}
		}
		_ = feed.Close()
	}()
	lines := make(chan string, 1<<16)
	go func() {
		for r := bufio.NewReader(drain); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			lines <- strings.TrimSuffix(line, "\n")
		}
	}()
	closeInput := sync.OnceFunc(func() { close(input) })
	t.Cleanup(func() {
		closeInput()
		for _, f := range []*os.File{in, out, drain} {
			require.NoError(t, f.Close())
		}
	})
	return wire{node.NewStdio(in, out), func(line string) { input <- line }, closeInput, lines}
}

// conform runs a test over every transport.
func conform(t *testing.T, test func(t *testing.T, w wire)) {
	t.Helper()
	for name, create := range transports {
		t.Run(name, func(t *testing.T) { test(t, create(t)) })
	}
}

func (w wire) requireRead(t *testing.T, want string) {
	t.Helper()
	line, err := w.ReadLine()
	require.NoError(t, err)
	if string(line) != want { // require.Equal would print 64 MiB
		require.FailNowf(t, "wrong line", "%d bytes, want %d bytes", len(line), len(want))
	}
}

// requireLine waits for a line.
func (w wire) requireLine(t *testing.T) string {
	t.Helper()
	select {
	case line := <-w.lines:
		return line
	case <-time.After(patience):
		require.FailNow(t, "nothing was written")
		return ""
	}
}

func TestTransportReadsLinesInOrder(t *testing.T) {
	conform(t, func(t *testing.T, w wire) {
		for i := range 10_000 {
			w.deliver(fmt.Sprint(i))
		}
		w.closeInput()
		for i := range 10_000 {
			w.requireRead(t, fmt.Sprint(i))
		}
		for range 2 {
			_, err := w.ReadLine()
			require.ErrorIs(t, err, io.EOF)
		}
	})
}

func TestTransportReadsAnyLine(t *testing.T) {
	lines := []string{"", " ", "\r", "\x00\xff", "é 😀", strings.Repeat("x", 64<<10), strings.Repeat("y", 64<<10-1), strings.Repeat("z", 5<<20), ""}
	conform(t, func(t *testing.T, w wire) {
		for _, line := range lines {
			w.deliver(line)
		}
		for _, line := range lines {
			w.requireRead(t, line)
		}
	})
}

// Ready must never be true when ReadLine would wait; that it is true once a line has come matters
// for speed only.
func TestTransportReady(t *testing.T) {
	conform(t, func(t *testing.T, w wire) {
		require.False(t, w.Ready())
		w.deliver("1")
		w.deliver("2")
		w.requireRead(t, "1")
		w.requireRead(t, "2")
		require.False(t, w.Ready())
	})
}

func TestTransportSlices(t *testing.T) {
	conform(t, func(t *testing.T, w wire) {
		w.deliver("first")
		w.deliver("other")
		first, err := w.ReadLine()
		require.NoError(t, err)
		w.requireRead(t, "other")
		require.Equal(t, "first", string(first), "the line is the reader's to keep")

		line := []byte("written")
		require.NoError(t, w.WriteLine(line))
		copy(line, "changed")
		require.NoError(t, w.Flush())
		require.Equal(t, "written", w.requireLine(t), "the line is the writer's to reuse")
	})
}

func TestMemLinesAreTheReceivers(t *testing.T) {
	var kept [][]byte
	m := node.NewMem(func(line []byte) { kept = append(kept, line) })
	buffer := []byte("first")
	require.NoError(t, m.WriteLine(buffer))
	copy(buffer, "other")
	require.NoError(t, m.WriteLine(buffer))
	require.Equal(t, [][]byte{[]byte("first"), []byte("other")}, kept)
}

func TestTransportWritersDoNotInterleave(t *testing.T) {
	const writers, each = 8, 2000
	conform(t, func(t *testing.T, w wire) {
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				for j := range each {
					line := fmt.Sprintf("%d %d %s.", i, j, strings.Repeat(fmt.Sprint(i), j%200))
					if err := errors.Join(w.WriteLine([]byte(line)), w.Flush()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		var next [writers]int
		for range writers * each {
			line := w.requireLine(t)
			var i, j int
			var rest string
			n, _ := fmt.Sscanf(line, "%d %d %s", &i, &j, &rest)
			require.Equal(t, 3, n, line)
			require.Equal(t, strings.Repeat(fmt.Sprint(i), j%200)+".", rest)
			require.Equal(t, next[i], j, "the lines of one writer are in order")
			next[i]++
		}
	})
}

// runOver runs an echo server over the transport and returns a function that waits for its end.
func runOver(t *testing.T, w wire) (wait func() error) {
	t.Helper()
	n := node.New(node.Options{Transport: w.Transport, Logger: slog.New(slog.DiscardHandler)})
	n.Init("n1", []string{"n1"})
	node.HandleRPC(n, "echo", func(_ context.Context, body map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		return body, nil
	})
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	return func() error {
		t.Helper()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			return errors.New("Run does not end")
		}
	}
}

func TestNodeOverTransport(t *testing.T) {
	request := func(i int) string {
		return fmt.Sprintf(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":%d}}`, i)
	}
	reply := func(i int) string {
		return fmt.Sprintf(`{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":%d,"msg_id":%d}}`, i, i)
	}
	conform(t, func(t *testing.T, w wire) {
		wait := runOver(t, w)
		for i := range 100 { // each is answered although the input stays open: output is flushed
			w.deliver(request(i))
			require.Equal(t, reply(i), w.requireLine(t))
		}
		for i := range 10_000 {
			w.deliver(request(i))
		}
		for i := range 10_000 {
			require.Equal(t, reply(i), w.requireLine(t))
		}
		w.deliver(request(1))
		w.deliver(request(2))
		w.closeInput()
		require.NoError(t, wait())
		require.Equal(t, reply(1), w.requireLine(t), "what came before the end is answered")
		require.Equal(t, reply(2), w.requireLine(t))
	})
}

func TestNodeHugeMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("64 MiB lines")
	}
	huge := strings.Repeat("x", 64<<20)
	w := newStdioWire(t)
	wait := runOver(t, w)
	w.deliver(`{"src":"c1","body":{"type":"echo","msg_id":1,"echo":"` + huge + `"}}`)
	require.True(t, w.requireLine(t) == `{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":1,"echo":"`+huge+`","msg_id":1}}`)
	w.closeInput()
	require.NoError(t, wait())
}

func TestStdioLastLineWithoutNewline(t *testing.T) {
	s := node.NewStdio(strings.NewReader("one\ntwo"), io.Discard)
	w := wire{Transport: s}
	w.requireRead(t, "one")
	w.requireRead(t, "two")
	_, err := s.ReadLine()
	require.ErrorIs(t, err, io.EOF)
}

func TestStdioBrokenInput(t *testing.T) {
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader(`{"src":"c1","body":{"type":"echo","msg_id":1}}`+"\n"), readError{broken})
	var out strings.Builder
	wait := runOver(t, wire{Transport: node.NewStdio(in, &out)})
	require.ErrorIs(t, wait(), broken)
	require.Contains(t, out.String(), "echo_ok")
}

type readError struct{ error }

func (r readError) Read([]byte) (int, error) { return 0, r.error }

// writeFunc is an io.Writer.
type writeFunc func(p []byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }

func TestStdioBrokenOutput(t *testing.T) {
	broken := errors.New("broken")
	out := writeFunc(func([]byte) (int, error) { return 0, broken })

	s := node.NewStdio(strings.NewReader(""), out)
	require.NoError(t, s.WriteLine([]byte("x"))) // it waits in the buffer
	for range 2 {
		require.ErrorIs(t, s.Flush(), broken)
		require.ErrorIs(t, s.WriteLine([]byte("x")), broken)
	}

	// A node ends at once, although its input goes on.
	in, feed := io.Pipe()
	wait := runOver(t, wire{Transport: node.NewStdio(in, out)})
	_, err := io.WriteString(feed, `{"src":"c1","body":{"type":"echo","msg_id":1}}`+"\n")
	require.NoError(t, err)
	require.ErrorIs(t, wait(), broken)
}

// A reader that is slow must not make the node's memory grow without limit.
func TestStdioSlowReader(t *testing.T) {
	for name, verdict := range map[string]error{"goes on": nil, "breaks": errors.New("broken")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const lines, size = 1000, 64 << 10
				release := make(chan struct{})
				written := 0
				s := node.NewStdio(strings.NewReader(""), writeFunc(func(p []byte) (int, error) {
					<-release
					written += len(p)
					return len(p), verdict
				}))
				var accepted, failed int
				var all sync.WaitGroup
				line := make([]byte, size-1)
				all.Go(func() { _ = s.WriteLine(line) }) // is stuck in the write
				synctest.Wait()
				all.Go(func() {
					for range lines {
						if err := s.WriteLine(line); err != nil {
							failed++
							return
						}
						accepted++
					}
				})
				synctest.Wait()
				require.InDelta(t, 4<<20, accepted*size, 2*size, "bytes that wait")
				close(release)
				all.Wait()
				if verdict == nil {
					require.NoError(t, s.Flush())
					require.Equal(t, (lines+1)*size, written)
				} else {
					require.Equal(t, 1, failed)
				}
			})
		})
	}
}
