package why

import (
	"cmp"
	"fmt"
	"slices"

	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/wording"
)

// maxExplained is how many violations are explained; more of them only count.
const maxExplained = 200

// transactions explains the anomalies of transactions: which message carried each version, or failed to.
func transactions(r *Run) []Cause {
	found, ok := r.Found.Workload.(*elle.Result)
	if !ok {
		return nil
	}
	type violations struct {
		kind  string
		cases []elle.Case
		count int
	}
	var all []violations
	for _, a := range found.Types {
		all = append(all, violations{string(a), found.Cases[a], found.Counts[a]})
	}
	garbage := false
	if d := found.Decided; d != nil && d.Error && d.Violation != nil {
		garbage = slices.ContainsFunc(found.Warnings, func(w elle.Warning) bool { return w.Error && w.Type == elle.GarbageRead })
		if !garbage {
			all = append(all, violations{"isolation", []elle.Case{*d.Violation}, 1})
		}
	}
	for _, w := range found.Warnings {
		if w.Error {
			count := w.Count
			if w.Type == elle.DirtyWrite {
				count = 1 // of its cycles, only one is known
			}
			all = append(all, violations{w.Type, w.Cases, count})
		}
	}
	var cases []elle.Case
	for _, v := range all {
		cases = append(cases, v.cases...)
	}
	x := &txns{r.survey(versionsOf(cases[:min(len(cases), maxExplained)])), make(map[int]*txn)}
	var causes []Cause
	told := 0
	for _, v := range all {
		first := len(causes)
		for _, c := range v.cases {
			if told++; told > maxExplained {
				break
			}
			if cause, ok := x.explain(v.kind, c); ok {
				causes = append(causes, cause)
			}
		}
		if n := len(causes) - first; n > 0 {
			causes[first].Victims = max(1, v.count-n+1)
		}
	}
	return causes
}

// A tale is the story of one case.
type tale struct {
	*txns
	kind  string
	names map[int]string // of the transactions, as the checker names them
	keys  []string
	op    []*txn
	telling
}

// explain explains one case; ok is false if there is no more to say than the checker does.
func (x *txns) explain(kind string, c elle.Case) (Cause, bool) {
	if len(c.Edges) == 0 {
		return Cause{}, false
	}
	t := &tale{txns: x, kind: kind, names: make(map[int]string)}
	for i, op := range c.Ops {
		txn := x.txn(op)
		if txn == nil || t.names[op] != "" {
			continue
		}
		t.names[op] = fmt.Sprintf("T%d", i+1)
		t.op = append(t.op, txn)
	}
	t.collect(c.Edges)
	cause, ok := t.tell(c.Edges)
	cause.Kind, cause.Victim = kind, ""
	cause.Story = t.story()
	return cause, ok && len(cause.Story) > 0
}

// collect gathers the keys of edges, and transactions that the case has not named.
func (t *tale) collect(edges []elle.Edge) {
	for _, e := range edges {
		if key := plainJSON(e.Key); e.Key != "" && !slices.Contains(t.keys, key) {
			t.keys = append(t.keys, key)
		}
		for _, op := range []int{e.From, e.To, e.Reader} {
			if txn := t.txn(op); txn != nil && t.names[op] == "" {
				t.names[op] = fmt.Sprintf("T%d", len(t.names)+1)
				t.op = append(t.op, txn)
			}
		}
		t.collect(e.Path)
	}
}

func (t *tale) name(x *txn) string { return t.names[x.op] }

// messages adds the steps of a version's way, between nodes and through services.
func (t *tale) messages(way []*Sent) {
	for _, m := range way {
		switch {
		case t.Role(m.Dest) == record.Service:
			if c, ok := t.newCall(m); ok {
				t.add(c.ask(t.keys))
			}
		case t.Role(m.Src) == record.Service:
			t.reply(m)
		default:
			t.add(t.carried(m, t.keys))
		}
	}
}

// reply adds the step of a service's reply.
func (t *tale) reply(m *Sent) {
	if request := t.requestOf(m); request != nil {
		if c, ok := t.newCall(request); ok && c.reply != nil {
			t.add(c.tells(t.keys))
		}
	}
}

