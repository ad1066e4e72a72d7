package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/puresim"
)

// epochLogs returns two logs that close epochs.
func epochLogs() (a, b *log) {
	a, b = newLog(0, 2, true), newLog(1, 2, true)
	a.whole, b.whole = true, true
	return a, b
}

func null() json.RawMessage { return json.RawMessage("null") }

// offsets returns those that l shows of a key.
func offsets(l *log, key string) []int64 {
	var all []int64
	for _, e := range l.poll(key, 0, maxPoll) {
		all = append(all, e.offset)
	}
	return all
}

// A's closing lets B show its own messages, of keys that A has never heard of, too; B's answer does the rest.
func TestClosing(t *testing.T) {
	a, b := epochLogs()
	a.send("k", null())
	b.send("k", null())
	b.send("k", null())
	b.send("new", null())
	a.close()
	require.True(t, b.hides())
	b.extend(0, a.own().from(0))
	require.Equal(t, []int64{0, 1, 3}, offsets(b, "k"))
	require.Equal(t, []int64{1}, offsets(b, "new"))
	require.False(t, b.hides())
	b.promise()
	a.extend(1, b.own().from(0))
	require.Equal(t, []int64{0, 1, 3}, offsets(a, "k"))
	require.Equal(t, []int64{1}, offsets(a, "new"))
	require.False(t, a.hides())
}

// The lead begins where the closing node is, which may be far above what it has stated before.
func TestLeadOfLongKey(t *testing.T) {
	a, b := epochLogs()
	for range 3 * lead {
		b.send("k", null())
	}
	a.extend(1, b.own().from(0))
	b.send("k", null())
	a.close()
	b.extend(0, a.own().from(0))
	require.Len(t, offsets(b, "k"), 3*lead+1)
}

// A closing is answered by a message from a node that has it, with everything that this node had written.
func TestAnswer(t *testing.T) {
	c := puresim.New(2, begin(orderOnly))
	c.Run(time.Second)
	a := c.Machine(0)
	a.send("k", json.RawMessage("1"), c.Now()) // with the closing: two items
	require.Equal(t, 2, a.closed)
	m := message{Incarnation: c.Machine(1).incarnation, Of: a.incarnation}
	hear := func(have, length int, items ...item) bool {
		m.Have, m.Length, m.Mine = have, length, run{0, items}
		a.Receive("n1", m, c.Now())
		return !a.pending
	}
	sent := item{Op: opSend, Key: "k", Offset: 1, Msg: null()}
	require.False(t, hear(0, 0), "it has not got it yet")
	require.False(t, hear(1, 0))
	require.False(t, hear(2, 2, sent), "more is to come")
	require.False(t, hear(1, 1, sent), "older than what we have")
	m.Of--
	require.False(t, hear(2, 1, sent), "it speaks of what was before a restart")
	m.Of++
	require.True(t, hear(2, 2, sent, item{Op: opPromise, Key: "k", Offset: 5}))
	require.EqualValues(t, 2, a.topics["k"].next, "no leap")
}

// Between its closing and the answer a node begins a lead higher, once for each key; with the answer it goes on where both have ended.
func TestLeap(t *testing.T) {
	a, b := epochLogs()
	b.send("k", null())
	a.close()
	a.close() // one at a time
	require.Len(t, a.own(), 1)
	require.EqualValues(t, 2*lead, a.send("k", null()))
	require.EqualValues(t, 2*lead+2, a.send("k", null()))
	require.EqualValues(t, 2*lead, a.send("l", null()))
	b.extend(0, a.own()[:1].from(0))
	require.Equal(t, []int64{1}, offsets(b, "k"))
	a.extend(1, b.own().from(0))
	a.pending = false
	require.EqualValues(t, 2*lead+4, a.send("k", null()))
	require.EqualValues(t, 0, a.send("m", null()))
	b.send("m", null())
	b.send("m", null())
	a.close()
	b.extend(0, a.own().from(0))
	a.extend(1, b.own().from(0))
	a.pending = false
	require.EqualValues(t, 4, a.send("m", null()), "right above the other's")
}

// What one node has written beyond the lead waits for the other's promise.
func TestBeyondTheLead(t *testing.T) {
	a, b := epochLogs()
	for range lead + 2 {
		b.send("k", null())
	}
	a.close()
	b.extend(0, a.own().from(0))
	require.Len(t, offsets(b, "k"), lead)
	require.True(t, b.hides())
	a.extend(1, b.own().from(0))
	a.promise()
	b.extend(0, a.own().from(0))
	require.Len(t, offsets(b, "k"), lead+2)
	require.False(t, b.hides())
}

