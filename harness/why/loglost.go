package why

import (
	"encoding/json"
	"fmt"
	"slices"

	"glomers/harness/check/kafka"
	"glomers/harness/history"
)

// lost explains an acknowledged message that no poll showed, although one showed a message behind it.
func (t *logTale) lost(c *Cause, s, behind sight) {
	p := t.poll(behind.op, behind.key)
	for _, op := range t.polls[s.key][:min(maxLookedAt, len(t.polls[s.key]))] {
		if q := t.poll(op, s.key); q.asked && q.from <= s.offset && q.begin > t.Ops[s.op].Time && len(q.got) > 0 && q.got[len(q.got)-1].offset > s.offset {
			p, behind = q, q.got[len(q.got)-1]
			break
		}
	}
	c.Headline = fmt.Sprintf("message %s of key %s was acknowledged at offset %d, and no poll ever shows it", clipped(s.value), clipped(s.key), s.offset)
	t.add(t.step(p, p.index(behind)))
	t.gone(c, p, s, behind)
}

// gone completes the cause of a message that no poll shows; p is the one to explain.
func (t *logTale) gone(c *Cause, p poll, s, behind sight) {
	g, ok := t.placing(s.version)
	if !ok {
		return
	}
	if t.passedOn(p, g).node != g.by && t.Whole && !t.unread && len(t.carriers[s.version]) == 0 {
		t.send(g)
		t.onlyThere(c, p, g, s)
		return
	}
	t.unshown(c, p, s, behind)
}

// onlyThere explains a message that never left the node that acknowledged it.
func (t *logTale) onlyThere(c *Cause, p poll, g placing, s sight) {
	name := s.text()
	c.Pattern = "only there"
	c.So = fmt.Sprintf("%s acknowledged %s, and the record shows no message that carries it to another node or to a service", g.by, name)
	if kills := t.hit("kill", g.by, g.end, t.End); len(kills) > 0 {
		f := kills[0]
		t.add(begins(f, fmt.Sprintf("%s is killed; it is started again at %s", g.by, seconds(f.End))))
		c.Pattern = "only there, killed"
		c.So += fmt.Sprintf(": when it was killed at %s, %s was gone. What is acknowledged has to be somewhere else by then, or on disk", seconds(f.Begin), name)
		return
	}
	c.So += fmt.Sprintf(": %s cannot know of it. Logs belong to all nodes: a message has to be where every poll finds it", p.node)
}

