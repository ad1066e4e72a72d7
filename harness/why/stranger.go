package why

import (
	"fmt"
	"slices"

	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// maxStrangers is how many values that nobody added are explained: for each, messages are searched.
const maxStrangers = 10

// strangers explains values in reads that nobody had tried to add, and reads that return no list.
func (f *frontier) strangers() []Cause {
	var causes, other []Cause
	seen := make(map[string]bool) // values
	more := 0
	for _, r := range f.reads {
		strange := func(n int32) bool { return n == unknownElement || f.elements[n].inv.Time > r.done.Time }
		if numbers := f.listed(r.done.Value); len(numbers) > 0 && !slices.ContainsFunc(numbers, strange) {
			continue
		}
		list := values(r.done.Value)
		if list == nil && len(r.done.Value) > 0 && string(r.done.Value) != "null" {
			other = append(other, f.noList(r, len(other) == 0))
		}
		for _, v := range list {
			key := jsonvalue.Key(v)
			n, added := f.number[key]
			if added && f.elements[n].inv.Time <= r.done.Time || seen[key] {
				continue
			}
			if seen[key] = true; len(causes) == maxStrangers {
				more++
				continue
			}
			causes = append(causes, f.stranger(r, v, added))
		}
	}
	if more > 0 {
		causes[0].Victims = 1 + more
	}
	return append(causes, other...)
}

// noList explains a read that returned something else than a list. Only the first is told.
func (f *frontier) noList(r read, first bool) Cause {
	c := Cause{Kind: "malformed", Pattern: "no list"}
	if first {
		c.Headline = fmt.Sprintf("a read at %s returned no list", r.done.Node)
		c.Story = []Step{f.asks(r.inv, fmt.Sprintf("%s reads at %s, and gets %s", client(r.inv), r.done.Node, quoted(r.done.Value)))}
		c.So = fmt.Sprintf("%s answers with something else than a list of values", r.done.Node)
	}
	return c
}

// stranger explains one; later reports whether it is added later.
func (f *frontier) stranger(r read, v []byte, later bool) Cause {
	node, value := r.done.Node, quoted(v)
	c := Cause{Kind: "unexpected", Victim: value, Headline: fmt.Sprintf("%s shows value %s, which nobody had added", node, value)}
	end := f.asks(r.inv, fmt.Sprintf("%s reads at %s, and gets %s, %s among them", client(r.inv), node, wording.Plural(len(values(r.done.Value)), "value"), value))
	if n := f.alikeTo(v); n != unknownElement && !later {
		e := f.elements[n]
		c.Pattern = "form"
		c.Headline = fmt.Sprintf("%s shows %s where %s was added", node, value, quoted(e.value))
		c.Story = inOrder([]Step{f.asks(e.inv, fmt.Sprintf("%s asks %s to %s %s", client(e.inv), e.inv.Node, f.add, quoted(e.value))), end})
		c.So = "a read has to list each value as the same JSON that was added"
		return c
	}
	c.Pattern = "made up"
	c.So = fmt.Sprintf("the record shows no message that brought %s to %s, so %s made it up%s", value, node, node, f.unlessWhole())
	for _, at := range f.byParty[node].got {
		m := &f.Messages[at]
		if m.At > r.done.Time {
			break
		}
		if at, ok := m.Arrival(); ok && at <= r.done.Time && f.IsNode(m.Src) && carries(m.Body, v) {
			c.Pattern = "brought"
			c.Story = append(c.Story, passes(m, fmt.Sprintf("%s sends %s %s message that contains %s", m.Src, node, an(m.Type), value)))
			c.So = fmt.Sprintf("%s brought %s to %s, but no client had asked to %s it", m.Src, value, node, f.add)
			break
		}
	}
	if later {
		c.So += ": a client does so only later"
	}
	c.Story = inOrder(append(c.Story, end))
	return c
}

// alikeTo returns the element that a value is another form of: 17 of "17".
func (f *frontier) alikeTo(v []byte) int32 {
	found := int32(unknownElement)
	eachScalar(v, func(_, scalar []byte) bool {
		if n, ok := f.forms[string(scalar)]; ok {
			found = n
		}
		return found == unknownElement
	})
	return found
}

// unread explains that no read tells anything.
func (f *frontier) unread() []Cause {
	for n := range f.elements {
		e := &f.elements[n]
		known, ok := e.known()
		if !ok || len(f.reads) == 0 {
			continue
		}
		last := f.reads[len(f.reads)-1]
		value := quoted(e.value)
		return []Cause{{
			Kind: "never-read", Pattern: "no read", Victims: len(f.elements),
			Headline: fmt.Sprintf("no read tells what became of value %s", value),
			Story: inOrder([]Step{
				f.asks(e.inv, fmt.Sprintf("%s asks %s to %s %s, which is known from %s on", client(e.inv), e.inv.Node, f.add, value, seconds(known))),
				f.asks(last.inv, fmt.Sprintf("%s reads at %s: this is the last read that succeeds", client(last.inv), last.inv.Node)),
			}),
			So: "no read that began after a value was known succeeded, so nothing can be said about any value",
		}}
	}
	return nil
}
