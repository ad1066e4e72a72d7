package nodetest

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// failing is a testing.TB that records the first failure.
type failing struct {
	testing.TB
	mu    sync.Mutex
	first string
}

func (f *failing) Helper() {}

func (f *failing) note(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == "" {
		f.first = text
	}
}

func (f *failing) Error(args ...any) { f.note(fmt.Sprint(args...)) }

func (f *failing) Fatal(args ...any) {
	f.note(fmt.Sprint(args...))
	runtime.Goexit()
}

func (f *failing) Fatalf(format string, args ...any) { f.Fatal(fmt.Sprintf(format, args...)) }

// faulty is a Mem with a fault.
type faulty struct {
	*node.Mem
	read  func() ([]byte, error)
	ready func() bool
	write func(line []byte) error
	flush func() error
}

func (f *faulty) ReadLine() ([]byte, error)   { return f.read() }
func (f *faulty) Ready() bool                 { return f.ready() }
func (f *faulty) WriteLine(line []byte) error { return f.write(line) }
func (f *faulty) Flush() error                { return f.flush() }

func newFaulty(*testing.T) (*faulty, Wire) {
	lines := make(chan string, 40_000) // half lines are counted as lines, too
	m := node.NewMem(func(line []byte) { lines <- string(line) })
	f := &faulty{m, m.ReadLine, m.Ready, m.WriteLine, m.Flush}
	return f, Wire{f, func(line string) { m.Deliver([]byte(line)) }, m.CloseInput, lines}
}

// A transport that keeps the contract passes, and every breach is found.
func TestTransportIsTested(t *testing.T) {
	TestTransport(t, func(t *testing.T) Wire {
		_, w := newFaulty(t)
		return w
	})
	for name, c := range map[string]struct {
		test   func(t testing.TB, w Wire)
		breach func(f *faulty)
		want   string
	}{
		"swaps lines": {readsInOrder, func(f *faulty) {
			var held []byte
			f.read = func() ([]byte, error) {
				if line := held; line != nil {
					held = nil
					return line, nil
				}
				line, err := f.Mem.ReadLine()
				if err != nil {
					return nil, err
				}
				held = line
				return f.Mem.ReadLine()
			}
		}, "want 1 bytes"},
		"ends without io.EOF": {readsInOrder, func(f *faulty) {
			f.read = func() ([]byte, error) {
				line, err := f.Mem.ReadLine()
				if err != nil {
					err = io.ErrClosedPipe
				}
				return line, err
			}
		}, "want io.EOF"},
		"trims lines": {readsAnyLine, func(f *faulty) {
			f.read = func() ([]byte, error) {
				line, err := f.Mem.ReadLine()
				return bytes.TrimSpace(line), err
			}
		}, "ReadLine returned 0 bytes"},
		"is always ready": {ready, func(f *faulty) { f.ready = func() bool { return true } }, "Ready is true"},
		"reads into one buffer": {slicesBelong, func(f *faulty) {
			var buffer []byte
			f.read = func() ([]byte, error) {
				line, err := f.Mem.ReadLine()
				buffer = append(buffer[:0], line...)
				return buffer, err
			}
		}, "the reader's to keep"},
		"keeps what it writes": {slicesBelong, func(f *faulty) {
			var kept []byte
			f.write = func(line []byte) error { kept = line; return nil }
			f.flush = func() error { return f.Mem.WriteLine(kept) }
		}, "the writer's to reuse"},
		"interleaves": {writersDoNotInterleave, func(f *faulty) {
			f.write = func(line []byte) error {
				half := slices.Clone(line)
				_ = f.Mem.WriteLine(half[:len(half)/2])
				return f.Mem.WriteLine(half[len(half)/2:])
			}
		}, "which is no line"},
		"does not flush": {carriesANode, func(f *faulty) {
			var kept [][]byte
			f.write = func(line []byte) error {
				if kept = append(kept, slices.Clone(line)); len(kept) < 10 {
					return nil
				}
				for _, line := range kept {
					_ = f.Mem.WriteLine(line)
				}
				kept = nil
				return nil
			}
		}, "nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, w := newFaulty(t)
				c.breach(f)
				tb := &failing{TB: t}
				done := make(chan struct{})
				go func() {
					defer close(done)
					c.test(tb, w)
				}()
				<-done
				w.CloseInput()
				require.Contains(t, tb.first, c.want)
			})
		})
	}
}
