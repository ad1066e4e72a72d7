package why

import (
	"math"
	"regexp"
	"strconv"
)

// deltas explain counters whose nodes tell each other each add, and count each message that comes.
type deltas struct {
	*tally
	fields map[string]bool            // in which there are adds, as far as the reads of all nodes bear it out
	fits   map[*wrong]map[string]bool // the fields with which a wrong read is the sum of all that came to its node
	ways   map[[2]string]*ways        // by node and field
}

func newDeltas(t *tally) *deltas {
	x := &deltas{t, make(map[string]bool), make(map[*wrong]map[string]bool), make(map[[2]string]*ways)}
	x.learn()
	return x
}

var inArray = regexp.MustCompile(`\[[0-9]+\]`)

// field names a number in messages of a type, whatever its place in an array.
func field(m *Sent, name string) string { return m.Type + inArray.ReplaceAllString(name, "[]") }

// An amount is a sum of what came to a node until a time.
type amount struct{ sum, fresh, at int64 }

// add counts what came at a time.
func (a *amount) add(n, at int64) {
	if a.at != at {
		a.fresh, a.at = 0, at
	}
	a.sum, a.fresh = a.sum+n, a.fresh+n
}

// maybe returns the sum without what came at a time: the node may not have dealt with it yet.
func (a *amount) maybe(at int64) int64 {
	if a.at == at {
		return a.sum - a.fresh
	}
	return a.sum
}

// learn finds the fields for which most reads of a node are the sum of its own adds and all numbers that had come to it in them.
func (x *deltas) learn() {
	const (
		maxFields = 200
		enough    = 5 // reads: fewer may be a coincidence
	)
	type score struct{ hits, reads int }
	scores := make(map[string]*score)
	own, got := make(map[string]*amount), make(map[string]map[string]*amount)
	for _, h := range x.happenings() {
		if own[h.node] == nil {
			own[h.node], got[h.node] = &amount{at: -1}, make(map[string]*amount)
		}
		mine, fields := own[h.node], got[h.node]
		switch h.what {
		case comes:
			mine.add(h.add.delta, h.at)
		case arrives:
			numbersIn(h.msg.Body, func(name string, n int64) {
				f := field(h.msg, name)
				if fields[f] == nil && len(fields) < maxFields {
					fields[f] = &amount{at: -1}
				}
				if fields[f] != nil {
					fields[f].add(n, h.at)
				}
			})
		case reads:
			for f, in := range fields {
				if scores[f] == nil {
					scores[f] = new(score)
				}
				scores[f].reads++
				late, lateOwn := in.maybe(h.at), mine.maybe(h.at)
				if v := h.value; v != mine.sum+in.sum && v != mine.sum+late && v != lateOwn+in.sum && v != lateOwn+late {
					continue
				}
				if scores[f].hits++; h.wrong != nil {
					if x.fits[h.wrong] == nil {
						x.fits[h.wrong] = make(map[string]bool)
					}
					x.fits[h.wrong][f] = true
				}
			}
		}
	}
	for f, s := range scores {
		x.fields[f] = s.hits >= enough && s.hits*10 >= s.reads*8
	}
}

// A bringing is a message to a node that brings an add.
type bringing struct {
	msg    *Sent
	add    *add
	before *Sent // the last message with the same add; nil if this is the first
	reply  *Sent // to that one; nil if there is none
}

// An unsettled add may be sent again, because no reply to a message with it has come yet.
type unsettled struct {
	add   *add
	last  *Sent // message with it
	reply *Sent // to that message; nil if there is none
	acked int64 // when the first reply came; MaxInt64 if none ever did
}

// settle notes a message with the add.
func (u *unsettled) settle(m, reply *Sent) {
	if u.last, u.reply = m, reply; reply == nil {
		return
	}
	if at, ok := reply.Arrival(); ok {
		u.acked = min(u.acked, at)
	}
}

// ways are how adds came to a node.
type ways struct {
	came     map[*add]int // how often
	twice    []bringing   // those that arrived after another one had, and messages that arrived twice
	relayed  bool         // some messages are not of a single add of their sender
	messages int
	sum      int64 // of all numbers that came
}

