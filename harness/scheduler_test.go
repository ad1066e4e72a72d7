package harness

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/network"
)

// All sequences of up to six timers with three due times are tried.
func TestTimersByTimeThenAge(t *testing.T) {
	t.Parallel()
	var try func(dues []time.Duration)
	try = func(dues []time.Duration) {
		var ts timers
		type done struct {
			due time.Duration
			nr  int
		}
		var got []done
		for nr, due := range dues {
			ts.add(due, func() { got = append(got, done{due, nr}) })
		}
		for range dues {
			due, ok := ts.next()
			require.True(t, ok)
			x := ts.pop()
			require.Equal(t, due, x.due)
			x.do()
		}
		_, ok := ts.next()
		require.False(t, ok)
		for i := 1; i < len(got); i++ {
			a, b := got[i-1], got[i]
			require.True(t, a.due < b.due || a.due == b.due && a.nr < b.nr, "%v: %v before %v", dues, a, b)
		}
		for due := time.Duration(0); due < 3 && len(dues) < 6; due++ {
			try(append(dues[:len(dues):len(dues)], due))
		}
	}
	try(nil)
}

func fromNode(dest string, number int) sent { return sent{line: line{dest: dest}, number: number} }

// The order of posts does not depend on how the goroutines raced.
func TestSortPosts(t *testing.T) {
	t.Parallel()
	links := [][]post{ // the posts of each link, in their order
		{{source: 0, event: fromNode("n1", 1)}, {source: 0, event: fromNode("n1", 3)}},
		{{source: 0, event: fromNode("n2", 2)}},
		{{source: 1, event: fromNode("n0", 1)}, {source: 1, event: fromNode("n0", 2)}, {source: 1, event: failed{}}},
		{{source: 2, event: finished{}}},
		{{source: outside, event: failed{}}},
	}
	merge := func(rng *rand.Rand) []post {
		var posts []post
		rest := append([][]post{}, links...)
		for len(rest) > 0 {
			i := rng.IntN(len(rest))
			posts = append(posts, rest[i][0])
			if rest[i] = rest[i][1:]; len(rest[i]) == 0 {
				rest = append(rest[:i], rest[i+1:]...)
			}
		}
		sortPosts(posts)
		return posts
	}
	want := merge(rand.New(rand.NewPCG(0, 0)))
	for seed := range uint64(100) {
		require.Equal(t, want, merge(rand.New(rand.NewPCG(1, seed))))
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	m := newMailbox(2, &memory{limit: 2*messageCost + 10})
	message := func(size int) post { return post{event: sent{line: line{body: make([]byte, size)}}} }
	require.True(t, m.put(message(1)))
	require.True(t, m.put(message(1)))
	require.False(t, m.put(message(1)), "too many")
	require.True(t, m.put(post{event: failed{}}), "others are always taken")
	<-m.wake
	posts, flooded := m.take(nil)
	require.Len(t, posts, 3)
	require.True(t, flooded)

	m = newMailbox(2, &memory{limit: 2*messageCost + 10})
	require.True(t, m.put(message(10+messageCost/2)))
	require.False(t, m.put(message(messageCost/2)), "too large")
	require.Len(t, m.close(), 1)
	require.False(t, m.put(post{event: failed{}}), "closed")
}

// A thousand requests of a few bytes that come at once have large answers, of which no more are made than there is room for.
func TestLargeAnswersToManyRequests(t *testing.T) {
	t.Parallel()
	test := Test{Limits: Limits{Memory: 16 << 20}, limits: limits{messages: 1_000_000}}
	s := newScheduler(test, func(network.Event) error { return nil })
	s.net.Add("n0", network.Node)
	s.net.Add("lin-kv", network.Service)
	s.handle = func(p post) {
		switch e := p.event.(type) {
		case sent:
			require.NoError(t, s.send(p.at, "n0", e.dest, e.body))
		case flood:
			s.fail(errors.New("a flood"))
		}
	}
	answers := 0
	s.deliver = func(m network.Message) {
		if m.Dest == "lin-kv" {
			answers++
			require.NoError(t, s.send(s.now(), "lin-kv", "n0", make(json.RawMessage, 1<<20)))
		}
	}
	for range 1000 {
		require.True(t, s.post(0, sent{line: line{dest: "lin-kv", body: json.RawMessage(`{}`)}}))
	}
	require.ErrorContains(t, s.until(func() bool { return false }), "a flood")
	require.LessOrEqual(t, answers, 17)
}
