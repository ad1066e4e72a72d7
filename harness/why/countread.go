package why

import (
	"fmt"
	"slices"

	"glomers/internal/wording"
)

// accounts explain reads of a counter whose sum, or whose parts, are numbers in services.
type accounts struct {
	*tally
	*numbers
	*audit
}

func newAccounts(t *tally) *accounts {
	n := t.numbers()
	return &accounts{t, n, newAudit(t, n)}
}

// An origin says of which numbers of services a read is the sum.
type origin struct {
	parts []*served
	asked bool  // while the client waited
	own   int64 // that the node itself added
}

// origin returns the numbers of which a read is the sum; ok is false if it is not a sum of such numbers.
func (t *accounts) origin(w *wrong) (origin, bool) {
	told := slices.DeleteFunc(slices.Clone(t.until(w.node, w.end)), func(s *served) bool { return s.reply.ID > w.last })
	for _, asked := range []bool{true, false} {
		latest := make(map[kvKey]bool)
		o := origin{asked: asked}
		sum := int64(0)
		for _, s := range slices.Backward(told) {
			if latest[s.slot] || asked && (!s.reads() || w.request == nil || s.request.ID < w.first) {
				continue
			}
			latest[s.slot] = true
			o.parts = append(o.parts, s)
			sum += s.number
		}
		if len(o.parts) == 0 {
			continue
		}
		slices.Reverse(o.parts)
		if sum == w.value {
			return o, true
		}
		if own := t.counted(w.node, w.end); own != 0 && sum+own == w.value && !t.keeps(w.node, o.parts) {
			o.own = own
			return o, true
		}
	}
	return origin{}, false
}

// keeps reports whether a node has itself changed one of some numbers.
func (t *accounts) keeps(node string, parts []*served) bool {
	return slices.ContainsFunc(parts, func(s *served) bool {
		return slices.ContainsFunc(t.changes[s.slot], func(c *change) bool { return c.request.Src == node })
	})
}

// explain explains a read that is the sum of numbers in services.
func (t *accounts) explain(w *wrong) (Cause, bool) {
	o, ok := t.origin(w)
	if !ok {
		return Cause{}, false
	}
	var worst, outdated *served
	gap, behind := int64(0), 0
	for _, s := range o.parts {
		if c := t.inForce(s.slot, s.reply.ID); s.reads() && c != nil && c.number != s.number {
			if behind++; worst == nil || distance(s.number, c.number) > gap {
				worst, gap = s, distance(s.number, c.number)
			}
		}
		if c := t.inForce(s.slot, w.last); outdated == nil && c != nil && c.number != s.number {
			outdated = s
		}
	}
	switch {
	case worst != nil:
		return t.stale(w, o, worst, behind), true
	case outdated != nil && !o.asked:
		return t.cached(w, outdated), true
	}
	return t.misled(w, o)
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// stale explains a read of a number that the service had replaced.
func (t *accounts) stale(w *wrong, o origin, s *served, behind int) Cause {
	c := Cause{Pattern: "stale " + s.slot.service}
	key, service, now := []string{s.key}, s.slot.service, t.inForce(s.slot, s.reply.ID)
	since := t.replaced(s, s.reply.ID)
	if since != nil {
		c.Story = append(c.Story, since.ask(key))
	}
	if now != since {
		c.Story = append(c.Story, now.ask(key))
	}
	c.Story = append(c.Story, s.ask(key), s.tells(key))
	c.So = fmt.Sprintf("key %s of %s was %d from %s on, and yet %s gave %s an older value at %s: %d", s.key, service, now.number, seconds(now.at), service, w.node, seconds(s.at), s.number)
	if since != nil && since != now {
		c.So += fmt.Sprintf(", which had been replaced at %s", seconds(since.at))
	}
	if service == "seq-kv" {
		c.So += fmt.Sprintf(". It may do that: it is only sequentially consistent, and a read may be as old as what %s last saw there", w.node)
		own := t.lastWrite(w.node, service, s.request.ID)
		switch {
		case own == nil:
			c.So += fmt.Sprintf(". %s never wrote anything there: a write before the read would have brought it up to date", w.node)
		case own.ID < w.first:
			c.So += fmt.Sprintf(" or wrote (at %s). %s writes nothing there before it reads, which would bring it up to date", seconds(own.At), w.node)
		}
	}
	if behind > 1 {
		c.So += fmt.Sprintf(". Altogether %s of this read are old", wording.Plural(behind, "number"))
	}
	if !o.asked {
		c.So += fmt.Sprintf(". And %s did not ask again when its client read, but answered with what it had been told", w.node)
		c.Pattern += " cached"
	}
	return c
}

// lastWrite returns the last write or cas of a node to a service before a message that was not refused; nil if there is none.
func (t *accounts) lastWrite(node, service string, before int64) *Sent {
	for _, at := range slices.Backward(t.byParty[node].sent) {
		m := &t.Messages[at]
		if m.ID >= before || m.Dest != service || m.Type == "read" {
			continue
		}
		if c, ok := t.newCall(m); ok && c.reply != nil && c.refused == "" {
			return m
		}
	}
	return nil
}

// cached explains a read that a node answered with what it had been told earlier.
func (t *accounts) cached(w *wrong, s *served) Cause {
	c := Cause{Pattern: "cached"}
	key, now := []string{s.key}, t.inForce(s.slot, w.last)
	knows := fmt.Sprintf("%s told it at %s", s.slot.service, seconds(s.at))
	if s.reads() {
		c.Story = append(c.Story, s.tells(key))
	} else {
		c.Story = append(c.Story, s.ask(key))
		knows = fmt.Sprintf("it had itself put there at %s", seconds(s.at))
	}
	first := t.changes[s.slot][slices.IndexFunc(t.changes[s.slot], func(c *change) bool { return c.reply.ID > s.reply.ID })]
	c.Story = append(c.Story, first.ask(key))
	if now != first {
		c.Story = append(c.Story, now.ask(key))
	}
	c.So = fmt.Sprintf("%s does not ask %s when a client reads. It answers with what %s, when key %s was %d; since %s it has been %d. What a node remembers of a service has to be asked for again, at least now and then",
		w.node, s.slot.service, knows, s.key, s.number, seconds(now.at), now.number)
	return c
}
