package why

import (
	"fmt"
	"strconv"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
)

// locks explains locks that two clients held at once, fences that do not ascend, and locks that nobody gets any more.
func locks(r *Run) []Cause {
	found, ok := r.Found.Workload.(*check.LockResult)
	if !ok {
		return nil
	}
	g := &grants{Run: r}
	for i, op := range r.Ops {
		if op.F == "leave" && op.Type == history.Invoke && op.Process != history.Nemesis {
			g.leaves = append(g.leaves, r.dialogue(i))
		}
	}
	var causes []Cause
	count := make(map[string]int)
	for i, e := range found.Errors {
		if i < maxExplained {
			if c, ok := g.explain(e); ok {
				causes = append(causes, c)
				continue
			}
		}
		count[e.Kind]++
	}
	for i := range causes { // those that are not explained
		causes[i].Victims = 1 + count[causes[i].Kind]
		count[causes[i].Kind] = 0
	}
	if found.Stuck > 0 {
		if c, ok := g.stuck(found.Stuck); ok {
			causes = append(causes, c)
		}
	}
	return causes
}

// grants are the times that a lock was given out.
type grants struct {
	*Run
	leaves []dialogue // in the order of time
}

// A grant is one of them.
type grant struct {
	dialogue
	fence   string
	process history.Process
	section check.LockSection
	granter string  // who gave the fence out
	at      int64   // when
	hops    []*Sent // that brought the fence
	leave   *dialogue
}

// grant returns that of a section; ok is false if the history has no such operation.
func (g *grants) grant(s check.LockSection) (x grant, ok bool) {
	inv, ok := g.Invocation(s.Op)
	if !ok {
		return x, false
	}
	x = grant{dialogue: g.dialogue(inv.Index), fence: fmt.Sprint(s.Fence), process: s.Process, section: s}
	x.granter, x.at = x.node, x.end
	last := x.last
	for range maxHops { // back from the client to where the fence comes from
		var from *Sent
		for _, m := range g.received(x.granter, x.begin, x.at) {
			if m.ID > x.first && m.ID < last && !g.isClient(m.Src) && m.Src != x.granter && carries(m.Body, []byte(x.fence)) {
				from = m
			}
		}
		if from == nil || !g.IsNode(from.Src) {
			break
		}
		x.hops = append([]*Sent{from}, x.hops...)
		x.granter, x.at, last = from.Src, from.At, from.ID
	}
	for i := range g.leaves {
		if l := &g.leaves[i]; l.inv.Process == s.Process && l.inv.Index > s.Op {
			x.leave = l
			break
		}
	}
	return x, true
}

// received returns the messages to a party that arrived in a period, in the order of sending. Those that were on their way for longer than a
// minute are left out.
func (r *Run) received(id string, from, until int64) []*Sent {
	got := r.byParty[id].got
	var all []*Sent
	for _, at := range got[r.since(got, from-int64(time.Minute)):] {
		m := &r.Messages[at]
		if m.At > until {
			break
		}
		if there, ok := m.Arrival(); ok && there >= from && there <= until {
			all = append(all, m)
		}
	}
	return all
}

// explain explains a pair of sections; ok is false if there is nothing to say.
func (g *grants) explain(e check.LockError) (Cause, bool) {
	if e.Kind == check.Overlap {
		e.Second = g.next(e)
	}
	first, ok := g.grant(e.First)
	second, okToo := g.grant(e.Second)
	if !ok || !okToo {
		return Cause{}, false
	}
	t := &custody{grants: g, first: first, second: second}
	t.cause = Cause{Kind: e.Kind}
	t.enters(first)
	t.enters(second)
	if e.Kind == check.Overlap {
		t.overlap()
	} else {
		t.order()
	}
	t.cause.Story = inJournal(g.Run, t.steps)
	return t.cause, true
}

// next returns the first section that begins during another one: that explains the later ones, too.
func (g *grants) next(e check.LockError) check.LockSection {
	for _, op := range g.Ops[min(len(g.Ops), e.First.Op+1):min(len(g.Ops), e.Second.Op)] {
		if op.F == "enter" && op.Type == history.OK && op.Time < e.First.End && op.Process != e.First.Process {
			if fence, err := strconv.ParseInt(string(op.Value), 10, 64); err == nil {
				return check.LockSection{Process: op.Process, Node: op.Node, Op: op.Index, Fence: fence, Begin: op.Time}
			}
		}
	}
	return e.Second
}
