package node_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// A ledger is a Durable that keeps words, and tells n1 of each: that it heard of it, early, and that it has it.
type ledger struct {
	words   []string
	unsaved [][]byte
	saved   []int
	states  int
}

func newLedger(state []byte, records [][]byte) (*ledger, error) {
	l := &ledger{words: strings.Fields(string(state))}
	for _, r := range records {
		l.words = append(l.words, string(r))
	}
	return l, nil
}

func (l *ledger) Receive(_ string, m word, _ time.Duration) []node.Envelope[word] {
	l.words = append(l.words, m.Word)
	l.unsaved = append(l.unsaved, []byte(m.Word))
	return []node.Envelope[word]{
		{Dest: "n1", Message: word{"have " + m.Word}},
		{Dest: "n1", Message: word{"heard " + m.Word}, Early: true},
	}
}

func (l *ledger) Tick(time.Duration) []node.Envelope[word] { return nil }

func (l *ledger) Next() time.Duration { return node.Never }

func (l *ledger) Unsaved() [][]byte {
	all := l.unsaved
	l.unsaved = nil
	return all
}

func (l *ledger) Saved(n int, _ time.Duration) []node.Envelope[word] {
	l.saved = append(l.saved, n)
	return []node.Envelope[word]{{Dest: "n1", Message: word{fmt.Sprint("saved ", n)}, Early: true}}
}

func (l *ledger) State() []byte {
	l.states++
	return []byte(strings.Join(l.words, " "))
}

// startLedger starts a life of the node. said returns the words that it has sent since the last call.
func startLedger(t *testing.T, d node.Disk) (l func() *ledger, tell func(word string), said func() []string, end func() error) {
	t.Helper()
	var driver *node.Driver[word, *ledger]
	mem, replies, end := onDisk(t, d, func(n *node.Node) {
		driver = node.DriveDurable(n, "word", node.OpenStore(n, ""), newLedger)
	})
	said = func() []string {
		var words []string
		for _, line := range replies() {
			_, w, _ := strings.Cut(line, `"word":"`)
			words = append(words, strings.TrimSuffix(w, `"}}`))
		}
		return words
	}
	tell = func(w string) {
		mem.Deliver(fmt.Appendf(nil, `{"src":"n1","dest":"n0","body":{"type":"word","word":%q}}`, w))
	}
	return func() *ledger { return driver.Machine }, tell, said, end
}

// What a machine promises leaves when its records are on disk, and in the order of the events.
func TestDriveDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(diskInMemory)
		_, tell, said, end := startLedger(t, d)
		tell("a")
		tell("b")
		require.Equal(t, []string{"heard a", "heard b"}, said())
		d.finish(nil)
		require.Equal(t, []string{"have a", "saved 1"}, said())
		d.finish(nil)
		require.Equal(t, []string{"have b", "saved 2"}, said())
		tell("c")
		require.Equal(t, []string{"heard c"}, said())
		require.NoError(t, end(), "killed before c is on disk")

		d.done = nil
		l, tell, said, end := startLedger(t, d)
		require.Equal(t, []string{"a", "b"}, l().words)
		tell("d")
		require.Equal(t, []string{"heard d"}, said())
		d.finish(nil)
		require.Equal(t, []string{"have d", "saved 1"}, said(), "records count from the beginning of a life")
		require.NoError(t, end())
	})
}

// A file that has grown is replaced by the machine's state, and nothing is lost by that.
func TestCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(diskInMemory)
		l, tell, said, end := startLedger(t, d)
		long := strings.Repeat("x", 700<<10)
		tell("a")
		tell(long)
		said()
		d.finish(nil)
		d.finish(nil)
		require.Zero(t, l().states)
		tell(long)
		tell("b")
		said()
		require.Equal(t, 1, l().states)
		d.finish(nil) // the long word
		require.Len(t, said(), 2)
		d.finish(nil) // the state, and b
		require.Equal(t, []string{"have b", "saved 4"}, said())
		require.NoError(t, end())

		l, _, _, end = startLedger(t, d)
		require.Equal(t, []string{"a", long, long, "b"}, l().words)
		require.NoError(t, end())
	})
}

// Without a disk nothing waits, and the machine hears of it at once.
func TestDriveDurableInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, tell, said, end := startLedger(t, nil)
		tell("a")
		require.Equal(t, []string{"have a", "heard a", "saved 1"}, said())
		require.NoError(t, end())
	})
}

// A machine that cannot begin with its records refuses init.
func TestDriveDurableRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.New(t, func(n *node.Node) {
			node.DriveDurable(n, "word", node.OpenStore(n, ""), func([]byte, [][]byte) (*ledger, error) {
				return nil, node.NewRPCError(node.Crash, "these are no words")
			})
		})
		c.Deliver(`{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1"]}}`)
		require.Contains(t, string(c.Expect("c1", "error").Body), "these are no words")
		c.Close()
	})
}
