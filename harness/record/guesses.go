package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"glomers/harness/history"
)

// This file has everything that is guessed about runs that do not say it: those of older versions of the harness, and Maelstrom's. Nothing here
// is of use to a run that was recorded today.

// guessRole returns the role of somebody whom test.json does not name among the nodes, by the id: it has no services, and perhaps no nodes.
func guessRole(m Meta, id string) string {
	numbered := func(letter string) bool {
		digits, ok := strings.CutPrefix(id, letter)
		return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
	}
	switch {
	case len(m.Nodes) == 0 && numbered("n"):
		return Node
	case numbered("c"):
		return Client
	}
	return Service
}

// A guesser adds effects to the events of faults that have none: those of older runs, and of Maelstrom's.
type guesser struct{ asked history.Op }

// complete takes the next event of a history. If it is the second event of a fault's start, it gets an effect.
func (g *guesser) complete(op *history.Op) {
	if op.Process != history.Nemesis {
		return
	}
	if g.asked.F != op.F {
		g.asked = *op
		return
	}
	if op.Effect == nil {
		op.Effect = guessEffect(op.F, g.asked.Value, op.Value)
	}
	g.asked = history.Op{}
}

// guessEffect returns the effect of a fault, from the values of the two events of its start.
func guessEffect(f string, asked, done json.RawMessage) *history.Effect {
	var about, hit string
	var isolated []json.RawMessage // "isolated", and for each receiver the senders that it does not hear
	var clocks map[string]string
	e := &history.Effect{}
	if json.Unmarshal(asked, &about) == nil {
		e.Text = about
	}
	switch {
	case json.Unmarshal(done, &hit) == nil:
		if hit != "" && e.Text == "" { // a node that was paused or killed
			e.Text, e.Nodes = hit, []string{hit}
		}
	case json.Unmarshal(done, &isolated) == nil && len(isolated) == 2:
		if json.Unmarshal(isolated[1], &e.Links) != nil {
			e.Links = nil
		}
	case json.Unmarshal(done, &clocks) == nil:
		e.Nodes = slices.Sorted(maps.Keys(clocks))
		for i, node := range e.Nodes {
			if i > 0 {
				e.Text += ", "
			}
			e.Text += node + " " + clocks[node]
		}
	case strings.HasSuffix(f, "slow"): // a node, or two whose link is slow
		e.Nodes = strings.Split(about, " and ")
	}
	return e
}
