package why

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/internal/jsonvalue"
	"glomers/internal/wording"
)

// ids are the ids that were given out.
type ids struct {
	*Run
	byKey  map[string][]history.Op // completions, in the order of time
	byNode map[string][]history.Op
	all    []history.Op
}

// duplicates explains ids that were given out twice: who gave them out, and what happened in between.
func duplicates(r *Run) []Cause {
	found, ok := r.Found.Workload.(*check.UniqueIDsResult)
	if !ok {
		return nil
	}
	given := ids{Run: r, byKey: make(map[string][]history.Op), byNode: make(map[string][]history.Op)}
	for _, op := range r.Ops {
		if op.F == "generate" && op.Type == history.OK && op.Process != history.Nemesis {
			key := jsonvalue.Key(op.Value)
			given.byKey[key] = append(given.byKey[key], op)
			given.byNode[op.Node] = append(given.byNode[op.Node], op)
			given.all = append(given.all, op)
		}
	}
	var causes []Cause
	for _, d := range found.Duplicated {
		if ops := given.byKey[jsonvalue.Key(d.ID)]; len(ops) > 1 {
			causes = append(causes, given.explain(ops[0], ops[1]))
		}
	}
	if len(causes) > 0 {
		causes[0].Victims = max(1, found.DuplicatedCount-len(causes)+1)
	}
	return causes
}

// explain explains why two operations got the same id. The conclusions go from the surest to the weakest.
func (g ids) explain(a, b history.Op) Cause {
	id := quoted(a.Value)
	c := Cause{Kind: "duplicate", Victim: id}
	for _, op := range []history.Op{a, b} {
		again := ""
		if op.Index == b.Index {
			again = ", too"
		}
		step := Step{Kind: Operation, At: op.Time, Until: op.Time, From: client(op), To: op.Node, ID: -1, Text: fmt.Sprintf("%s gives id %s to %s%s", op.Node, id, client(op), again)}
		if inv, ok := g.Invocation(op.Index); ok {
			step.At, step.ID = inv.Time, int64(inv.Index)
		}
		c.Story = append(c.Story, step)
	}
	same := a.Node == b.Node
	c.Headline = fmt.Sprintf("id %s was given out by %s and by %s", id, a.Node, b.Node)
	if same {
		c.Headline = fmt.Sprintf("id %s was given out twice by %s", id, a.Node)
	}
	switch {
	case same && g.restarted(&c, a, b), g.setBack(&c, a, b), g.clockIDs(&c, a, b), !same && g.counting(&c, a, b), g.random(&c):
	case same:
		c.Pattern = "same node"
		c.So = fmt.Sprintf("%s gave the id out %s apart, and the record shows no restart and no change of its clock in between: it does not keep what it has given out", a.Node, apart(a, b))
	default:
		c.Pattern = "two nodes"
		c.So = fmt.Sprintf("%s and %s made the same id on their own, %s apart%s", a.Node, b.Node, apart(a, b), g.talk(a.Node, b.Node))
	}
	c.Story = inOrder(c.Story)
	return c
}

func apart(a, b history.Op) string { return wording.Duration(time.Duration(b.Time - a.Time)) }

// restarted explains the id of a node that was killed in between.
func (g ids) restarted(c *Cause, a, b history.Op) bool {
	for _, f := range g.hit("kill", a.Node, a.Time, b.Time) {
		if f.End > b.Time || f.Begin < a.Time {
			continue
		}
		c.Pattern = "restart"
		c.Story = append(c.Story, begins(f, fmt.Sprintf("%s is killed; it is started again at %s", a.Node, seconds(f.End))))
		first, fresh := g.after(a.Node, 0), g.after(a.Node, f.End)
		if first != "" && fresh != "" {
			text := fmt.Sprintf("the first ids of %s after this start are %s; after its very first start they were %s", a.Node, fresh, first)
			c.Story = append(c.Story, note(f.End, a.Node, text))
		}
		c.So = fmt.Sprintf("%s was started again in between, and gave out ids of its earlier life: as far as these ids show, nothing that they are made of differs from one start to the next", a.Node)
		return true
	}
	return false
}

// after returns the first ids of a node from a time on.
func (g ids) after(node string, from int64) string {
	var list []string
	for _, op := range g.byNode[node] {
		if op.Time >= from && len(list) < 3 {
			list = append(list, quoted(op.Value))
		}
	}
	return strings.Join(list, ", ")
}

// offset returns by how much a node's clock was wrong at a time, and since when.
func (g ids) offset(node string, at int64) (ahead time.Duration, since int64) {
	for _, op := range g.Ops {
		if op.Time > at {
			break
		}
		if op.Process != history.Nemesis {
			continue
		}
		switch op.F {
		case "start-skew":
			var clocks map[string]string
			if json.Unmarshal(op.Value, &clocks) == nil && clocks != nil {
				d, err := time.ParseDuration(clocks[node])
				if err == nil {
					ahead, since = d, op.Time
				}
			}
		case "stop-skew":
			ahead, since = 0, op.Time
		}
	}
	return ahead, since
}

// ahead says how a clock is that is ahead by d.
func ahead(d time.Duration) string {
	switch {
	case d > 0:
		return wording.Duration(d) + " ahead"
	case d < 0:
		return wording.Duration(-d) + " behind"
	}
	return "right"
}

