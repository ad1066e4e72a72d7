package node_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/control"
	"glomers/node"
	"glomers/node/nodetest"
)

// A turnstile is a node whose requests "pass" wait until there is a coin for each of them, and note that they have passed.
type turnstile struct {
	node   *node.Node
	coins  int
	passed []int
}

type numbered struct {
	I       int
	Timeout time.Duration
}

func (s *turnstile) register(n *node.Node) {
	s.node = n
	node.HandleRPC(n, "pass", func(ctx context.Context, req numbered) (none, error) {
		if req.Timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, req.Timeout)
			defer cancel()
		}
		if err := n.Wait(ctx, func() bool { return s.coins > 0 }); err != nil {
			s.passed = append(s.passed, -req.I)
			return none{}, err
		}
		if s.coins == 0 {
			return none{}, fmt.Errorf("%d passes without a coin", req.I)
		}
		s.coins--
		s.passed = append(s.passed, req.I)
		return none{}, nil
	})
	node.Receive(n, "coins", func(_ context.Context, m numbered) { s.coins += m.I })
	node.Receive(n, "look", func(context.Context, none) { s.passed = append(s.passed, 0) })
}

// deliver gives the node a line from another node.
func deliver(c *nodetest.Client, typ string, m numbered) {
	c.Deliver(fmt.Sprintf(`{"src":"n2","body":{"type":%q,"i":%d,"timeout":%d}}`, typ, m.I, m.Timeout))
}

func count(from, to int) []int {
	var all []int
	for i := from; i <= to; i++ {
		all = append(all, i)
	}
	return all
}

// Guarantee 5: they go on in the order in which they began to wait, one after the other, and before anything that comes later. The
// condition holds whenever Wait returns nil.
func TestWaitersGoOnInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s turnstile
		c := nodetest.Start(t, s.register)
		for i := range 50 {
			deliver(c, "pass", numbered{I: i + 1})
		}
		synctest.Wait()
		require.Empty(t, s.passed)
		for range 10 { // both are there before the node reads either
			deliver(c, "coins", numbered{I: 5})
			deliver(c, "look", numbered{})
		}
		synctest.Wait()
		var want []int
		for i := range 10 {
			want = append(append(want, count(5*i+1, 5*i+5)...), 0)
		}
		require.Equal(t, want, s.passed)
	})
}

// Guarantee 6: deadlines at the same instant end waits in the order in which these began, also after a node has stood still.
func TestWaitDeadlinesAreInOrder(t *testing.T) {
	for name, stands := range map[string]time.Duration{"runs": 0, "stood still": 5 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s turnstile
				c := nodetest.Start(t, s.register)
				for i := range 50 {
					deliver(c, "pass", numbered{I: i + 1, Timeout: time.Second})
				}
				synctest.Wait()
				resume := control.Pause(s.node)
				time.Sleep(stands)
				resume()
				time.Sleep(2 * time.Second)
				synctest.Wait()
				var want []int
				for i := range 50 {
					want = append(want, -i-1)
				}
				require.Equal(t, want, s.passed)
			})
		})
	}
}

// Guarantee 6: the same holds for other waits.
func TestDeadlinesOfContextsAreInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended []int
		c := nodetest.Start(t, func(n *node.Node) {
			wait := func(ctx context.Context, i int) {
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				var err error
				if i%2 == 0 {
					err = n.Sleep(ctx, time.Minute)
				} else {
					_, err = node.Call[none](ctx, n, "n3", "ask", none{})
				}
				require.ErrorIs(t, err, context.DeadlineExceeded)
				ended = append(ended, i)
			}
			node.Receive(n, "wait", func(ctx context.Context, m numbered) { wait(ctx, m.I) })
		})
		for i := range 50 {
			deliver(c, "wait", numbered{I: i})
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, count(0, 49), ended)
	})
}

// What holds at once needs no wait, and the turn stays.
func TestWaitForWhatHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := turnstile{coins: 2}
		c := nodetest.Start(t, s.register)
		nodetest.Request[none](c, "pass", numbered{I: 1})
		nodetest.Request[none](c, "pass", numbered{I: 2, Timeout: time.Second})
		require.Equal(t, []int{1, 2}, s.passed)
	})
}

