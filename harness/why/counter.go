package why

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A tally has the adds of a counter's run.
type tally struct {
	*Run
	adds   []*add            // in the order of invocation; without those of 0, which change nothing
	byNode map[string][]*add // in the order in which they came to their node
	known  int64             // the sum of those that were acknowledged
	open   int               // how many are of unknown outcome
	wrongs []*wrong
	events []happening // see happenings
}

// An add is an operation that adds.
type add struct {
	inv            history.Op
	node           string
	delta          int64
	outcome        history.Type // Info if it is not known
	request, reply *Sent        // nil if the journal does not have them
	lost           bool         // the request never came
	begin, end     int64        // on its node: from the request's arrival to the sending of the reply, or else to the end of the run
}

// A wrong is a final read of a sum that is not acceptable.
type wrong struct {
	inv, done      history.Op
	node           string
	value          int64
	off            int64 // by how much it is too high
	request, reply *Sent
	end            int64 // when it was answered
	first, last    int64 // the ids of the messages between the request and the reply
}

// A theory explains a wrong read; ok is false if the record does not bear it out.
type theory func(w *wrong) (c Cause, ok bool)

// counters explains final reads of a counter that are not the sum of the adds: which of them are missing from it, or counted twice.
func counters(r *Run) []Cause {
	found, ok := r.Found.Workload.(*check.CounterResult)
	if !ok {
		return nil
	}
	t := newTally(r)
	for _, e := range found.Errors[:min(len(found.Errors), maxExplained)] {
		if w, ok := t.wrong(found, e); ok {
			t.wrongs = append(t.wrongs, w)
		}
	}
	if len(t.wrongs) == 0 {
		return nil
	}
	// Each of these looks through the journal once, if the ones before it do not explain all.
	accounts := sync.OnceValue(func() *accounts { return newAccounts(t) })
	totals := sync.OnceValue(func() *totals { return newTotals(t) })
	deltas := sync.OnceValue(func() *deltas { return newDeltas(t) })
	theories := []theory{
		func(w *wrong) (Cause, bool) { return accounts().explain(w) },
		func(w *wrong) (Cause, bool) { return totals().explain(w) },
		func(w *wrong) (Cause, bool) { return deltas().explain(w) },
	}
	known := make(map[*wrong]Cause)
	values := make(map[int64]bool) // that are explained
	for _, w := range t.wrongs {
		for _, explain := range theories {
			if c, ok := explain(w); ok {
				known[w], values[w.value] = c, true
				break
			}
		}
	}
	var causes []Cause
	for _, w := range t.wrongs {
		c, ok := known[w]
		if !ok && !values[w.value] { // a guess could only be another reason for the same sum
			c, ok = t.bySums(w)
		}
		if ok {
			causes = append(causes, t.finished(c, w))
		}
	}
	if more := len(found.Errors) - maxExplained; more > 0 && len(causes) > 0 {
		causes[0].Victims = 1 + more
	}
	return causes
}

func newTally(r *Run) *tally {
	t := &tally{Run: r, byNode: make(map[string][]*add)}
	for i, inv := range r.Ops {
		if inv.F != "add" || inv.Type != history.Invoke || inv.Process == history.Nemesis {
			continue
		}
		delta, err := strconv.ParseInt(string(inv.Value), 10, 64)
		if err != nil || delta == 0 {
			continue
		}
		a := &add{inv: inv, node: inv.Node, delta: delta, outcome: history.Info, request: r.request(inv), begin: inv.Time, end: r.End}
		if done, ok := r.Completion(i); ok {
			a.outcome = done.Type
			if done.Type != history.Info {
				a.end = done.Time
			}
		}
		if a.request != nil {
			at, ok := a.request.Arrival()
			if a.lost = !ok; ok {
				a.begin = at
			}
			if a.reply = r.answer(a.request); a.reply != nil {
				a.end = a.reply.At
			}
		}
		switch a.outcome {
		case history.OK:
			t.known += delta
		case history.Info:
			t.open++
		}
		t.adds, t.byNode[a.node] = append(t.adds, a), append(t.byNode[a.node], a)
	}
	for _, adds := range t.byNode {
		slices.SortStableFunc(adds, func(a, b *add) int { return cmp.Compare(a.begin, b.begin) })
	}
	return t
}

// wrong returns a final read; ok is false if it is not of an integer.
func (t *tally) wrong(found *check.CounterResult, e check.CounterError) (*wrong, bool) {
	value, err := strconv.ParseInt(string(e.Value), 10, 64)
	inv, ok := t.Invocation(e.Index)
	if err != nil || !ok || len(found.Acceptable) == 0 {
		return nil, false
	}
	w := &wrong{inv: inv, done: t.Ops[e.Index], node: inv.Node, value: value, end: t.Ops[e.Index].Time, last: int64(len(t.Messages))}
	if w.request = t.request(inv); w.request != nil {
		w.first = w.request.ID
		if w.reply = t.answer(w.request); w.reply != nil {
			w.end, w.last = w.reply.At, w.reply.ID
		}
	}
	for i, r := range found.Acceptable {
		off := value - r.Upper
		if value < r.Lower {
			off = value - r.Lower
		}
		if i == 0 || max(off, -off) < max(w.off, -w.off) {
			w.off = off
		}
	}
	return w, true
}

// finished completes the cause of a wrong read with what all of them have.
func (t *tally) finished(c Cause, w *wrong) Cause {
	c.Kind, c.Victim = "sum", fmt.Sprintf("%s (%d)", w.node, w.value)
	c.Headline = fmt.Sprintf("the final read on %s is %d, %s: the acknowledged adds come to %d", w.node, w.value, tooMany(w.off), t.known)
	if t.open > 0 {
		c.Headline += fmt.Sprintf(", and %s of unknown outcome may count or not", wording.Plural(t.open, "more add"))
	}
	last := t.asks(w.inv, fmt.Sprintf("%s answers the final read of %s: %d", w.node, client(w.inv), w.value))
	c.Story = inOrder(append(c.Story, last))
	return c
}

// tooMany says by how much a sum is wrong.
func tooMany(off int64) string {
	if off < 0 {
		return fmt.Sprintf("%d too few", -off)
	}
	return fmt.Sprintf("%d too many", off)
}

// adding is the step of an add.
func (t *tally) adding(a *add, and string) Step {
	return t.asks(a.inv, fmt.Sprintf("%s asks %s to add %d%s", client(a.inv), a.node, a.delta, and))
}

// answered is the step of the reply to an add.
func (t *tally) answered(a *add, text string) Step {
	if a.reply == nil {
		return note(a.end, a.node, text)
	}
	return passes(a.reply, text)
}

// counts reports whether an add came to its node and may have been carried out.
func (a *add) counts() bool { return !a.lost && a.outcome != history.Fail }

// counted returns the sum of the adds that came to a node until a time.
func (t *tally) counted(node string, until int64) (sum int64) {
	for _, a := range t.byNode[node] {
		if a.begin <= until && a.counts() {
			sum += a.delta
		}
	}
	return sum
}

// sumOf returns the sum of some adds.
func sumOf(adds []*add) (sum int64) {
	for _, a := range adds {
		sum += a.delta
	}
	return sum
}
