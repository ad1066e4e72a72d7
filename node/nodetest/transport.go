package nodetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"glomers/node"
)

// A Wire is a node.Transport together with its other end, for TestTransport.
type Wire struct {
	Transport  node.Transport
	Deliver    func(line string) // makes ReadLine return the line; must not wait
	CloseInput func()            // ends the input after the lines delivered so far; may be called more than once
	Written    <-chan string     // the lines passed to WriteLine, at the latest after a Flush; buffers 20,000 lines
}

// transportPatience is how long TestTransport waits for a line.
const transportPatience = 30 * time.Second

// TestTransport tests that a node.Transport keeps its contract: lines of any bytes and any length arrive whole and in order;
// the slice that ReadLine returns belongs to the reader, and the slice passed to WriteLine stays the writer's; Ready is true
// only if ReadLine will not wait; writers do not interleave; and a node can answer requests over it. The function connect
// returns a new Wire for each subtest, and closes it with t.Cleanup if it must be closed.
func TestTransport(t *testing.T, connect func(t *testing.T) Wire) {
	for _, sub := range []struct {
		name string
		test func(t testing.TB, w Wire)
	}{
		{"reads lines in order", readsInOrder},
		{"reads any line", readsAnyLine},
		{"ready", ready},
		{"slices", slicesBelong},
		{"writers do not interleave", writersDoNotInterleave},
		{"carries a node", carriesANode},
	} {
		t.Run(sub.name, func(t *testing.T) { sub.test(t, connect(t)) })
	}
}

// read fails the test unless the next line is want.
func (w Wire) read(t testing.TB, want string) {
	t.Helper()
	line, err := w.Transport.ReadLine()
	if err != nil {
		t.Fatalf("nodetest: ReadLine: %v", err)
	}
	if string(line) != want { // which may be 5 MiB
		t.Fatalf("nodetest: ReadLine returned %d bytes %.40q, want %d bytes %.40q", len(line), line, len(want), want)
	}
}

// written waits for a line and returns it.
func (w Wire) written(t testing.TB) string {
	t.Helper()
	select {
	case line := <-w.Written:
		return line
	case <-time.After(transportPatience):
		t.Fatal("nodetest: nothing was written")
		return ""
	}
}

// write writes lines and flushes them.
func (w Wire) write(lines ...string) error {
	var errs []error
	for _, line := range lines {
		errs = append(errs, w.Transport.WriteLine([]byte(line)))
	}
	return errors.Join(append(errs, w.Transport.Flush())...)
}

func readsInOrder(t testing.TB, w Wire) {
	for i := range 10_000 {
		w.Deliver(fmt.Sprint(i))
	}
	w.CloseInput()
	for i := range 10_000 {
		w.read(t, fmt.Sprint(i))
	}
	for range 2 {
		if _, err := w.Transport.ReadLine(); !errors.Is(err, io.EOF) {
			t.Fatalf("nodetest: ReadLine after the end: %v, want io.EOF", err)
		}
	}
}

func readsAnyLine(t testing.TB, w Wire) {
	lines := []string{"", " ", "\r", "\x00\xff", "é 😀", strings.Repeat("x", 64<<10), strings.Repeat("y", 64<<10-1), strings.Repeat("z", 5<<20), ""}
	for _, line := range lines {
		w.Deliver(line)
	}
	for _, line := range lines {
		w.read(t, line)
	}
}

// Ready must never be true when ReadLine would wait. That it is true once a line has arrived matters only for speed.
func ready(t testing.TB, w Wire) {
	want := func() {
		t.Helper()
		if w.Transport.Ready() {
			t.Fatal("nodetest: Ready is true although ReadLine would wait")
		}
	}
	want()
	w.Deliver("1")
	w.Deliver("2")
	w.read(t, "1")
	w.read(t, "2")
	want()
}

func slicesBelong(t testing.TB, w Wire) {
	w.Deliver("first")
	w.Deliver("other")
	first, err := w.Transport.ReadLine()
	if err != nil {
		t.Fatal(err)
	}
	w.read(t, "other")
	if string(first) != "first" {
		t.Fatalf("nodetest: a line became %q when the next was read, but it is the reader's to keep", first)
	}
	line := []byte("written")
	if err := w.Transport.WriteLine(line); err != nil {
		t.Fatal(err)
	}
	copy(line, "changed")
	if err := w.Transport.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := w.written(t); got != "written" {
		t.Fatalf("nodetest: %q was written, for WriteLine kept the slice, which is the writer's to reuse", got)
	}
}

func writersDoNotInterleave(t testing.TB, w Wire) {
	const writers, each = 8, 2000
	text := func(i, j int) string { return fmt.Sprintf("%d %d %s.", i, j, strings.Repeat(fmt.Sprint(i), j%200)) }
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for j := range each {
				if err := w.write(text(i, j)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	var next [writers]int
	for range writers * each {
		line := w.written(t)
		i := -1
		_, _ = fmt.Sscanf(line, "%d ", &i)
		if i < 0 || i >= writers || line != text(i, next[i]) {
			t.Fatalf("nodetest: %.100q was written, which is no line, or not the next, of one writer", line)
		}
		next[i]++
	}
}

// carriesANode runs an echo server over the transport. It sends requests one by one, many at once, and two just before the
// end of the input.
func carriesANode(t testing.TB, w Wire) {
	n := node.New(node.Options{Transport: w.Transport, Logger: slog.New(slog.DiscardHandler)})
	n.Init("n1", []string{"n1"})
	type body = map[string]json.RawMessage
	node.HandleRPC(n, "echo", func(_ context.Context, b body) (body, error) { return b, nil })
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()

	request := func(i int) {
		w.Deliver(fmt.Sprintf(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":%d}}`, i))
	}
	reply := func(i int) {
		t.Helper()
		want := fmt.Sprintf(`{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":%d,"msg_id":%d}}`, i, i)
		if got := w.written(t); got != want {
			t.Fatalf("nodetest: the node wrote %s, want %s", got, want)
		}
	}
	for i := range 100 { // each is answered while the input stays open, so output is flushed
		request(i)
		reply(i)
	}
	for i := range 10_000 {
		request(i)
	}
	for i := range 10_000 {
		reply(i)
	}
	request(1)
	request(2)
	w.CloseInput()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("nodetest: Run: %v", err)
		}
	case <-time.After(transportPatience):
		t.Fatal("nodetest: Run does not end when the input does")
	}
	reply(1) // requests before the end of the input are answered
	reply(2)
}
