package why

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// stuck explains a lock that workers could not get in the final phase.
func (g *grants) stuck(workers int) (Cause, bool) {
	c := Cause{Kind: "stuck", Victims: workers}
	var holder *grant
	var refused dialogue
	tries := 0
	for i, op := range g.Ops {
		switch {
		case op.F != "enter" || op.Process == history.Nemesis:
		case op.Type == history.OK:
			if x, ok := g.grant(check.LockSection{Process: op.Process, Node: op.Node, Op: i}); ok {
				x.fence, holder = string(op.Value), &x
			}
			tries = 0
		case op.Type != history.Invoke:
			if inv, ok := g.Invocation(i); ok && op.Final {
				if tries++; tries == 1 {
					refused = g.dialogue(inv.Index)
				}
			}
		}
	}
	if tries == 0 {
		return c, false
	}
	name, _ := failure(refused.done)
	c.Headline = fmt.Sprintf("%s could not get the lock at the end, when all faults were over", wording.Plural(workers, "worker"))
	steps := []Step{g.asks(refused.inv, fmt.Sprintf("%s asks %s for the lock, and does not get it: %s", client(refused.inv), refused.node, name))}
	if holder == nil {
		c.Pattern = "never"
		c.Story = steps
		c.So = "nobody got the lock in the whole run"
		return c, true
	}
	steps = append(steps, g.asks(holder.inv, fmt.Sprintf("%s asks %s for the lock, and is the last that gets it, with fence %s", client(holder.inv), holder.node, quoted([]byte(holder.fence)))))
	last := fmt.Sprintf("after %s got it, at %s, nobody got the lock any more: %s failed in the final phase", client(holder.inv), seconds(holder.end), wording.Plural(tries, "try"))
	lease := holder.inv.Time + int64(check.LockLease)
	switch leave := holder.leave; {
	case leave == nil:
		c.Pattern = "never left"
		c.So = fmt.Sprintf("%s. %s never left, so it had the lock until %s and no longer: the lock has to be taken back when the lease is over", last, client(holder.inv), seconds(lease))
	case leave.acknowledged():
		c.Pattern = "left"
		steps = append(steps, g.asks(leave.inv, fmt.Sprintf("%s leaves, and %s acknowledges that", client(holder.inv), leave.node)))
		c.So = fmt.Sprintf("%s, although %s had left at %s: the lock was free, and %s did not give it out", last, client(holder.inv), seconds(leave.inv.Time), refused.node)
	default:
		c.Pattern = "leave lost"
		name, _ := failure(leave.done)
		steps = append(steps, g.asks(leave.inv, fmt.Sprintf("%s leaves, and gets no acknowledgement: %s", client(holder.inv), name)))
		c.So = fmt.Sprintf("%s. The leave of %s was not acknowledged, but its lease was over at %s: then the lock has to be taken back", last, client(holder.inv), seconds(lease))
	}
	c.Story = inJournal(g.Run, steps)
	return c, true
}
