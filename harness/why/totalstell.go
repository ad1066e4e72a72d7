package why

import (
	"fmt"
	"slices"
	"strings"

	"glomers/harness/history"
)

// A holding is what a node of a wrong read knows of the adds of one node.
type holding struct {
	node      string
	names     []string // of its totals
	have, due int64
}

// parts returns the totals of which a read is the sum, by their nodes; ok is false if it is not a sum of totals.
func (x *totals) parts(w *wrong) ([]holding, bool) {
	known := x.known[w]
	for _, latest := range []bool{false, true} {
		total := func(name string) int64 {
			k := known[name]
			switch {
			case latest:
				return k.latest
			case k.tells:
				return k.told
			}
			return k.heard
		}
		families := sortedKeys(x.families)
		for i, one := range families {
			for _, two := range families[i:] {
				f, g := x.families[one], x.families[two]
				if one != two && f.sign*g.sign >= 0 {
					continue
				}
				byNode, sum := make(map[string]*holding), int64(0)
				for _, node := range x.Nodes {
					byNode[node] = &holding{node: node, due: x.counted(node, w.end)}
				}
				for _, name := range sortedKeys(known) {
					at := strings.LastIndexByte(name, '.')
					if prefix := name[:at]; prefix != one && prefix != two {
						continue
					}
					for _, node := range x.Nodes {
						if isOf(name[at+1:], node) {
							p := byNode[node]
							p.have += total(name) * x.families[name[:at]].unit
							p.names = append(p.names, name)
							break
						}
					}
				}
				var all []holding
				for _, node := range x.Nodes {
					p := byNode[node]
					if len(p.names) == 0 && node == w.node {
						p.have = p.due // it need not tell itself
					}
					sum += p.have
					all = append(all, *p)
				}
				if sum == w.value {
					return all, true
				}
			}
		}
	}
	return nil, false
}

// explain explains a read that is the sum of totals which nodes tell each other.
func (x *totals) explain(w *wrong) (Cause, bool) {
	if len(x.families) == 0 {
		return Cause{}, false
	}
	parts, ok := x.parts(w)
	if !ok {
		return Cause{}, false
	}
	var worst *holding
	for i := range parts {
		if p := &parts[i]; p.have != p.due && (worst == nil || distance(p.have, p.due) > distance(worst.have, worst.due)) {
			worst = p
		}
	}
	if worst == nil {
		return Cause{}, false
	}
	leaps := x.leaps[worst.node]
	most := leapKinds
	for kind := range leapKinds {
		if leaps != nil && leaps[kind].n > 0 && (most == leapKinds || max(leaps[kind].off, -leaps[kind].off) > max(leaps[most].off, -leaps[most].off)) {
			most = kind
		}
	}
	if leaps != nil && leaps[anew].n > 0 {
		most = anew
	}
	if most != leapKinds {
		return x.tellLeap(w, worst, leaps[most].first), true
	}
	return x.unheard(w, worst)
}

// place quotes a total: "n1", or "n1 in down" if there are several of a node.
func (x *totals) place(name string) string {
	at := strings.LastIndexByte(name, '.')
	if at <= 0 || len(x.families) == 1 {
		return name[at+1:]
	}
	return name[at+1:] + " in " + strings.TrimPrefix(name[:at], ".")
}

// said is the step of a message with a total.
func (x *totals) said(m *Sent, name string, n int64, and string) Step {
	end := ""
	at, ok := m.Arrival()
	switch {
	case !ok && len(m.Ends) > 0:
		end = ", which is lost" + x.cut(m)
	case !ok:
		end = ", which has not arrived when the run ends"
	case at != m.At:
		end = ", which arrives at " + seconds(at)
	}
	return passes(m, fmt.Sprintf("%s sends %s a %s with %d for %s%s%s", m.Src, m.Dest, m.Type, n, x.place(name), end, and))
}

