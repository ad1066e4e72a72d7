package history

import (
	"strings"
)

// An Effect is what the start of a fault did. The fault itself records it, in the second event of the start.
type Effect struct {
	Links map[string][]string `json:"links,omitempty"` // that are cut: for each receiver, the senders that it does not hear
	Nodes []string            `json:"nodes,omitempty"` // that are hit, if it hits nodes
	Text  string              `json:"text,omitempty"`  // in a few words: "majority", "n1 and n2", "8 %"
}

// Size returns roughly how many bytes the effect takes.
func (e *Effect) Size() int {
	size := len(e.Text)
	for _, node := range e.Nodes {
		size += len(node)
	}
	for node, others := range e.Links {
		size += len(node)
		for _, other := range others {
			size += len(other)
		}
	}
	return size
}

// A Fault is the time in which a fault was in force.
type Fault struct {
	Name   string // of its kind, such as "partition"
	Begin  int64  // when it was asked for, ns
	End    int64  // when the last of its events was recorded, ns; 0 while it is in force
	Effect Effect

	events int // that it has had: two of its start, then two of its stop
}

// InForce reports whether nothing has stopped it yet.
func (f *Fault) InForce() bool { return f.events <= 2 }

// Faults are those of a history, in the order in which they began. They grow by Add; the zero value is ready.
type Faults struct {
	All  []*Fault
	Max  int // of faults that are kept; 0 means all
	Left int // faults beyond Max

	last map[string]*Fault // of each kind
	open int               // faults that are in force
}

// FaultsIn returns the faults of a history. One that nothing stopped lasts until end.
func FaultsIn(ops []Op, end int64) []*Fault {
	var faults Faults
	for _, op := range ops {
		faults.Add(op)
	}
	for _, f := range faults.All {
		if f.InForce() {
			f.End = end
		}
	}
	return faults.All
}

// Add takes the next event of a history. It returns the fault that the event starts or stops; nil if there is none, because the event is not of the
// nemesis, or stops what is not in force, or starts more than Max. Each step of a fault has two events: what was asked for, and what was done.
func (s *Faults) Add(op Op) *Fault {
	if op.Process != Nemesis {
		return nil
	}
	if name, ok := strings.CutPrefix(op.F, "start-"); ok {
		return s.start(name, op)
	}
	name, ok := strings.CutPrefix(op.F, "stop-")
	f := s.last[name]
	if !ok || f == nil || f.events == 4 {
		return nil
	}
	if f.InForce() {
		s.open--
	}
	f.End = op.Time
	f.events = max(3, f.events+1)
	return f
}

func (s *Faults) start(name string, op Op) *Fault {
	f := s.last[name]
	if f == nil || !f.InForce() {
		if s.Max > 0 && len(s.All) == s.Max {
			if op.Effect == nil { // the first of two events
				s.Left++
			}
			return nil
		}
		f = &Fault{Name: name, Begin: op.Time}
		if s.last == nil {
			s.last = make(map[string]*Fault)
		}
		s.last[name] = f
		s.open++
		s.All = append(s.All, f)
	}
	f.events = min(2, f.events+1)
	if op.Effect != nil {
		f.Effect = *op.Effect
	}
	return f
}

// InForce returns how many faults are in force.
func (s *Faults) InForce() int { return s.open }