// setBack explains an id that was made when a clock showed the same time again.
func (g ids) setBack(c *Cause, a, b history.Op) bool {
	before, _ := g.offset(a.Node, a.Time)
	after, since := g.offset(b.Node, b.Time)
	if before == 0 && after == 0 {
		return false
	}
	shown := time.Duration(b.Time-a.Time) + after - before // how much later it was on the clocks
	if shown.Abs() > time.Millisecond {
		return false
	}
	if a.Node != b.Node {
		c.Pattern = "clocks"
		c.So = fmt.Sprintf("the clocks of %s and %s showed the same millisecond, as one was %s and the other %s: the id is made of the time, and of nothing that differs between the nodes", a.Node, b.Node, ahead(before), ahead(after))
		return true
	}
	c.Pattern = "set back"
	c.Story = append(c.Story, Step{Kind: Fault, At: since, From: a.Node, ID: -1, Text: fmt.Sprintf("the clock of %s is set back by %s: it was %s, and is now %s", a.Node, wording.Duration(before-after), ahead(before), ahead(after))})
	c.So = fmt.Sprintf("%s apart, the clock of %s showed the same millisecond: it had been set back by as much. So the id seems to be made of the time, and nothing kept %s from going back with its clock", apart(a, b), a.Node, a.Node)
	return true
}

// clockIDs explains an id that is the time in milliseconds: if all ids are, up to a constant.
func (g ids) clockIDs(c *Cause, a, b history.Op) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, op := range g.all {
		id, err := strconv.ParseInt(string(op.Value), 10, 64)
		if err != nil {
			return false
		}
		d := float64(id - op.Time/1e6)
		low, high = min(low, d), max(high, d)
	}
	span := g.all[len(g.all)-1].Time - g.all[0].Time
	if high-low > 5 || span < 100e6 {
		return false
	}
	c.Pattern = "clock"
	c.Story = append(c.Story, note(b.Time, "", fmt.Sprintf("all ids go up by one with each millisecond, on all nodes; these two requests came %s apart", apart(a, b))))
	c.So = "the id is the time in milliseconds and nothing else, so two requests within a millisecond get the same, on one node or on two"
	return true
}

// counting explains an id that two nodes have counted up to.
func (g ids) counting(c *Cause, a, b history.Op) bool {
	ups := make([]string, 2)
	for i, op := range []history.Op{a, b} {
		last, ok := g.countsAt(op)
		if !ok {
			return false
		}
		ups[i] = last
	}
	c.Pattern = "counter"
	for i, op := range []history.Op{a, b} {
		c.Story = append(c.Story, note(op.Time, op.Node, fmt.Sprintf("%s counts: %s", op.Node, ups[i])))
	}
	c.So = fmt.Sprintf("each node counts on its own from the same beginning, and nothing in an id says which node it comes from%s", g.talk(a.Node, b.Node))
	return true
}

// countsAt returns four ids of a node, the last of which is that of an operation, or its first four if there are fewer. ok is false if they
// do not go up in equal steps.
func (g ids) countsAt(op history.Op) (list string, ok bool) {
	given := g.byNode[op.Node]
	i := slices.IndexFunc(given, func(o history.Op) bool { return o.Index == op.Index })
	given = given[max(0, i-3):]
	given = given[:min(4, len(given))]
	if len(given) < 2 {
		return "", false
	}
	var texts []string
	var all []int64
	for _, o := range given {
		id, err := strconv.ParseInt(string(o.Value), 10, 64)
		if err != nil {
			return "", false
		}
		all, texts = append(all, id), append(texts, strconv.FormatInt(id, 10))
	}
	for i := range all[1:] {
		if all[i+1]-all[i] != all[1]-all[0] {
			return "", false
		}
	}
	return strings.Join(texts, ", "), all[1] != all[0]
}

// random explains an id that looks as if it were drawn: ids do not ascend on any node, and their range is small enough for chance.
func (g ids) random(c *Cause) bool {
	highest, ups, steps := int64(0), 0, 0
	last := make(map[string]int64)
	for _, op := range g.all {
		id, err := strconv.ParseInt(string(op.Value), 10, 64)
		if err != nil || id < 0 {
			return false
		}
		if before, ok := last[op.Node]; ok {
			if steps++; id > before {
				ups++
			}
		}
		last[op.Node], highest = id, max(highest, id)
	}
	if steps < 20 || ups < steps/3 || ups > steps*2/3 {
		return false
	}
	n := float64(len(g.all))
	bits := len(strconv.FormatInt(highest, 2))
	chance := 1 - math.Exp(-n*(n-1)/2/math.Ldexp(1, bits))
	if chance < 0.01 {
		return false
	}
	c.Pattern = "random"
	c.Story = append(c.Story, note(c.Story[1].At, "", fmt.Sprintf("by the end %d ids have been given out, in no order; all of them are below 2^%d", len(g.all), bits)))
	c.So = fmt.Sprintf("the ids look drawn at random from about 2^%d: among %d draws, some two are the same with a probability of %.0f %% (the birthday problem)", bits, len(g.all), 100*chance)
	return true
}

// talk says whether two nodes exchanged messages.
func (g ids) talk(a, b string) string {
	if !g.silent(a, b) || !g.silent(b, a) {
		return ""
	}
	return fmt.Sprintf("; %s and %s never sent each other a message", a, b)
}
