package bench

import (
	"maps"
	"slices"

	"glomers/internal/results"
)

// faithfulSet is the set with the figures that Maelstrom would measure of broadcast, in virtual time.
const faithfulSet = "broadcast-faithful"

// The metrics that faithfulSet adds to other sets.
const (
	faithfulMsgsPerOp = "faithful-" + msgsPerOp
	faithfulMedianMS  = "faithful-" + medianMS
	faithfulMaxMS     = "faithful-" + maxMS
)

// addFaithful returns s with the figures of the same runs under --faithful beside its own, for the points that have a twin.
func addFaithful(s, faithful results.Set) results.Set {
	s.Points = slices.Clone(s.Points)
	for i, p := range s.Points {
		twin, ok := faithfulTwin(p, faithful)
		if !ok {
			continue
		}
		s.Points[i].Runs = slices.Clone(p.Runs)
		for j, r := range p.Runs {
			values := maps.Clone(r.Values)
			for _, metric := range []string{msgsPerOp, medianMS, maxMS} {
				if f, err := twin.Summary(metric); err == nil && values != nil {
					values["faithful-"+metric] = f.Median
				}
			}
			s.Points[i].Runs[j].Values = values
		}
	}
	return s
}

// faithfulTwin returns the point of the faithful set that is like p. Challenges without a latency have no twin, as Maelstrom delivers without delay then.
func faithfulTwin(p results.Point, faithful results.Set) (results.Point, bool) {
	design, interval := p.Series, "4s" // see cuts
	params := map[string]string{"faults": p.Params["faults"]}
	switch id := p.Params["challenge"]; id {
	case "":
	case "3d", "3e":
		design, interval = "broadcast", "10s"
	default:
		return results.Point{}, false
	}
	if design == "broadcast" {
		params["budget"] = budget{}.String()
		for _, b := range budgets() {
			if b.name == p.Params["budget"] {
				params["budget"] = b.String()
			}
		}
	}
	if params["faults"] != noFaults {
		params["interval"] = interval
	}
	for _, f := range faithful.Points {
		if f.Series == "Faithful/"+design && maps.Equal(f.Params, params) {
			return f, true
		}
	}
	return results.Point{}, false
}

// faithfulHead is the heading of the column that faithfulCell writes.
const faithfulHead = "as Maelstrom delivers, msgs/op"

// faithfulCell writes the figures in the form of published ones.
func faithfulCell(p results.Point) string {
	if _, err := p.Summary(faithfulMsgsPerOp); err != nil {
		return "–"
	}
	p.Runs = slices.Clone(p.Runs)
	for i := range p.Runs {
		p.Runs[i].Distorted = nil // in virtual time no machine is slow
	}
	return cell(p, faithfulMsgsPerOp, "") + " at " + cell(p, faithfulMedianMS, "") + " / " + cell(p, faithfulMaxMS, " ms")
}
