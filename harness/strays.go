package harness

import "glomers/internal/guard"

// noteStrays says which processes the nodes left behind, in the order of the nodes. These processes have left the groups of their nodes, or they would have
// ended with them.
func (r *run) noteStrays(strays []guard.Stray) {
	left := make(map[string][]guard.Stray)
	for _, s := range strays {
		who := s.Label
		if _, known := r.index[who]; !known { // the label is in the environment, so a node can give another one to what it starts
			who = ""
		}
		left[who] = append(left[who], s)
	}
	for _, m := range r.nodes {
		r.notes = append(r.notes, guard.Left(m.id, left[m.id])...)
	}
	r.notes = append(r.notes, guard.Left("some node", left[""])...)
}