// tellLeap tells of a total that its adds do not account for.
func (x *totals) tellLeap(w *wrong, p *holding, l leap) Cause {
	c := Cause{}
	if l.before != nil {
		c.Story = append(c.Story, x.said(l.before, l.name, l.told, ""))
	}
	until := l.after.At
	if l.via != nil {
		until, _ = l.via.Arrival()
		c.Story = append(c.Story, x.said(l.via, l.name, l.brings, ""))
	}
	if a := x.lastAdd(l.node, until, l.family); a != nil && (l.before == nil || a.begin >= l.before.At) {
		and := ""
		if l.kind != anew {
			and = fmt.Sprintf(": its own total is %d then", l.had)
		}
		c.Story = append(c.Story, x.adding(a, and))
	}
	c.Story = append(c.Story, x.said(l.after, l.name, l.now, ""))
	node := l.node
	switch l.kind {
	case older:
		c.Pattern = "older"
		c.So = fmt.Sprintf("%s had counted %d of its own adds, and took over the %d that %s had heard of it earlier. Only %s itself adds to this total, so of two values the larger one is the newer: it must be kept (the maximum), whoever sends the other",
			node, l.had, l.brings, l.via.Src, node)
		if l.family.sign != 1 && x.goesDown() {
			c.So = fmt.Sprintf("%s had counted %d of its own adds, and took over the %d that %s had heard of it earlier. Only %s itself changes this total, so nobody else can have a newer one", node, l.had, l.brings, l.via.Src, node)
		}
	case higher:
		c.Pattern = "higher"
		c.So = fmt.Sprintf("the total of %s had gone down to %d, and %s took over the %d that %s still had, so the subtraction is undone. Of a total that goes up and down, the larger value need not be the newer, so it cannot be merged by the maximum. "+
			"Two totals that only grow can be: one of what was added, and one of what was subtracted", node, l.had, node, l.brings, l.via.Src)
	case summed:
		c.Pattern = "summed"
		c.So = fmt.Sprintf("%s added the %d that %s had heard of it to its own %d. But these are the same adds, so they count twice: totals are to be merged by the larger value, not added", node, l.brings, l.via.Src, l.had)
	case anew:
		c.Pattern = "restart"
		c.Story = append(c.Story, x.restart(node, l.start))
		c.So = fmt.Sprintf("%s forgot its own total of %d when it was killed, and counted from 0 again: it told %d. What no other node had heard is lost. "+
			"And a node that keeps the larger of two totals has no use for one that begins at 0, so it ignores what %s adds until that comes to more than before. "+
			"An acknowledged add has to be kept where a restart does not lose it, and the total of another life needs another name", node, l.had, l.now, node)
	case restored:
		c.Pattern = "restart"
		c.Story = append(c.Story, x.restart(node, l.start))
		c.So = fmt.Sprintf("%s forgot its own total when it was killed. Later it took over the %d that %s had heard of it before, in place of its own %d: so what it had counted since its start is lost, and so is what no other node had heard before. "+
			"An acknowledged add has to be kept where a restart does not lose it, and the total of another life needs another name", node, l.brings, l.via.Src, l.had)
	}
	c.So += fmt.Sprintf(". At the end %s has %d for %s, whose adds come to %d%s", w.node, p.have, p.node, p.due, x.withOpen(p.node))
	c.So += x.often(w, l)
	c.Story = inOrder(c.Story)
	return c
}

// often says how often such a leap happened, and whether that is all that is wrong with a read.
func (x *totals) often(w *wrong, l leap) string {
	n, off, due := 0, int64(0), int64(0)
	for _, node := range x.Nodes {
		due += x.counted(node, w.end)
		if all := x.leaps[node]; all != nil {
			n += all[l.kind].n
			off += all[l.kind].off
		}
	}
	if n < 2 {
		return ""
	}
	text := fmt.Sprintf(". In the whole run this happened %s", times(n))
	if off == w.value-due {
		text += fmt.Sprintf(", which makes %d: exactly by how much the read is wrong", max(off, -off))
	}
	return text
}

