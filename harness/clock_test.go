package harness

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/network"
)

// A clock that is held stands still, and then goes on from there.
func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock{start: time.Now()}
		time.Sleep(3 * time.Second)
		require.Equal(t, 3*time.Second, c.now())
		require.False(t, c.standing())
		for range 2 {
			before, lost := c.now(), c.lost()
			c.hold(before)
			time.Sleep(time.Hour)
			require.True(t, c.standing())
			require.Equal(t, before, c.now())
			require.Equal(t, lost+time.Hour, c.lost())
			c.release()
			require.False(t, c.standing())
			require.Equal(t, before, c.now())
			time.Sleep(time.Second)
			require.Equal(t, before+time.Second, c.now())
			require.Equal(t, lost+time.Hour, c.lost())
		}
	})
}

// The clock is held at a time that the network has reached already, even if that is later.
func TestClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScheduler(Test{Settle: synctest.Wait}, func(network.Event) error { return nil })
		s.last = 5 * time.Millisecond
		s.stand()
		require.Equal(t, 5*time.Millisecond, s.now())
		time.Sleep(time.Second)
		s.goOn()
		require.Equal(t, 5*time.Millisecond, s.now())
	})
}

// While the clock is held, nothing becomes due: timers and messages keep their distance. Posts are taken all the same, and a
// message without latency arrives.
func TestHeldScheduler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		test := Test{Latency: 100 * time.Millisecond, LatencyDist: network.Constant}
		test.limits = test.limits.withDefaults()
		test.Limits = test.Limits.withDefaults()
		s := newScheduler(test, func(network.Event) error { return nil })
		var got []string
		over := false
		var released time.Time
		note := func(text string) { got = append(got, text+" "+s.now().String()) }
		s.deliver = func(m network.Message) { note(m.Src + " to " + m.Dest) }
		s.handle = func(p post) {
			switch p.event {
			case "hold":
				s.stand()
				note("held")
			case "speak":
				require.NoError(t, s.send(p.at, "n1", "c1", []byte("{}")))
			case "release":
				released = time.Now()
				s.goOn()
			}
		}
		s.net.Add("n1", network.Node)
		s.net.Add("n2", network.Node)
		s.net.Add("c1", network.Client)
		require.NoError(t, s.send(0, "n1", "n2", []byte("{}")))
		s.after(70*time.Millisecond, func() { note("timer") })
		s.after(130*time.Millisecond, func() { over = true })

		began := time.Now()
		var others sync.WaitGroup
		others.Go(func() {
			time.Sleep(50 * time.Millisecond)
			s.post(outside, "hold")
			time.Sleep(time.Hour)
			s.post(outside, "speak")
			time.Sleep(time.Hour)
			s.post(outside, "release")
		})
		require.NoError(t, s.until(func() bool { return over }))
		others.Wait()
		require.Equal(t, []string{"held 50ms", "n1 to c1 50ms", "timer 70ms", "n1 to n2 100ms"}, got)
		require.Equal(t, 2*time.Hour+50*time.Millisecond, released.Sub(began))
		require.Equal(t, 80*time.Millisecond, time.Since(released))
		require.Zero(t, s.lag.max, "a held clock makes nothing late")
		require.Equal(t, 2*time.Hour, s.clock.lost())
	})
}

// While the clock is held, readers of the output of nodes wait, except for the nodes that are debugged, until the mailbox is
// closed.
func TestHeldMailbox(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMailbox(100, &memory{limit: 1 << 20})
		var ordinary, debugged, ended, late audience
		m.always(&debugged)
		m.hold(true)
		var done []string
		var readers sync.WaitGroup
		read := func(name string, a *audience) {
			readers.Go(func() {
				m.awaitRoom(a)
				done = append(done, name)
			})
			synctest.Wait()
		}
		read("ordinary", &ordinary)
		read("ended", &ended)
		read("debugged", &debugged)
		require.Equal(t, []string{"debugged"}, done)
		m.always(&ended)
		synctest.Wait()
		require.Equal(t, []string{"debugged", "ended"}, done)
		m.hold(false)
		synctest.Wait()
		require.Equal(t, []string{"debugged", "ended", "ordinary"}, done)
		m.hold(true)
		read("late", &late)
		require.Len(t, done, 3)
		m.close()
		readers.Wait()
		require.Len(t, done, 4)
	})
}
