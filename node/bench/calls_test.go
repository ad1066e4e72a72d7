package bench

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// calls is a load that has one node make b.N calls of another, so many at a time. The answer is the caller's, when all calls
// are done.
func calls(concurrent int) load {
	return func(b *testing.B, bin string) (answer []byte) {
		caller, called := start(b, bin, "n0"), start(b, bin, "n1")
		there, back := newLink(called), newLink(caller)
		b.ResetTimer()
		caller.request("n0", fmt.Sprintf(`{"type":"calls","msg_id":2,"to":"n1","count":%d,"concurrent":%d}`, b.N, min(b.N, concurrent)))
		replies := make(chan error, 1)
		go func() { replies <- readLines(called.stdout, b.N, back.pass) }()
		// The caller's own answer cannot be among these lines: it waits for the replies to all of them.
		require.NoError(b, readLines(caller.stdout, b.N, there.pass))
		require.NoError(b, <-replies)
		require.NoError(b, back.close())
		answer, err := caller.stdout.ReadBytes('\n')
		require.NoError(b, err)
		b.StopTimer()
		require.NoError(b, there.close())
		used, other := caller.stop(), called.stop()
		used.Allocs += other.Allocs
		used.Bytes += other.Bytes
		used.cpu += other.cpu
		report(b, used)
		return answer
	}
}

// A link carries lines to a node. It takes all that is under way between two nodes: neither has to wait until the other one
// reads, which could be for ever if that waits for the first.
type link struct {
	parts chan []byte
	err   chan error
}

func newLink(to *process) *link {
	l := &link{parts: make(chan []byte, 1<<16), err: make(chan error, 1)}
	go func() {
		var err error
		for part := range l.parts {
			if _, werr := to.stdin.Write(part); werr != nil {
				err = werr
			}
		}
		l.err <- err
	}()
	return l
}

func (l *link) pass(part []byte) { l.parts <- bytes.Clone(part) }

// close waits until everything has been written.
func (l *link) close() error {
	close(l.parts)
	return <-l.err
}