// A node that is joining may see a closing that was over before it was killed. What it has written since need not be below what
// the other node gives out.
func TestOldClosing(t *testing.T) {
	a, b := epochLogs()
	b.whole = false
	b.send("k", null())
	a.close()
	b.extend(0, a.own().from(0))
	require.Empty(t, offsets(b, "k"))
	require.True(t, b.hides())
}

func TestWhoClosesEpochs(t *testing.T) {
	for n := 1; n <= 3; n++ {
		require.False(t, newLog(0, n, false).epochs())
		require.Equal(t, n == 2, newLog(0, n, true).epochs())
	}
}

// An epochSend is a message of a client in a schedule of one round.
type epochSend struct {
	phase int // 0 before the round, 1 while A's message is under way, 2 while B's answer is
	node  int
	key   string
}

// epochSends returns all of them.
func epochSends() (all []epochSend) {
	for phase := range 3 {
		for node := range 2 {
			for _, key := range []string{"k", "l"} {
				all = append(all, epochSend{phase, node, key})
			}
		}
	}
	return all
}

// A rounds is a schedule of rounds of two logs, A with index 0 and B with 1.
type rounds struct {
	logs  [2]*log
	sends []epochSend
	early []epochSent // those which messages 1 and 2 of the first round can make visible
	shown map[string][]int64
	wrong string // how polls contradict each other
}

type epochSent struct {
	key    string
	offset int64
}

// phase does the sends of a phase, and looks.
func (r *rounds) phase(phase int) {
	for _, s := range r.sends {
		if s.phase == phase {
			x := epochSent{s.key, r.logs[s.node].send(s.key, null())}
			if phase == 0 || phase == 1 && s.node == 1 {
				r.early = append(r.early, x)
			}
		}
	}
	r.look()
}

// look compares what is shown with what was shown.
func (r *rounds) look() {
	for node, l := range r.logs {
		for _, key := range []string{"k", "l"} {
			now, before := offsets(l, key), r.shown[key]
			n := min(len(now), len(before))
			if !slices.Equal(now[:n], before[:n]) {
				r.wrong = fmt.Sprintf("node %d shows %v of %s, after %v was shown", node, now, key, before)
			}
			if len(now) > len(before) {
				r.shown[key] = now
			}
		}
	}
}

// round is one: A's message and B's answer, with what clients send meanwhile.
func (r *rounds) round() {
	a, b := r.logs[0], r.logs[1]
	if a.epochs() {
		a.close()
	}
	a.promise()
	first := a.own().from(0)
	r.phase(1)
	b.extend(0, first)
	r.look()
	b.promise()
	second := b.own().from(0)
	b.stabilise(0) // A has acked nothing of it
	r.phase(2)
	a.extend(1, second)
	a.pending = false
	a.stabilise(first.end())
	r.look()
}

// visible reports whether a node shows all early messages.
func (r *rounds) visible(node int) bool {
	return !slices.ContainsFunc(r.early, func(x epochSent) bool {
		return !slices.Contains(offsets(r.logs[node], x.key), x.offset)
	})
}

func newRounds(sends []epochSend, orderOnly bool) *rounds {
	a, b := epochLogs()
	a.orderOnly, b.orderOnly = orderOnly, orderOnly
	return &rounds{logs: [2]*log{a, b}, sends: sends, shown: make(map[string][]int64)}
}

// schedules calls f with all schedules of up to so many sends.
func schedules(most int, f func(sends []epochSend)) {
	var extend func(sends []epochSend)
	extend = func(sends []epochSend) {
		f(sends)
		if len(sends) == most {
			return
		}
		for _, s := range epochSends() {
			extend(append(slices.Clip(sends), s))
		}
	}
	extend(nil)
}

// The claim of the write-up, for all schedules of up to four messages of clients around a round: with copies=1 two messages show, on both nodes, all
// that was given to a node before it sent its one. And nothing that is shown, then and in the next round, contradicts anything.
func TestAllSchedules(t *testing.T) {
	count := 0
	schedules(4, func(sends []epochSend) {
		count++
		r := newRounds(sends, true)
		r.phase(0)
		r.round()
		require.True(t, r.visible(0), sends)
		require.True(t, r.visible(1), sends)
		r.sends = nil
		r.round()
		require.Empty(t, r.wrong, sends)
	})
	t.Logf("%d schedules", count)
}

