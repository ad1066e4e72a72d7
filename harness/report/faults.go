package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
)

// A fault is one that was in force for a while, as the page gets it.
type fault struct {
	Name  string      `json:"name"`
	Begin int64       `json:"begin"` // ns
	End   int64       `json:"end"`
	Text  string      `json:"text"`
	Cut   [][2]string `json:"cut"`   // links, each from a sender to a receiver; nil if it cuts none
	Nodes []string    `json:"nodes"` // that it hit, if it hits nodes
}

// shown returns the faults as the page gets them. A fault that did not stop goes on until end.
func shown(faults []*history.Fault, end time.Duration) []fault {
	var all []fault
	for _, f := range faults {
		s := fault{Name: f.Name, Begin: f.Begin, End: f.End, Text: f.Name, Nodes: f.Effect.Nodes}
		if f.InForce() {
			s.End = int64(end)
		}
		if f.Effect.Text != "" {
			s.Text += ": " + f.Effect.Text
		}
		for _, dest := range slices.Sorted(maps.Keys(f.Effect.Links)) {
			for _, src := range f.Effect.Links[dest] {
				s.Cut = append(s.Cut, [2]string{src, dest})
			}
		}
		all = append(all, s)
	}
	return all
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
		op.Effect = guessEffect(g.asked.Value, op.Value)
	}
	g.asked = history.Op{}
}

// guessEffect returns the effect of a fault, from the values of the two events of its start.
func guessEffect(asked, done json.RawMessage) *history.Effect {
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
	case strings.Contains(about, " and "): // two nodes, of which the link is slow
		e.Nodes = strings.Split(about, " and ")
	}
	return e
}
