package harness

import "glomers/internal/guard"

// noteStrays adds notes about processes that outlived their nodes, in the order of the nodes. These processes have left the
// process groups of their nodes; otherwise they would have been killed with the groups.
func (r *run) noteStrays(strays []guard.Stray) {
	left := make(map[string][]guard.Stray)
	for _, s := range strays {
		who := s.Label
		if _, known := r.index[who]; !known { // the label is in the environment, so a node can change it for its child processes
			who = ""
		}
		left[who] = append(left[who], s)
	}
	for _, m := range r.nodes {
		r.notes = append(r.notes, guard.Left(m.id, left[m.id])...)
	}
	r.notes = append(r.notes, guard.Left("some node", left[""])...)
}
