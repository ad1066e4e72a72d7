package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
)

// A fault is one that was in force for a while.
type fault struct {
	Name  string      `json:"name"`
	Begin int64       `json:"begin"` // ns
	End   int64       `json:"end"`
	Text  string      `json:"text"`
	Cut   [][2]string `json:"cut"`   // links, each from a sender to a receiver; nil if it cuts none
	Nodes []string    `json:"nodes"` // that it hit, if it hits nodes
}

// faultsIn returns what the nemesis did, in the order of beginning. Each step is two events in the history, what was asked for and
// what was done; a fault that did not stop goes on until end.
func faultsIn(ops []history.Op, end time.Duration) []fault {
	var faults []fault
	open := make(map[string]int)         // faults in force
	asked := make(map[string]history.Op) // the first event of a step
	for _, op := range ops {
		if op.Process != history.Nemesis {
			continue
		}
		first, second := asked[op.F]
		if !second {
			asked[op.F] = op
			continue
		}
		delete(asked, op.F)
		if name, ok := strings.CutPrefix(op.F, "start-"); ok {
			open[name] = len(faults)
			faults = append(faults, newFault(name, first, op, end))
		} else if name, ok := strings.CutPrefix(op.F, "stop-"); ok {
			if i, ok := open[name]; ok {
				faults[i].End = op.Time
				delete(open, name)
			}
		}
	}
	return faults
}

func newFault(name string, asked, done history.Op, end time.Duration) fault {
	f := fault{Name: name, Begin: asked.Time, End: int64(end), Text: name}
	var about, hit string
	if json.Unmarshal(asked.Value, &about) == nil && about != "" {
		f.Text += ": " + about
	}
	switch name {
	case "partition":
		f.Cut = cutLinks(done.Value)
	case "slow":
		f.Nodes = strings.Split(about, " and ")
	case "pause", "kill":
		if json.Unmarshal(done.Value, &hit) == nil && hit != "" {
			f.Nodes = []string{hit}
			f.Text += ": " + hit
		}
	case "skew":
		var ahead map[string]string
		_ = json.Unmarshal(done.Value, &ahead) // what is not as expected has no nodes
		f.Nodes = slices.Sorted(maps.Keys(ahead))
		var clocks []string
		for _, node := range f.Nodes {
			clocks = append(clocks, node+" "+ahead[node])
		}
		f.Text += ": " + strings.Join(clocks, ", ")
	}
	return f
}

// cutLinks reads what a partition did: ["isolated", {receiver: [senders that it does not hear]}].
func cutLinks(value json.RawMessage) [][2]string {
	var parts []json.RawMessage
	var deaf map[string][]string
	if json.Unmarshal(value, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[1], &deaf) != nil {
		return nil
	}
	var cut [][2]string
	for _, dest := range slices.Sorted(maps.Keys(deaf)) {
		for _, src := range deaf[dest] {
			cut = append(cut, [2]string{src, dest})
		}
	}
	return cut
}
