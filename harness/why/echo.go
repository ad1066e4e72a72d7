package why

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
)

// echoes explains replies with something else than was sent: it looks for whose request the node has answered.
func echoes(r *Run) []Cause {
	found, ok := r.Found.Workload.(*check.EchoResult)
	if !ok {
		return nil
	}
	byValue := make(map[string][]history.Op) // invocations
	for _, op := range r.Ops {
		if op.Type == history.Invoke && op.Process != history.Nemesis {
			byValue[op.Node+" "+jsonvalue.Key(op.Value)] = append(byValue[op.Node+" "+jsonvalue.Key(op.Value)], op)
		}
	}
	var causes []Cause
	for _, e := range found.Errors {
		inv, ok := r.Invocation(e.Op.Index)
		if !ok {
			continue
		}
		causes = append(causes, r.swapped(inv, e, byValue[inv.Node+" "+jsonvalue.Key(e.Received)]))
	}
	if len(causes) > 0 {
		causes[0].Victims = max(1, found.Count-len(causes)+1) // those that are not listed
	}
	return causes
}

// swapped explains a reply. The others are the requests of the same node to which the reply would be right, in the order of time.
func (r *Run) swapped(inv history.Op, e check.EchoError, others []history.Op) Cause {
	node := inv.Node
	c := Cause{Kind: "echo", Headline: fmt.Sprintf("%s sent %s to %s and was answered with %s", client(inv), quoted(e.Sent), node, quoted(e.Received))}
	c.Story = []Step{r.asks(inv, fmt.Sprintf("%s asks %s to echo %s", client(inv), node, quoted(e.Sent)))}
	end := note(e.Op.Time, node, fmt.Sprintf("%s answers %s with %s", node, client(inv), quoted(e.Received)))
	if request := r.request(inv); request != nil {
		if reply := r.answer(request); reply != nil {
			end = passes(reply, end.Text)
		}
	}
	var other *history.Op
	for i := range others {
		if o := &others[i]; o.Index != inv.Index && o.Time <= e.Op.Time {
			other = o
		}
	}
	switch {
	case other == nil:
		c.Pattern = "made up"
		c.Story = append(c.Story, end)
		c.So = fmt.Sprintf("until then nobody had asked %s to echo %s: %s made it up or changed it", node, quoted(e.Received), node)
	case r.open(*other, inv.Time):
		c.Pattern = "overlap"
		when := "while it still owes " + client(inv) + " an answer"
		if other.Time < inv.Time {
			when = "and still waits when " + client(inv) + " asks"
		}
		c.Story = inOrder(append(c.Story, r.asks(*other, fmt.Sprintf("%s asks %s to echo %s, %s", client(*other), node, quoted(other.Value), when))))
		c.Story = append(c.Story, end)
		c.So = fmt.Sprintf("%s had two requests at a time, and answered %s with what %s had sent: it looks as if something that belongs to one request is shared by several", node, client(inv), client(*other))
	default:
		c.Pattern = "earlier"
		c.Story = append([]Step{r.asks(*other, fmt.Sprintf("%s asks %s to echo %s", client(*other), node, quoted(other.Value)))}, c.Story...)
		c.Story = inOrder(append(c.Story, end))
		c.So = fmt.Sprintf("%s answered %s with what it had been sent earlier, by %s", node, client(inv), client(*other))
	}
	return c
}

// open reports whether an operation was under way at a time, or began later.
func (r *Run) open(inv history.Op, at int64) bool {
	done, ok := r.Completion(inv.Index)
	return !ok || done.Time >= at
}
