package why

import (
	"slices"
)

// A leap is a change of a node's own total, in what the node tells of it, that its adds do not account for.
type leap struct {
	kind   leapKind
	name   string // of the total
	node   string
	had    int64 // what the node had counted
	now    int64 // what it told after that
	before *Sent // in which the node last told the total; nil if it had not
	told   int64 // that total
	via    *Sent // that brought another total; nil if the node began anew
	brings int64 // that total
	after  *Sent // in which the node told the new one
	start  int64 // of the node's latest life; 0 if it was never killed
	family family
}

type leapKind int

const (
	older    leapKind = iota // the node replaced its own total by an older, lower one
	higher                   // the node replaced its own total by an older, higher one
	summed                   // the node added a total to its own
	anew                     // the node began at 0 after a restart
	restored                 // the node got a total back after a restart
	leapKinds
)

// leaps are those of a kind that a node made.
type leaps struct {
	n     int
	off   int64 // by how much they change the sum
	first leap  // the first that is plain, if there is one
}

// plain reports whether the leap is easy to follow: the node gets back what it had told before its last add.
func (l leap) plain() bool {
	return l.before != nil && l.brings == l.told && l.told != 0 && l.told != l.had
}

// An ownTotal is the total of a node's adds, as its node should tell it.
type ownTotal struct {
	name    string
	family  family
	value   int64
	last    *Sent   // in which the node told it
	told    int64   // what it told
	newborn bool    // the node has not told it in this life
	brought []piece // the latest totals that others told the node
}

// A piece is a total that a message brought.
type piece struct {
	via   *Sent
	at    int64
	value int64
	since int64 // what the node's adds after it come to
}

const (
	maxBrought = 16
	maxOwns    = 64
	maxKnown   = 10_000 // totals of which a node is told
)

// A life is that of a node between restarts.
type life struct {
	start         int64
	all, thisLife sum
	fresh         sum   // of the adds that came at this very time: the node may send a message before or after them
	freshAt       int64 // that time
}

// freshIn returns what the adds that came at this time come to.
func (l *life) freshIn(f family, now int64) int64 {
	if l.freshAt != now {
		return 0
	}
	return l.fresh.in(f)
}

// follow compares what each node tells of its own totals with its adds, and notes what the nodes of wrong reads knew.
func (x *totals) follow() {
	lives := make(map[string]*life)
	for _, h := range x.happenings() {
		l := lives[h.node]
		if l == nil {
			l = &life{freshAt: -1}
			lives[h.node] = l
			x.owns[h.node], x.knows[h.node], x.leaps[h.node] = make(map[string]*ownTotal), make(map[string]*knowledge), new([leapKinds]leaps)
		}
		switch h.what {
		case comes:
			x.comes(h, l)
		case arrives, sends:
			x.totalsIn(h.msg, func(f, name, node string, n int64) {
				kind, ok := x.families[f]
				if !ok {
					return
				}
				k := x.knows[h.node][name]
				switch {
				case k == nil && len(x.knows[h.node]) == maxKnown:
					return
				case k == nil:
					k = new(knowledge)
					x.knows[h.node][name] = k
				}
				if k.latest = n; h.what == arrives {
					k.heard = n
				} else {
					k.told, k.tells = n, true
				}
				if node != h.node {
					return
				}
				o := x.owns[node][name]
				if o == nil && len(x.owns[node]) < maxOwns {
					o = &ownTotal{name: name, family: kind, value: l.all.in(kind), newborn: l.start > 0}
					x.owns[node][name] = o
				}
				switch {
				case o == nil:
				case h.what == sends:
					x.tells(h, l, o, n)
				default:
					o.brought = append(o.brought, piece{via: h.msg, at: h.at, value: n})
					o.brought = o.brought[max(0, len(o.brought)-maxBrought):]
				}
			})
		case restarts:
			l.start, l.thisLife = h.at, sum{}
			for _, o := range x.owns[h.node] {
				o.newborn = true
			}
		case reads:
			if h.wrong == nil {
				continue
			}
			now := make(map[string]knowledge)
			for name, k := range x.knows[h.node] {
				now[name] = *k
			}
			x.known[h.wrong] = now
		}
	}
}

// comes counts an add that came to a node.
func (x *totals) comes(h happening, l *life) {
	if l.freshAt != h.at {
		l.fresh, l.freshAt = sum{}, h.at
	}
	l.all.add(h.add.delta)
	l.thisLife.add(h.add.delta)
	l.fresh.add(h.add.delta)
	var this sum
	this.add(h.add.delta)
	for _, o := range x.owns[h.node] {
		d := this.in(o.family)
		o.value += d
		for i := range o.brought {
			o.brought[i].since += d
		}
	}
}

// tells compares a total that a node tells with what it should be.
func (x *totals) tells(h happening, l *life, o *ownTotal, n int64) {
	fresh := l.freshIn(o.family, h.at)
	is := func(total int64) bool { return n == total || n == total-fresh }
	p := leap{kind: leapKinds, name: o.name, node: h.node, had: o.value, now: n, before: o.last, told: o.told, after: h.msg, start: l.start, family: o.family}
	now := o.value
	switch {
	case is(o.value):
	case o.newborn && is(l.thisLife.in(o.family)):
		p.had -= l.thisLife.in(o.family)
		if p.kind, now = anew, l.thisLife.in(o.family); o.last == nil {
			p.kind = leapKinds // it tells of this life alone, under another name
		}
	default:
		now = n
		for _, b := range slices.Backward(o.brought) {
			if is(b.value + b.since) {
				p.via, p.brings, now = b.via, b.value, b.value+b.since
				switch {
				case l.start > 0 && (o.newborn || now > o.value):
					p.kind = restored
				case now > o.value:
					p.kind = higher
				default:
					p.kind = older
				}
				break
			}
		}
		if p.kind == leapKinds {
			for _, b := range slices.Backward(o.brought) {
				if b.value != 0 && is(o.value+b.value) {
					p.kind, p.via, p.brings, now = summed, b.via, b.value, o.value+b.value
					break
				}
			}
		}
	}
	if p.kind != leapKinds {
		all := &x.leaps[h.node][p.kind]
		if all.n++; all.n == 1 || !all.first.plain() && p.plain() {
			all.first = p
		}
		all.off += (now - o.value) * o.family.unit
	}
	o.value, o.told, o.last, o.newborn = now, n, h.msg, false
	o.brought = slices.DeleteFunc(o.brought, func(b piece) bool { return b.at < h.at })
}
