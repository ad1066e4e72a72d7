package puresim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A words is the message of a parrot. It refers to shared memory.
type words struct{ Words []string }

// A parrot repeats every message to n0 a second later, and records all events.
type parrot struct {
	id   string
	zero time.Time
	due  time.Duration
	says []string
	log  *[]string
}

func (p *parrot) SetWallClock(zero time.Time) { p.zero = zero }

func (p *parrot) note(now time.Duration, what string) {
	*p.log = append(*p.log, fmt.Sprintf("%s %v %s", p.id, now, what))
}

func (p *parrot) Receive(from string, m words, now time.Duration) []node.Envelope[words] {
	p.note(now, fmt.Sprintf("%s says %v", from, m.Words))
	p.due, p.says = now+time.Second, m.Words
	return nil
}

func (p *parrot) Tick(now time.Duration) []node.Envelope[words] {
	p.note(now, "tick")
	p.due = node.Never
	return p.say("n0", p.says)
}

func (p *parrot) Next() time.Duration { return p.due }

func (p *parrot) say(to string, w []string) []node.Envelope[words] {
	return []node.Envelope[words]{{Dest: to, Message: words{w}}}
}

// flock starts parrots. It also returns a function that returns the events since its last call.
func flock(n int) (*Cluster[words, *parrot], func() []string) {
	var log []string
	c := New(n, func(c *Cluster[words, *parrot], i int) *parrot {
		return &parrot{id: c.IDs[i], due: node.Never, log: &log}
	})
	c.Latency = func() time.Duration { return time.Millisecond }
	return c, func() []string {
		happened := log
		log = nil
		return happened
	}
}

// tell lets n0 send words to n1.
func tell(c *Cluster[words, *parrot], w ...string) bool {
	return c.Do(0, func(p *parrot, _ time.Duration) []node.Envelope[words] { return p.say("n1", w) })
}

func TestTimeBeginsWithALife(t *testing.T) {
	c, log := flock(2)
	tell(c, "a")
	c.Run(500 * time.Millisecond)
	tell(c, "b") // this moves the alarm
	c.Run(5 * time.Second)
	require.Equal(t, []string{
		"n1 1ms n0 says [a]", "n1 501ms n0 says [b]", "n1 1.501s tick", "n0 1.502s n1 says [b]", "n0 2.502s tick", "n0 2.503s n0 says [b]",
		"n0 3.503s tick", "n0 3.504s n0 says [b]", "n0 4.504s tick", "n0 4.505s n0 says [b]",
	}, log())

	c.Start(0)
	c.Start(1)
	tell(c, "a")
	c.Run(5*time.Second + 100*time.Millisecond)
	require.Equal(t, []string{"n1 1ms n0 says [a]"}, log())
	c.Start(1) // this cancels the alarm of the last life
	c.Run(10 * time.Second)
	require.Empty(t, log())
	require.Equal(t, 7, c.Sent)
}

func TestKilledAndPausedNodes(t *testing.T) {
	c, log := flock(2)
	var lost []string
	c.Lost = func(from, to int) { lost = append(lost, fmt.Sprintf("%v %d>%d", c.Now(), from, to)) }
	c.Members[1].Paused = 3 * time.Second
	tell(c, "a")
	require.False(t, c.Do(1, nil))
	c.Run(3 * time.Second)
	require.Equal(t, []string{"n1 3s n0 says [a]"}, log(), "later")

	c.Kill(1)
	tell(c, "b")
	require.False(t, c.Do(1, nil))
	c.Run(10 * time.Second)
	require.Empty(t, log(), "neither the message nor the alarm")
	require.Equal(t, []string{"3.001s 0>1"}, lost)
	c.Kill(0)
	require.False(t, tell(c, "c"))
}

func TestNetwork(t *testing.T) {
	c, log := flock(2)
	c.Copies = func(from, to int) int { return 2 }
	said := []string{"a"}
	tell(c, said...)
	said[0] = "b"
	c.Run(time.Millisecond)
	c.Machine(1).says[0] = "c"
	require.Equal(t, []string{"n1 1ms n0 says [a]", "n1 1ms n0 says [a]"}, log())
	require.Equal(t, []string{"b"}, said)

	c.Shared = true
	said[0] = "a"
	tell(c, said...)
	said[0] = "b"
	c.Run(2 * time.Millisecond)
	require.Equal(t, []string{"n1 2ms n0 says [b]", "n1 2ms n0 says [b]"}, log())

	tell(c, "a")
	c.Cut = func(from, to int) bool { return from == 0 && to == 1 }
	c.Run(10 * time.Millisecond)
	require.Empty(t, log())
	require.PanicsWithValue(t, `puresim: n0 sends to "n7", which is not a node`, func() {
		c.Do(0, func(p *parrot, _ time.Duration) []node.Envelope[words] { return p.say("n7", nil) })
	})
}

func TestWallClock(t *testing.T) {
	c, _ := flock(2)
	c.Run(time.Minute)
	c.Start(1)
	c.Members[1].Skew = -time.Hour
	c.Run(2 * time.Minute)
	tell(c)
	c.Run(3 * time.Minute)
	require.Equal(t, epoch, c.Machine(0).zero)
	require.Equal(t, epoch.Add(time.Minute-time.Hour), c.Machine(1).zero)
	require.Equal(t, epoch.Add(3*time.Minute-time.Hour), c.Wall(1))
	c.Start(1)
	require.Equal(t, -time.Hour, c.Members[1].Skew, "it is the computer's")
}

// A clock that runs fast or slowly counts more or less in the same time.
func TestRate(t *testing.T) {
	c, log := flock(2)
	c.Members[1].Rate = 0.9
	c.Start(1)
	tell(c, "a")
	c.Run(5 * time.Second)
	require.Equal(t, []string{
		"n1 900µs n0 says [a]", "n1 1.0009s tick", "n0 1.113111112s n1 says [a]", "n0 2.113111112s tick", "n0 2.114111112s n0 says [a]",
		"n0 3.114111112s tick", "n0 3.115111112s n0 says [a]", "n0 4.115111112s tick", "n0 4.116111112s n0 says [a]",
	}, log())
}
