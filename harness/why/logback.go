package why

import (
	"cmp"
	"fmt"
	"slices"

	"glomers/harness/check/kafka"
)

// back explains a poll that went on at or before the message at which the one before it had ended.
func (t *logTale) back(c *Cause, from, to sight) {
	before, p := t.poll(from.op, from.key), t.poll(to.op, to.key)
	t.add(t.step(before, before.index(from)))
	t.add(t.step(p, p.index(to)))
	c.Headline = fmt.Sprintf("%s shows %s message %s at offset %d of key %s, when it has already had message %s at %d", p.node, client(p.inv), clipped(to.value), to.offset, clipped(to.key), clipped(from.value), from.offset)
	if from.version == to.version {
		c.Headline = fmt.Sprintf("%s shows %s message %s at offset %d of key %s once more", p.node, client(p.inv), clipped(to.value), to.offset, clipped(to.key))
	}
	if !p.asked || p.from <= to.offset {
		c.Pattern = "order"
		c.So = fmt.Sprintf("%s went on with %s, which is not behind %s in the log that all clients together have seen", p.node, to.text(), from.text())
		return
	}
	c.Pattern = "before the offset asked for"
	c.So = fmt.Sprintf("%s asked for offsets from %d on, and the answer of %s begins at %d: a poll has to begin at the offset that it is asked for", client(p.inv), p.from, p.node, to.offset)
	committed := t.commit(p, to)
	if committed != nil {
		t.add(passes(committed, fmt.Sprintf("%s commits offset %d of key %s: it is done with the message there", committed.Src, to.offset, clipped(p.key))))
		c.Pattern += " committed"
	}
	for _, m := range slices.Backward(t.sentBetween(p.node, p.begin, p.end)) {
		r, ok := t.newCall(m)
		if n, _ := plain(r.result); !ok || !r.reads() || r.reply == nil || n != fmt.Sprint(to.offset) || !r.names(p.key) || m.ID < p.first || r.reply.ID > p.last {
			continue
		}
		t.call(r)
		break
	}
	if committed != nil {
		c.So = fmt.Sprintf("%s asked for offsets from %d on, and the answer of %s begins at %d, which is the offset that was committed: a committed message has been taken care of. "+
			"A poll has to begin at the offset that it is asked for, whatever is committed", client(p.inv), p.from, p.node, to.offset)
	}
}

// commit returns the last request, before a poll, to commit the offset of a message.
func (t *logTale) commit(p poll, s sight) *Sent {
	if p.request == nil {
		return nil
	}
	offset := fmt.Sprint(s.offset)
	for _, m := range slices.Backward(t.sentBetween(p.request.Src, 0, p.begin)) {
		if m.Type != "commit_offsets" || m.ID >= p.request.ID {
			continue
		}
		body, _ := decoded(m.Body)
		if of, ok := held(body, s.key, 0); ok {
			if n, _ := plain(of); n == offset {
				return m
			}
			return nil
		}
	}
	return nil
}

// unsorted explains a poll that showed messages in the wrong order, if one of two has: a poll that follows it, too, may seem to skip some.
func (t *logTale) unsorted(c *Cause, from, to sight) bool {
	for _, s := range []sight{from, to} {
		if t.Ops[s.op].F != "poll" {
			continue
		}
		p := t.poll(s.op, s.key)
		if p.sorted() {
			continue
		}
		at := 1
		for p.got[at].offset >= p.got[at-1].offset {
			at++
		}
		before, after := p.got[at-1], p.got[at]
		t.add(t.step(p, at))
		c.Kind, c.Pattern = kafka.IntNonmonotonicPoll, "unsorted"
		c.Headline = fmt.Sprintf("a poll of %s shows message %s at offset %d of key %s after message %s at %d", p.node, clipped(after.value), after.offset, clipped(s.key), clipped(before.value), before.offset)
		c.So = fmt.Sprintf("%s does not sort what it shows: a poll has to return messages by ascending offset", p.node)
		switch texts, descending := t.sortedAs(p.node, s.key); {
		case texts && !descending:
			c.So += fmt.Sprintf(". Its answers are sorted as texts, where %d comes before %d", before.offset, after.offset)
		case descending && !texts:
			c.So += ". Its answers have the highest offset first"
		}
		return true
	}
	return false
}

// swapped explains two messages that a poll showed in another order than others, or one that it showed twice.
func (t *logTale) swapped(c *Cause, from, to sight) {
	p := t.poll(to.op, to.key)
	t.add(t.step(p, p.index(to)))
	c.Headline = fmt.Sprintf("a poll of %s shows message %s at offset %d of key %s after message %s at %d", p.node, clipped(to.value), to.offset, clipped(to.key), clipped(from.value), from.offset)
	c.Pattern = "order"
	c.So = fmt.Sprintf("%s shows %s behind %s, and that is not their order in what all clients together have seen", p.node, to.text(), from.text())
	if from.version == to.version {
		c.Pattern = "twice"
		c.So = fmt.Sprintf("%s shows the same message twice in one answer: each one is to come once", p.node)
	}
}

// sortedAs reports whether the answers of a node about a key are sorted by the texts of the offsets, and whether they are sorted backwards.
func (t *logTale) sortedAs(node, key string) (texts, descending bool) {
	texts, descending = true, true
	for _, op := range t.polls[key][:min(len(t.polls[key]), maxLookedAt)] {
		if t.Ops[op].Node != node {
			continue
		}
		got := t.poll(op, key).got
		texts = texts && slices.IsSortedFunc(got, func(a, b sight) int { return cmp.Compare(fmt.Sprint(a.offset), fmt.Sprint(b.offset)) })
		descending = descending && slices.IsSortedFunc(got, func(a, b sight) int { return cmp.Compare(b.offset, a.offset) })
	}
	return texts, descending
}