// withOpen qualifies the sum of a node's adds, if the outcome of some is not known.
func (t *tally) withOpen(node string) string {
	if slices.ContainsFunc(t.byNode[node], func(a *add) bool { return a.counts() && a.outcome == history.Info }) {
		return " with those of unknown outcome"
	}
	return ""
}

// goesDown reports whether some adds subtract.
func (t *tally) goesDown() bool {
	return slices.ContainsFunc(t.adds, func(a *add) bool { return a.delta < 0 })
}

// restart is the step of the kill after which a node started at a time.
func (x *totals) restart(node string, at int64) Step {
	for _, f := range x.hit("kill", node, 0, x.End) {
		if f.End == at {
			return begins(f, fmt.Sprintf("%s is killed; it is started again at %s", node, seconds(f.End)))
		}
	}
	return note(at, node, fmt.Sprintf("%s starts again", node))
}

// lastAdd returns the last add that came to a node until a time and belongs to a family; nil if there is none.
func (x *totals) lastAdd(node string, until int64, f family) *add {
	for _, a := range slices.Backward(x.byNode[node]) {
		if a.begin <= until && a.counts() && int64(f.sign)*a.delta >= 0 {
			return a
		}
	}
	return nil
}

// unheard explains a read on a node that lacks a total which its own node tells rightly.
func (x *totals) unheard(w *wrong, p *holding) (Cause, bool) {
	c := Cause{Pattern: "unheard"}
	if p.node == w.node || !x.tellsRightly(w, p) {
		return c, false
	}
	var newest, lost, last *Sent // that arrived with the right total, got lost with it, and arrived with another one
	var old int64
	var at string
	for i := range x.Messages {
		m := &x.Messages[i]
		if m.ID >= w.last || m.Dest != w.node || !x.IsNode(m.Src) {
			continue
		}
		arrival, arrived := m.Arrival()
		x.totalsIn(m, func(_, name, node string, n int64) {
			if node != p.node || !slices.Contains(p.names, name) && len(p.names) > 0 {
				return
			}
			own := x.owns[p.node][name]
			switch {
			case own == nil:
			case n != own.value && arrived:
				last, old, at = m, n, name
			case n != own.value:
			case arrived && arrival <= w.end && newest == nil:
				newest, at = m, name
			case !arrived && len(m.Ends) > 0:
				lost, at = m, name
			}
		})
	}
	if a := x.lastAdd(p.node, w.end, family{}); a != nil {
		c.Story = append(c.Story, x.adding(a, fmt.Sprintf(": its adds come to %d then", p.due)))
	}
	lacks := fmt.Sprintf("%s has %d for %s, whose adds come to %d%s", w.node, p.have, p.node, p.due, x.withOpen(p.node))
	switch {
	case newest != nil:
		c.Pattern = "ignored"
		c.Story = append(c.Story, x.said(newest, at, x.owns[p.node][at].value, ""))
		c.So = fmt.Sprintf("%s. The right total came to %s, and %s did not take it over", lacks, w.node, w.node)
	case lost != nil:
		c.Pattern = "lost"
		c.Story = append(c.Story, x.said(lost, at, x.owns[p.node][at].value, ""))
		c.So = fmt.Sprintf("%s: the message with it was lost, and nothing was sent again%s", lacks, x.unlessWhole())
	case last != nil:
		c.Pattern = "not sent"
		c.Story = append(c.Story, x.said(last, at, old, ""))
		c.So = fmt.Sprintf("%s. That is what it was told last, at %s; the record shows no later message to it with more%s", lacks, seconds(last.At), x.unlessWhole())
	default:
		c.Pattern = "never"
		c.So = fmt.Sprintf("%s. The record shows no message that could have told it%s", lacks, x.unlessWhole())
	}
	c.Story = inOrder(c.Story)
	return c, true
}

// tellsRightly reports whether what a node told last of its own totals is the sum of its adds.
func (x *totals) tellsRightly(w *wrong, p *holding) bool {
	sum := int64(0)
	for _, name := range sortedKeys(x.owns[p.node]) {
		o := x.owns[p.node][name]
		sum += o.value * o.family.unit
	}
	return sum == p.due
}