// way finds how adds came to the node of a wrong read in a field.
func (x *deltas) way(w *wrong, f string) *ways {
	if known := x.ways[[2]string{w.node, f}]; known != nil {
		return known
	}
	g := &ways{came: make(map[*add]int)}
	x.ways[[2]string{w.node, f}] = g
	replies := x.repliesOf(w.node)
	fresh, sent := make(map[string][]*add), make(map[string][]*unsettled) // by sender and delta; sent in the order of the last messages
	next := make(map[string]int)
	for _, m := range x.pick(x.byParty[w.node].got) {
		n, count := int64(0), 0
		if x.IsNode(m.Src) && m.Src != m.Dest && m.ID < w.last {
			numbersIn(m.Body, func(name string, value int64) {
				if field(m, name) == f {
					n, count = value, count+1
				}
			})
		}
		if n == 0 {
			continue
		}
		key := func(delta int64) string { return m.Src + " " + strconv.FormatInt(delta, 10) }
		for adds := x.byNode[m.Src]; next[m.Src] < len(adds) && adds[next[m.Src]].begin <= m.At; next[m.Src]++ {
			if a := adds[next[m.Src]]; a.counts() {
				fresh[key(a.delta)] = append(fresh[key(a.delta)], a)
			}
		}
		c, reply := bringing{msg: m}, replies[m.Src+" "+string(member(m.Body, "msg_id"))]
		list := sent[key(n)]
		for len(list) > 0 && list[0].acked <= m.At {
			list = list[1:]
		}
		if added := fresh[key(n)]; len(added) > 0 {
			c.add, fresh[key(n)] = added[len(added)-1], added[:len(added)-1]
			u := &unsettled{add: c.add, acked: math.MaxInt64}
			u.settle(m, reply)
			list = append(list, u)
		} else if len(list) > 0 {
			u := list[0]
			c.add, c.before, c.reply = u.add, u.last, u.reply
			u.settle(m, reply)
			list = append(list[1:], u)
		}
		sent[key(n)] = list
		g.relayed = g.relayed || c.add == nil || count > 1
		for _, e := range m.Ends {
			if !e.Arrived || e.At > w.end {
				continue
			}
			g.messages++
			g.sum += n
			if g.came[c.add]++; g.came[c.add] > 1 && c.add != nil {
				g.twice = append(g.twice, c)
			}
		}
	}
	return g
}

// repliesOf returns the replies of a node by their receiver and the msg_id that they answer.
func (x *deltas) repliesOf(node string) map[string]*Sent {
	all := make(map[string]*Sent)
	for _, m := range x.SentBy(node) {
		if id := member(m.Body, "in_reply_to"); id != nil && x.IsNode(m.Dest) {
			if key := m.Dest + " " + string(id); all[key] == nil {
				all[key] = m
			}
		}
	}
	return all
}

// explain explains a read that is the sum of what came to its node.
func (x *deltas) explain(w *wrong) (Cause, bool) {
	for _, f := range sortedKeys(x.fits[w]) {
		if !x.fields[f] {
			continue
		}
		g := x.way(w, f)
		others := int64(0)
		var missing []*add
		for _, node := range x.Nodes {
			if node == w.node {
				continue
			}
			for _, a := range x.byNode[node] {
				if !a.counts() || a.begin > w.end {
					continue
				}
				others += a.delta
				if g.came[a] == 0 {
					missing = append(missing, a)
				}
			}
		}
		again := int64(0)
		for _, c := range g.twice {
			again += c.add.delta
		}
		switch {
		case g.relayed || g.sum-others != again-sumOf(missing):
			return x.tellAsItCame(w, f, g, others), true
		case len(g.twice) > 0 && len(g.twice) >= len(missing):
			return x.tellAgain(w, g, again, missing), true
		case len(missing) > 0:
			return x.tellMissing(w, f, missing), true
		}
	}
	return Cause{}, false
}
