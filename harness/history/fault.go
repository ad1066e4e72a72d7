package history

import (
	"strings"
)

// An Effect describes the effect of starting a fault. The fault itself records it, in the second event of the start.
type Effect struct {
	Links map[string][]string `json:"links,omitempty"` // the cut links: for each receiver, the senders that it does not hear
	Nodes []string            `json:"nodes,omitempty"` // the nodes hit, if the fault hits nodes
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

// Damage is the name of a fault that the nemesis does not start: nodes have found their disks damaged, and stay down until the end. Each
// start has all of these nodes.
const Damage = "damage"

// A Fault is a period in which a fault was in force.
type Fault struct {
	Name   string // of its kind, such as "partition"
	Begin  int64  // the time of the first event of its start, ns
	End    int64  // the time of the last event of its stop, ns; 0 while the fault is in force
	Effect Effect

	events int // the number of events so far: two for the start, then two for the stop
}

// InForce reports whether the fault has not been stopped yet.
func (f *Fault) InForce() bool { return f.events <= 2 }

// Faults are the faults of a history, in the order in which they began. Add adds events. The zero value is ready to use.
type Faults struct {
	All  []*Fault
	Max  int // the maximum number of faults kept; 0 means no limit
	Left int // the number of faults beyond Max

	last map[string]*Fault // the last fault of each kind
	open int               // the number of faults in force
}

// FaultsIn returns the faults of a history. A fault that was never stopped lasts until end.
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

// Add adds the next event of a history. It returns the fault that the event starts or stops. It returns nil if there is none:
// the event is not of the nemesis, or stops a fault that was not started, or starts a fault beyond Max. Each step of a fault
// has two events: the request, and the result.
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
			if op.Effect == nil { // the first of the two events
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
