package puresim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A scribe writes words. It tells n0 of each early, and again when it may, and how much it has saved.
type scribe struct{ wrote [][]byte }

func (s *scribe) Receive(from string, m words, now time.Duration) []node.Envelope[words] { return nil }

func (s *scribe) Tick(now time.Duration) []node.Envelope[words] { return nil }

func (s *scribe) Next() time.Duration { return node.Never }

func (s *scribe) State() []byte { return nil }

func (s *scribe) Unsaved() [][]byte {
	defer func() { s.wrote = nil }()
	return s.wrote
}

func (s *scribe) Saved(n int, now time.Duration) []node.Envelope[words] {
	return []node.Envelope[words]{{Dest: "n0", Message: words{[]string{fmt.Sprint("saved ", n)}}}}
}

func (s *scribe) write(word string, now time.Duration) []node.Envelope[words] {
	s.wrote = append(s.wrote, []byte(word))
	return []node.Envelope[words]{{Dest: "n0", Message: words{[]string{word, "early"}}, Early: true}, {Dest: "n0", Message: words{[]string{word}}}}
}

func scribes() (c *Cluster[words, *scribe], said func() []string) {
	c = New(1, func(*Cluster[words, *scribe], int) *scribe { return new(scribe) })
	var log []string
	c.Log = func(_ int, e node.Envelope[words]) { log = append(log, fmt.Sprint(c.Now(), e.Message.Words)) }
	return c, func() []string {
		defer func() { log = nil }()
		return log
	}
}

func write(word string) func(*scribe, time.Duration) []node.Envelope[words] {
	return func(s *scribe, now time.Duration) []node.Envelope[words] { return s.write(word, now) }
}

// Messages wait for the sync that has their records, and one sync has all that waits for it. What Saved returns waits, too, if there is
// something else to sync.
func TestSync(t *testing.T) {
	c, said := scribes()
	c.Do(0, write("at once"))
	require.Equal(t, []string{"0s [at once early]", "0s [at once]", "0s [saved 1]"}, said())

	c.Sync = func() time.Duration { return time.Second }
	for i, word := range []string{"a", "b", "c"} {
		c.At(time.Duration(i)*100*time.Millisecond, func() { c.Do(0, write(word)) })
	}
	c.Run(5 * time.Second)
	require.Equal(t, []string{"0s [a early]", "100ms [b early]", "200ms [c early]", "1s [a]", "2s [b]", "2s [c]", "2s [saved 2]", "2s [saved 4]"}, said())
}

// A kill leaves what was synced, and as much of the rest as is drawn; messages that wait are lost.
func TestKillWithADisk(t *testing.T) {
	for kept := range 3 {
		c, said := scribes()
		c.Do(0, write("old"))
		c.Sync = func() time.Duration { return time.Second }
		c.Kept = func(unsynced int) int {
			require.Equal(t, 2, unsynced)
			return kept
		}
		c.Do(0, write("a"))
		c.Do(0, write("b"))
		c.Start(0)
		require.Equal(t, [][]byte{[]byte("old"), []byte("a"), []byte("b")}[:1+kept], c.Records(0))
		said()
		c.Do(0, write("new"))
		c.Run(5 * time.Second)
		require.Equal(t, []string{"0s [new early]", "1s [new]", "1s [saved 1]"}, said(), "records are counted in each life")
	}
}