// story returns the steps with those of the transactions, in the order of time. A transaction during which something else of the story
// happened has two steps, a request and an answer; others have one.
func (t *tale) story() []Step {
	messages := t.steps
	var first, last []Step
	for _, x := range t.op {
		long := slices.ContainsFunc(messages, func(s Step) bool { return s.At > x.begin && s.At < x.end || s.Until > x.begin && s.Until < x.end })
		who := client(x.inv)
		switch {
		case !long && !x.failed():
			first = append(first, t.asks(x.inv, fmt.Sprintf("%s runs %s for %s, which %s", x.node, t.name(x), who, x.did(t.keys))))
			continue
		case !long:
			first = append(first, t.asks(x.inv, fmt.Sprintf("%s refuses to run %s for %s", x.node, t.name(x), who)))
			continue
		}
		first = append(first, t.asks(x.inv, fmt.Sprintf("%s asks %s to run %s, which %s", who, x.node, t.name(x), x.wanted(t.keys))))
		text := fmt.Sprintf("%s answers %s: it is done", x.node, t.name(x))
		switch {
		case x.failed():
			text = fmt.Sprintf("%s answers that %s failed: %s", x.node, t.name(x), refusal(x.done))
		case !x.ended || x.done.Type != history.OK:
			continue
		case slices.ContainsFunc(x.micros, func(m micro) bool { return m.f == "r" && slices.Contains(t.keys, m.key) }):
			text = fmt.Sprintf("%s answers: %s %s", x.node, t.name(x), x.did(t.keys))
		}
		if x.reply != nil {
			last = append(last, passes(x.reply, text))
		} else {
			last = append(last, note(x.done.Time, x.node, text))
		}
	}
	return inOrder(slices.Concat(first, messages, last))
}

// refusal quotes the error of a transaction that failed.
func refusal(done history.Op) string {
	name, parts := failure(done)
	if len(parts) > 0 && parts[0] != "" {
		name += ", " + parts[0]
	}
	return wording.Clip(name, 120)
}

// tell adds the messages of a case to its story, and returns its headline, pattern and conclusion.
func (t *tale) tell(edges []elle.Edge) (Cause, bool) {
	e := edges[0]
	switch t.kind {
	case string(elle.G1a), string(elle.G1b):
		return t.dirty(e)
	case string(elle.IncompatibleOrder):
		return t.forked(edges)
	case string(elle.LostUpdate):
		return t.lostUpdate(edges)
	case elle.GarbageRead:
		return t.garbage(e)
	case elle.NoReplication:
		return t.notReplicated(e)
	}
	if len(edges) == 1 && e.Kind == elle.Wrote {
		return t.dirty(e)
	}
	return t.cycle(edges)
}

// headline names the transactions that do not fit, in the order of their names.
func (t *tale) headline(text string) string {
	var names []string
	for _, x := range t.op {
		names = append(names, t.name(x))
	}
	return wording.And(names) + " " + text
}

// old returns the older version of an edge.
func old(e elle.Edge) version { return version{plainJSON(e.Key), plainJSON(e.Old)} }

// newer returns the version of an edge that follows its old one.
func newer(e elle.Edge) version { return version{plainJSON(e.Key), plainJSON(e.New)} }

// missing are the reads of edges that did not show a version that they should have shown, the most telling one first.
func (t *tale) missing(edges []elle.Edge) []miss {
	var all []miss
	for _, e := range edges {
		switch {
		case e.New == "" || e.Kind != elle.Missed && e.Kind != elle.Ignored:
		case e.Kind == elle.Missed && t.txn(e.From) != nil && t.txn(e.To) != nil:
			all = append(all, t.missed(t.txn(e.From), t.txn(e.To), newer(e), e.Old))
		case e.Kind == elle.Ignored && t.txn(e.Reader) != nil && t.txn(e.From) != nil:
			all = append(all, t.missed(t.txn(e.Reader), t.txn(e.From), newer(e), e.Old))
		}
	}
	slices.SortStableFunc(all, func(a, b miss) int {
		// Of two, that of the write that began earlier before the read is the more telling.
		return cmp.Or(cmp.Compare(a.how, b.how), cmp.Compare(a.writer.begin-a.reader.begin, b.writer.begin-b.reader.begin))
	})
	return all
}

// follow adds the way of each version that one transaction read from another, and returns the last messages of these ways.
func (t *tale) follow(edges []elle.Edge) (shown []*Sent, relayed bool) {
	for _, e := range edges {
		if e.Kind == elle.Wrote && t.txn(e.From) != nil && t.txn(e.To) != nil {
			from, to := t.txn(e.From), t.txn(e.To)
			way := path(t.spread(old(e), from), to.node, to.end)
			t.messages(way)
			if len(way) > 0 {
				shown = append(shown, way[len(way)-1])
			}
		}
		if len(e.Path) > 0 {
			inner, _ := t.follow(e.Path)
			shown = append(shown, inner...)
			n := 0
			for _, p := range e.Path {
				if p.Kind == elle.Wrote {
					n++
				}
			}
			relayed = relayed || n > 1
		}
	}
	return shown, relayed
}

// unlessKnown qualifies a claim that nothing happened.
func (t *tale) unlessKnown() string {
	if t.Whole && !t.unread {
		return ""
	}
	return " (the journal is not complete, so a message may be missing here)"
}