// With copies=2 the same two messages are enough only if B has nothing; else its own messages need a third. What clients send during a
// round is not below what is shown, either, but may have to be shown before it.
func TestAllSchedulesWithCopies(t *testing.T) {
	schedules(4, func(sends []epochSend) {
		r := newRounds(sends, false)
		r.phase(0)
		r.round()
		if !slices.ContainsFunc(sends, func(s epochSend) bool { return s.phase > 0 }) {
			bHas := slices.ContainsFunc(sends, func(s epochSend) bool { return s.node == 1 })
			require.True(t, r.visible(0), sends)
			require.Equal(t, !bHas, r.visible(1), sends)
			a, b := r.logs[0], r.logs[1]
			a.promise()
			b.extend(0, a.own().from(0))
			b.stabilise(len(a.journals[1]))
			require.True(t, r.visible(1), sends)
		}
		r.sends = nil
		r.round()
		require.Empty(t, r.wrong, sends)
	})
}

// A node that goes on below an epoch that it has closed is found out.
func TestBrokenClosing(t *testing.T) {
	wrong := ""
	schedules(2, func(sends []epochSend) {
		r := newRounds(sends, true)
		r.logs[0].lead = 0
		r.phase(0)
		r.round()
		r.sends = nil
		r.round()
		if r.wrong != "" {
			wrong = fmt.Sprintf("%+v: %s", sends, r.wrong)
		}
	})
	t.Log(wrong)
	require.NotEmpty(t, wrong)
}

// With copies=1 a kill may contradict what was shown, but it does not confuse the nodes: in the end all show the same, and go on.
func TestEpochsAfterKills(t *testing.T) {
	kills := 0
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 0))
		c := puresim.New(2, begin(orderOnly))
		send := func(i, msg int) {
			c.Do(i, func(r *replica, now time.Duration) (out []envelope) {
				if r.writes() {
					_, out = r.send("k", json.RawMessage(fmt.Sprint(msg)), now)
				}
				return out
			})
		}
		c.Run(time.Second)
		c.Copies = func(int, int) int { return min(1, rng.IntN(3)) }
		for k := range 300 {
			c.Run(c.Now() + time.Duration(rng.IntN(30))*time.Millisecond)
			i := rng.IntN(2)
			if rng.IntN(50) == 0 && c.Machine(0).writes() && c.Machine(1).writes() {
				c.Start(i)
				c.Do(i, (*replica).wake)
				kills++
			} else {
				send(i, k)
			}
		}
		c.Copies = connected
		for range 2 { // what comes later is shown, too
			c.Run(c.Now() + 6*time.Second)
			for i := range c.IDs {
				require.True(t, c.Machine(i).writes())
				require.False(t, c.Machine(i).hides())
				require.Equal(t, c.Machine(0).poll("k", 0), c.Machine(i).poll("k", 0), seed)
				require.Len(t, c.Machine(i).poll("k", 0), len(c.Machine(i).topics["k"].entries))
			}
			send(1, 1)
			send(0, 0)
		}
	}
	t.Logf("%d kills", kills)
	require.Greater(t, kills, 100)
}

// What anybody was shown is there, in its place, after the kill of any node at any time of a round, with copies=2. The replicas compare all that
// is shown with all that was shown.
func TestShownSurvivesKill(t *testing.T) {
	for _, nodes := range []int{2, 3} {
		for victim := range nodes {
			shown := make(map[int]bool)
			for at := time.Second; at < 1140*time.Millisecond; at += 7 * time.Millisecond {
				s := newReplicas(t, nodes, 1, 10*time.Millisecond)
				s.Run(900 * time.Millisecond)
				s.load(1000, 2*time.Second)
				s.Run(at)
				s.Kill(victim)
				before := 0
				for _, order := range s.order {
					before += len(order)
				}
				shown[before] = true
				s.Run(at + 50*time.Millisecond)
				s.restart(victim)
				s.Run(4 * time.Second)
				s.requireAll(func(x *sending) bool { return x.acked })
				after := 0
				for _, order := range s.order {
					after += len(order)
				}
				require.Greater(t, after, before)
			}
			require.Greater(t, len(shown), 3, "kills before and after something was shown")
		}
	}
}
