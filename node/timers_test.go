package node_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/node"
	"glomers/node/nodetest"
)

// A diary notes when something happened, since its beginning.
type diary struct {
	start  time.Time
	events []string
}

func newDiary() *diary { return &diary{start: time.Now()} }

func (d *diary) note(what string) {
	d.events = append(d.events, fmt.Sprintf("%v %s", time.Since(d.start), what))
}

func TestEveryTicksAtIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.Start(t, func(n *node.Node) {
			n.Every(time.Second, func(context.Context) { d.note("tick") })
		}, "n1", "n0", "n1") // the node's index is 0
		time.Sleep(3*time.Second + time.Millisecond)
		c.Close()
		require.Equal(t, []string{"1s tick", "2s tick", "3s tick"}, d.events)
	})
}

// The ticks of different nodes never fall on the same instant.
func TestEveryIsOffsetByTheNodesIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.New(t, func(n *node.Node) {
			n.Every(time.Second, func(context.Context) { d.note("tick") })
		})
		c.Deliver(`{"src":"c1","body":{"type":"init","node_id":"n2","node_ids":["n0","n1","n2"]}}`)
		time.Sleep(2*time.Second + time.Millisecond)
		c.Close()
		require.Equal(t, []string{"1.000000002s tick", "2.000000002s tick"}, d.events)
	})
}

// Guarantee 6: what takes longer than the interval leaves ticks out, and keeps the phase.
func TestEveryDoesNotOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var stop func()
		c := nodetest.Start(t, func(n *node.Node) {
			stop = n.Every(time.Second, func(ctx context.Context) {
				d.note("begins")
				_ = n.Sleep(ctx, 2500*time.Millisecond)
				d.note("ends")
			})
		})
		time.Sleep(5 * time.Second)
		stop()
		time.Sleep(5 * time.Second)
		c.Close()
		require.Equal(t, []string{"1s begins", "3.5s ends", "4s begins", "6.5s ends"}, d.events)
	})
}

func TestEveryGoesOnAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.Start(t, func(n *node.Node) {
			n.Every(time.Second, func(context.Context) {
				d.note("tick")
				panic("as the test wants")
			})
		})
		time.Sleep(2500 * time.Millisecond)
		c.Close()
		require.Equal(t, []string{"1s tick", "2s tick"}, d.events)
	})
}

func TestEveryRefusesNoInterval(t *testing.T) {
	n := node.New(node.Options{Transport: node.NewMem(nil)})
	require.Panics(t, func() { n.Every(0, func(context.Context) {}) })
	require.Panics(t, func() { n.Every(-time.Second, func(context.Context) {}) })
}

func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		var stops []func()
		c := nodetest.New(t, func(n *node.Node) {
			n.Every(time.Second, func(context.Context) { d.note("stopped before init") })()
			n.After(time.Second, func(context.Context) { d.note("stopped before init") })()
			stops = append(stops, n.After(1500*time.Millisecond, func(context.Context) { d.note("stopped outside") }))
			var stop func()
			stop = n.Every(time.Second, func(context.Context) {
				d.note("last tick")
				stop()
				stop()
			})
			n.After(time.Minute, func(context.Context) { d.note("later") }) // its clock was set for what is stopped
		})
		time.Sleep(time.Hour)
		d.start = time.Now()
		c.Init()
		time.Sleep(time.Second)
		for _, stop := range stops {
			stop()
		}
		time.Sleep(time.Hour)
		c.Close()
		require.Equal(t, []string{"1s last tick", "1m0s later"}, d.events)
	})
}

// Guarantee 6, for Go also "after the functions given to Go earlier".
func TestSameInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []int
		var want []int
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "after", func(context.Context, none) (none, error) {
				for i := range 100 {
					n.After(time.Second, func(context.Context) { order = append(order, i) })
				}
				return none{}, nil
			})
			node.HandleRPC(n, "go", func(context.Context, none) (none, error) {
				for i := range 100 {
					n.Go(func(context.Context) { order = append(order, i) })
				}
				require.Empty(t, order, "not before the handler has given the turn away")
				return none{}, nil
			})
			node.Receive(n, "sleep", func(ctx context.Context, m struct{ I int }) {
				_ = n.Sleep(ctx, time.Second)
				order = append(order, m.I)
			})
		})
		for i := range 100 {
			want = append(want, i)
		}
		for _, typ := range []string{"after", "go"} {
			nodetest.Request[none](c, typ, nil)
			time.Sleep(time.Minute)
			synctest.Wait()
			require.Equal(t, want, order)
			order = nil
		}
		for _, i := range want {
			c.Send("n2", "sleep", map[string]any{"i": i})
		}
		time.Sleep(time.Minute)
		c.Close()
		require.Equal(t, want, order)
	})
}