// A timer, a function that waits, and one that has waited, all change what others wait for.
func TestWhatEndsWaits(t *testing.T) {
	for name, change := range map[string]func(ctx context.Context, s *turnstile){
		"a timer": func(_ context.Context, s *turnstile) {
			s.node.After(time.Second, func(context.Context) { s.coins++ })
		},
		"before a sleep": func(ctx context.Context, s *turnstile) {
			s.coins++
			_ = s.node.Sleep(ctx, time.Hour)
		},
		"before a call": func(ctx context.Context, s *turnstile) {
			s.coins++
			_, _ = node.Call[none](ctx, s.node, "n3", "ask", none{})
		},
		"before Blocking": func(ctx context.Context, s *turnstile) {
			s.coins++
			s.node.Blocking(ctx, func() { time.Sleep(3 * time.Second) })
		},
		"after a sleep": func(ctx context.Context, s *turnstile) {
			_ = s.node.Sleep(ctx, time.Second)
			s.coins++
		},
		"another waiter": func(ctx context.Context, s *turnstile) {
			ready := false
			s.node.After(time.Second, func(context.Context) { ready = true })
			_ = s.node.Wait(ctx, func() bool { return ready })
			s.coins++
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s turnstile
				c := nodetest.Start(t, func(n *node.Node) {
					s.register(n)
					node.Receive(n, "change", func(ctx context.Context, _ none) { change(ctx, &s) })
				})
				deliver(c, "pass", numbered{I: 7})
				synctest.Wait()
				deliver(c, "change", numbered{})
				time.Sleep(2 * time.Second)
				synctest.Wait()
				require.Equal(t, []int{7}, s.passed)
			})
		})
	}
}

// A condition that panics is the mistake of whoever waits for it, and of nobody else.
func TestWaitConditionThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := turnstile{}
		c := nodetest.Start(t, func(n *node.Node) {
			s.register(n)
			node.HandleRPC(n, "panic", func(ctx context.Context, _ none) (none, error) {
				return none{}, n.Wait(ctx, func() bool { return 1/(1-s.coins) == 7 })
			})
			node.HandleRPC(n, "waiting condition", func(ctx context.Context, _ none) (none, error) {
				return none{}, n.Wait(ctx, func() bool { return n.Sleep(ctx, time.Second) == nil })
			})
		})
		require.Contains(t, c.ExpectError(node.Crash, "waiting condition", nil).Text, "must not wait itself")
		var waiting sync.WaitGroup
		waiting.Go(func() {
			require.Contains(t, c.ExpectError(node.Crash, "panic", nil).Text, "integer divide by zero")
		})
		synctest.Wait()
		deliver(c, "coins", numbered{I: 1})
		waiting.Wait()
		nodetest.Request[none](c, "pass", numbered{I: 1})
	})
}

// Who has no turn cannot wait for what it guards.
func TestWaitWithoutATurn(t *testing.T) {
	c := nodetest.Start(t, func(n *node.Node) {
		node.HandleRPC(n, "wait", func(context.Context, none) (none, error) {
			return none{}, n.Wait(context.Background(), func() bool { return true })
		})
		n.Handle("official", func(node.Message) error {
			return n.Wait(context.Background(), func() bool { return true })
		})
	})
	for _, typ := range []string{"wait", "official"} {
		require.Contains(t, c.ExpectError(node.Crash, typ, nil).Text, "Wait needs the ctx that a typed handler")
	}
}

// A node that ends lets those go that still wait.
func TestWaitEndsWithTheNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s turnstile
		c := nodetest.Start(t, s.register)
		deliver(c, "pass", numbered{I: 1})
		deliver(c, "pass", numbered{I: 2, Timeout: time.Second})
		synctest.Wait()
		c.Close()
		synctest.Wait()
		require.Equal(t, []int{-2, -1}, s.passed)
	})
}