// unseen returns the messages that were acknowledged and never polled, without those that count as lost.
func (x *logs) unseen(found *kafka.Result, lost map[version]bool) (all []sight) {
	if found.Unseen == nil || found.Counts[kafka.LostWrite] > len(lost) {
		return nil // they cannot be told from lost ones that are not listed
	}
	for _, key := range sortedKeys(found.Unseen.Messages) {
		for _, raw := range found.Unseen.Messages[key] {
			v := version{key, plainJSON(string(raw))}
			offset, op, ok := x.offsetOf(v)
			if ok && !lost[v] && len(all) < maxLogCases {
				all = append(all, sight{v, offset, op})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sight) int { return a.op - b.op })
	return all
}

// unpolled explains a message that was acknowledged and had not been polled when the run ended.
func (x *logs) unpolled(s sight) (Cause, bool) {
	c := Cause{Kind: kafka.Unseen, Victim: victim(kafka.Unseen, s)}
	if shared, ok := x.collision(s.place()); ok {
		shared.Victim = c.Victim
		return shared, true
	}
	c.Headline = fmt.Sprintf("message %s of key %s was acknowledged at offset %d, and no poll shows it until the end", clipped(s.value), clipped(s.key), s.offset)
	t := x.tale()
	p, ok := t.lastPoll(s)
	if !ok {
		g, sent := t.placing(s.version)
		if !sent {
			return c, false
		}
		t.send(g)
		c.Pattern = "not asked"
		c.So = fmt.Sprintf("no poll that was answered asked for offset %d of key %s after the message had been acknowledged: nothing is known of it", s.offset, clipped(s.key))
		c.Story = inOrder(t.steps)
		return c, true
	}
	t.add(t.step(p, 0))
	missing := t.firstMissing(p, s)
	g, _ := t.placing(s.version)
	if _, lost := t.killedWith(t.passedOn(p, g), g); lost || missing.version == s.version {
		t.gone(&c, p, s, s)
		c.Story = inOrder(t.steps)
		return c, c.So != ""
	}
	t.send(g)
	t.gone(&c, p, missing, s)
	c.So = fmt.Sprintf("%s stops at offset %d, and so does not show offset %d either: %s", p.node, missing.offset, s.offset, c.So)
	c.Story = inOrder(t.steps)
	return c, len(c.Story) > 0
}

// firstMissing returns the first message that a poll should have shown and did not: many nodes stop there.
func (x *logs) firstMissing(p poll, s sight) sight {
	i, _ := slices.BinarySearch(x.offsets[s.key], p.from)
	for _, offset := range x.offsets[s.key][i:] {
		at := x.places[place{s.key, offset}][0]
		if offset >= s.offset {
			break
		}
		if done := x.Ops[at.op]; done.Time < p.begin && !slices.ContainsFunc(p.got, func(g sight) bool { return g.offset == offset }) {
			return at
		}
	}
	return s
}

// lastPoll returns the last poll that asked for a message after it had been acknowledged: one of the node that acknowledged it, if there
// is one.
func (x *logs) lastPoll(s sight) (p poll, ok bool) {
	done := x.Ops[s.op]
	nodes := append([]string{done.Node}, sortedKeys(x.polled)...)
	for _, node := range nodes {
		all := x.polled[node]
		for _, op := range slices.Backward(all[max(0, len(all)-maxLookedAt):]) {
			p := x.poll(op.Index, s.key)
			if p.asked && p.from <= s.offset && p.begin > done.Time {
				return p, true
			}
		}
	}
	return p, false
}

// maxLookedAt is how many polls of a node are looked at for one that asked for a message.
const maxLookedAt = 50

// duplicate explains a message that was seen at two offsets, where there was no other message.
func (t *logTale) duplicate(c *Cause, a, b sight) {
	g, ok := t.placing(a.version)
	if !ok {
		return
	}
	key := clipped(a.key)
	c.Headline = fmt.Sprintf("message %s of key %s is at offset %d and at offset %d", clipped(a.value), key, a.offset, b.offset)
	t.send(g)
	for _, s := range []sight{a, b} {
		if t.rank(s) > 0 {
			p := t.poll(s.op, s.key)
			t.add(t.step(p, p.index(s)))
		}
	}
	var writes []call // to different keys of a service
	for _, m := range t.carriers[a.version] {
		if w, ok := t.newCall(m); ok && !w.reads() && w.arrived && w.refused == "" && !slices.ContainsFunc(writes, func(o call) bool { return o.key == w.key && shown(o.value) == shown(w.value) }) {
			writes = append(writes, w)
		}
	}
	if len(writes) > 1 {
		t.call(writes[0])
		t.call(writes[1])
		c.Pattern = "stored twice"
		c.So = fmt.Sprintf("%s stored the message in two places", writes[0].request.Src)
		if writes[0].reply == nil {
			c.So += ": the first write had taken effect, but its answer never came"
		} else if at, ok := writes[0].reply.Arrival(); !ok || at > writes[1].request.At {
			c.So += ": the first write had taken effect, but its answer had not come yet"
		}
		c.So += ". Who repeats a write whose outcome is not known has to look first whether it is there"
		return
	}
	if m := t.doubled(a.version, ""); m != nil {
		t.carry([]*Sent{m}, a.version)
		c.Pattern = "came twice"
		c.So = fmt.Sprintf("the %s of %s with the message came to %s twice, and the message is there twice: the receiver has to know a repeat from something new", m.Type, m.Src, m.Dest)
		return
	}
	for _, m := range t.carriers[a.version] {
		for _, again := range t.carriers[a.version] {
			if again.ID > m.ID && again.Src == m.Src && again.Dest == m.Dest && again.Type == m.Type && t.IsNode(m.Dest) {
				t.carry([]*Sent{m, again}, a.version)
				c.Pattern = "sent twice"
				c.So = fmt.Sprintf("%s sent %s the message twice, and %s appended it twice: the receiver has to know a repeat from something new", m.Src, m.Dest, m.Dest)
				return
			}
		}
	}
	c.Pattern = "two numberings"
	c.So = fmt.Sprintf("%s has it at offset %d, and %s at offset %d: an offset has to be decided once, and to go with the message to all nodes", t.Ops[a.op].Node, a.offset, t.Ops[b.op].Node, b.offset)
	if t.Ops[a.op].Node == t.Ops[b.op].Node {
		c.So = fmt.Sprintf("%s has it at offset %d first and at offset %d later: what has been acknowledged or shown must stay where it is", t.Ops[a.op].Node, a.offset, b.offset)
	}
}

// doubled returns the first message between nodes that brought a version twice to a node, or to any if that is "".
func (t *logTale) doubled(v version, node string) *Sent {
	for _, m := range t.carriers[v] {
		if len(m.Ends) > 1 && m.Ends[0].Arrived && m.Ends[1].Arrived && t.IsNode(m.Src) && t.IsNode(m.Dest) && (node == "" || m.Dest == node) {
			return m
		}
	}
	return nil
}

// aborted explains a poll of a message whose send had failed.
func (t *logTale) aborted(c *Cause, s sight, writer int) {
	g, ok := t.placing(s.version)
	if !ok || writer < 0 || writer >= len(t.Ops) {
		return
	}
	p := t.poll(s.op, s.key)
	i := slices.IndexFunc(p.got, func(g sight) bool { return g.version == s.version })
	c.Headline = fmt.Sprintf("%s shows message %s of key %s, which %s refused to append", p.node, clipped(s.value), clipped(s.key), g.node)
	t.send(g)
	t.add(t.step(p, max(0, i)))
	c.Pattern = "refused"
	for _, m := range t.carriers[s.version] {
		if w, ok := t.newCall(m); m.Src == g.node && m.At <= g.dialogue.end && (!ok || w.refused == "") {
			t.carry([]*Sent{m}, s.version)
			c.Pattern = "refused " + m.Type
			c.So = fmt.Sprintf("%s had sent the message to %s before it refused it. ", g.node, m.Dest)
			break
		}
	}
	c.So += fmt.Sprintf("The error (%s) says that the message certainly was not appended. When that is not known, the answer has to be an indefinite error (0, timeout, or 13, crash)", refusal(g.done))
}

// madeUp explains a poll of a message that nobody had sent.
func (t *logTale) madeUp(c *Cause, s sight) {
	p := t.poll(s.op, s.key)
	i := slices.IndexFunc(p.got, func(g sight) bool { return g.version == s.version })
	t.add(t.step(p, max(0, i)))
	c.Headline = fmt.Sprintf("%s shows message %s of key %s, which nobody sent", p.node, clipped(s.value), clipped(s.key))
	c.Pattern = "made up"
	c.So = fmt.Sprintf("no client sent %s to key %s in the whole run: what a poll shows has to be what was sent, unchanged", s.text(), clipped(s.key))
	if len(t.sends[s.version]) > 0 {
		c.Pattern = "another type"
		c.So = fmt.Sprintf("message %s was sent to key %s as a value of another type (a string is not a number): a poll has to show what was sent, unchanged", clipped(s.value), clipped(s.key))
		return
	}
	var others []string
	for key := range t.keys {
		if len(t.sends[version{key, s.value}]) > 0 {
			others = append(others, key)
		}
	}
	if _, err := json.Number(s.value).Int64(); err != nil && len(others) == 1 {
		c.Pattern = "another key"
		c.So += fmt.Sprintf("; it was sent to key %s", clipped(others[0]))
	}
}

// early explains a poll of a message before it was sent.
func (t *logTale) early(c *Cause, s sight, writer int) {
	p := t.poll(s.op, s.key)
	i := slices.IndexFunc(p.got, func(g sight) bool { return g.version == s.version })
	g, ok := t.placing(s.version)
	if !ok {
		return
	}
	t.add(t.step(p, max(0, i)))
	t.send(g)
	c.Headline = fmt.Sprintf("%s shows message %s of key %s before anybody has sent it", p.node, clipped(s.value), clipped(s.key))
	c.Pattern = "guessed"
	c.So = fmt.Sprintf("the message was sent for the first time at %s, after the answer of %s: it was not shown because it was there, but made up", seconds(g.inv.Time), p.node)
}

// sentBack explains a message that got an offset at or before that of the message that its process had sent before.
func (t *logTale) sentBack(c *Cause, a, b sight) {
	first, okA := t.placing(a.version)
	second, okB := t.placing(b.version)
	if !okA || !okB {
		return
	}
	c.Headline = fmt.Sprintf("message %s of key %s was sent after message %s, and got offset %d, which is not behind %d", clipped(b.value), clipped(b.key), clipped(a.value), b.offset, a.offset)
	t.send(first)
	t.send(second)
	for _, g := range []placing{first, second} {
		for _, call := range g.calls[max(0, len(g.calls)-2):] {
			t.call(call)
		}
	}
	c.Pattern = "send"
	by := first.by
	if second.by != by {
		c.Pattern = "two counts"
		c.So = fmt.Sprintf("%s chose the first offset, and %s the second: they count on their own. ", first.by, second.by)
	} else {
		for _, kind := range []string{"kill", "skew"} {
			if fs := t.hit(kind, by, first.begin, second.end); len(fs) > 0 {
				t.add(begins(fs[0], fmt.Sprintf("%s hits %s, until %s", kind, by, seconds(fs[0].End))))
				c.Pattern = kind
				break
			}
		}
		c.So = fmt.Sprintf("%s chose both offsets%s. ", by, map[string]string{"kill": ", and was restarted in between", "skew": ", and its clock was changed in between"}[c.Pattern])
	}
	c.So += "A message that is sent after another one was acknowledged needs a higher offset, as consumers that are past the higher one never see the lower one"
	if second.done.Type != history.OK {
		c.So += " (the second send was not acknowledged; the offset is the one at which it was seen)"
	}
}