// What is set before the node has its id waits for that, and comes after init_ok.
func TestTimersWaitForInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.New(t, func(n *node.Node) {
			n.Go(func(context.Context) {
				d.note("go " + n.ID())
				_ = node.Notify(n, "c2", "hello", none{})
			})
			n.After(time.Second, func(context.Context) { d.note("after " + n.ID()) })
			n.OnInit(func(ctx context.Context) error {
				d.note("init")
				n.Go(func(context.Context) { d.note("go from init") })
				return n.Sleep(ctx, time.Second)
			})
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, d.events)
		d.start = time.Now()
		c.Deliver(`{"src":"c3","body":{"type":"init","msg_id":1,"node_id":"n5","node_ids":["n5"]}}`)
		time.Sleep(time.Minute)
		sent := c.Sent()
		c.Close()
		require.Equal(t, []string{"0s init", "1s go n5", "1s go from init", "2s after n5"}, d.events)
		require.Len(t, sent, 2)
		require.Equal(t, "init_ok", sent[0].Type())
		require.Equal(t, "hello", sent[1].Type())
	})
}

// A timer that is due while somebody has the turn runs when that gives it away.
func TestTimerWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDiary()
		c := nodetest.Start(t, func(n *node.Node) {
			node.HandleRPC(n, "work", func(ctx context.Context, _ none) (none, error) {
				n.After(time.Second, func(context.Context) { d.note("timer") })
				time.Sleep(3 * time.Second) // as long computations do, it keeps the turn
				d.note("worked")
				err := n.Sleep(ctx, time.Second)
				d.note("slept")
				return none{}, err
			})
		})
		nodetest.Request[none](c, "work", nil)
		c.Close()
		require.Equal(t, []string{"3s worked", "3s timer", "4s slept"}, d.events)
	})
}

// Any number of timers, set and stopped at any time, run at their times in the order in which they were set.
func TestTimersProperty(t *testing.T) {
	type timer struct {
		set, delay, stop time.Duration // it is stopped if stop is after set; half a second is added to delay
	}
	seconds := func(low int) *rapid.Generator[time.Duration] {
		return rapid.Map(rapid.IntRange(low, 9), func(i int) time.Duration { return time.Duration(i) * time.Second })
	}
	timers := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) timer {
		return timer{seconds(0).Draw(t, "set"), seconds(0).Draw(t, "delay"), seconds(0).Draw(t, "stop")}
	}), 0, 30)
	rapid.Check(t, func(rt *rapid.T) {
		plan := timers.Draw(rt, "timers")
		slices.SortStableFunc(plan, func(a, b timer) int { return int(a.set - b.set) })
		var want []string
		for due := time.Duration(0); due < 20*time.Second; due += time.Second {
			for i, p := range plan {
				if p.set+p.delay == due && (p.stop <= p.set || p.stop > due) {
					want = append(want, fmt.Sprintf("%v %d", due+time.Second/2, i))
				}
			}
		}

		var d *diary
		synctest.Test(t, func(t *testing.T) {
			var n *node.Node
			c := nodetest.Start(t, func(started *node.Node) { n = started })
			d = newDiary()
			stops := make([]func(), len(plan))
			for now := time.Duration(0); now < 10*time.Second; now += time.Second {
				for i, p := range plan {
					if p.set < now && p.stop == now {
						stops[i]()
					}
					if p.set == now {
						stops[i] = n.After(p.delay+time.Second/2, func(context.Context) { d.note(fmt.Sprint(i)) })
					}
				}
				time.Sleep(time.Second)
			}
			time.Sleep(10 * time.Second)
			c.Close()
		})
		require.Equal(rt, want, d.events)
	})
}
