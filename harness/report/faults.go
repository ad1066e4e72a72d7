package report

import (
	"maps"
	"slices"
	"time"

	"glomers/harness/history"
)

// A fault is a fault that was in force for a time, in the form for the page.
type fault struct {
	Name  string      `json:"name"`
	Begin int64       `json:"begin"` // ns
	End   int64       `json:"end"`
	Text  string      `json:"text"`
	Cut   [][2]string `json:"cut"`   // links, each from a sender to a receiver; nil if none are cut
	Nodes []string    `json:"nodes"` // nodes that the fault hit; nil if it does not hit nodes
}

// shown returns the faults in the form for the page. A fault that did not stop lasts until end.
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
