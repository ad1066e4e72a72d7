package scopes

import (
	"fmt"

	"glomers/baselines/mutants"
	"glomers/examples/raft/bugs"
	"glomers/harness/explore"
	"glomers/node"
)

// A RaftTrap is the trap of a bug of the Raft core. Its Mutant has only a name.
type RaftTrap struct {
	Trap
	Place     string // the name of its scope
	Published []Published
}

// Published is what SandTable needed for the same cause in another system, on ten cores (shared/spec/raft-bugs.md; Tang et al., EuroSys 2024).
type Published struct {
	Name    string
	Seconds int
	Depth   int // actions
}

// RaftPlaces returns the names of the scopes for bugs of the Raft core, which do not depend on the bug.
func RaftPlaces() []string {
	return []string{"pair", "elections", "log", "snapshots", "restarts", "reads", "members", "compacted", "four", "timeouts", "clocks", "sessions"}
}

// RaftScope returns the scope with a name, for a core with a bug, or for the right one if bug is "". Messages may take any time, and so overtake each other, or
// arrive after the end: a loss would add nothing.
func RaftScope(place, bug string) explore.Scope {
	s := explore.Scope{Kind: register, Recovery: 1, Short: true}
	o := bugs.Options{Bug: bug}
	program := bugs.Options.Register
	switch place {
	case "pair":
		s.Nodes, s.Ticks, s.Given = 2, 1, []explore.Op{op(0, "write", 10)}
	case "elections":
		s.Ticks, s.Given = 1, []explore.Op{}
	case "log":
		s.Ticks, s.Given = 2, []explore.Op{op(0, "write", 10), op(1, "write", 20)}
	case "snapshots":
		s.Ticks, s.Given = 2, []explore.Op{op(0, "write", 10), op(0, "write", 20), op(1, "compact", nil)}
	case "restarts":
		s.Ticks, s.Kills, s.Given = 1, 1, []explore.Op{}
		o.Disk = true
	case "reads":
		s.Ticks, s.Given = 1, []explore.Op{op(0, "read", nil), op(1, "read", nil)}
	case "members":
		s.Ticks, s.Given = 1, []explore.Op{
			op(0, "members", []string{"n0", "n1"}), op(0, "members", []string{"n0"}), op(1, "members", []string{"n1", "n2"}),
		}
	case "compacted":
		s.Ticks, s.Given = 1, []explore.Op{
			op(0, "members", []string{"n0", "n1"}), op(0, "members", []string{"n0"}), op(1, "compact", nil),
		}
		o.Led = true
	case "four":
		s.Nodes, s.Ticks, s.Given = 4, 1, []explore.Op{
			op(0, "members", []string{"n0", "n1", "n3"}), op(1, "members", []string{"n0", "n1", "n2"}),
			op(2, "members", []string{"n1", "n2", "n3"}), op(3, "members", []string{"n0", "n2", "n3"}),
		}
		o.Led = true
	case "timeouts":
		s.Ticks, s.Given = 1, []explore.Op{op(0, "members", []string{"n0", "n1"}), op(1, "members", []string{"n1", "n2"})}
		o.Led, o.Timeouts = true, true
	case "clocks":
		s.Ticks, s.Given = 1, []explore.Op{op(0, "read", nil), op(0, "read", nil), op(0, "read", nil)}
		s.Clocks = []float64{1, bugs.Drift, bugs.Drift}
		o.Led, o.Timeouts, o.Lease = true, true, true
	case "sessions":
		s.Ticks, s.Given = 3, []explore.Op{op(0, "add", 10)}
		program = bugs.Options.Counter
	default:
		panic(fmt.Sprintf("scopes: no place is called %q", place))
	}
	s.Invariant = invariant(!o.Timeouts)
	s.Program = func(n *node.Node) { program(o, n) }
	return s
}

// RaftTraps returns the traps of all bugs of the Raft core, in their order.
func RaftTraps() []RaftTrap {
	var all []RaftTrap
	places := placesOfBugs()
	for _, b := range bugs.All() {
		t := places[b.Name]
		t.Trap = Trap{Mutant: mutants.Mutant{Name: b.Name}, Scope: RaftScope(t.Place, b.Name)}
		all = append(all, t)
	}
	return all
}

func placesOfBugs() map[string]RaftTrap {
	at := func(place string, published ...Published) RaftTrap {
		return RaftTrap{Place: place, Published: published}
	}
	return map[string]RaftTrap{
		"ack-before-sync":          at("restarts"),
		"old-messages":             at("log"),
		"append-to-snapshot":       at("snapshots", Published{"WRaft#1", 9 * 60, 22}),
		"append-truncates":         at("log", Published{"RaftOS#2", 4, 9}),
		"change-too-early":         at("four"),
		"commit-goes-back":         at("log", Published{"PySyncObj#2", 6, 13}),
		"commit-older-term":        at("log", Published{"PySyncObj#5", 2 * 60, 14}),
		"commit-stops":             at("log", Published{"RaftOS#4", 4 * 60, 14}),
		"half-majority":            at("pair"),
		"install-keeps-log":        at("snapshots", Published{"WRaft#2", 22 * 60, 20}),
		"leader-counts-unsaved":    at("restarts"),
		"leader-stays":             at("elections"),
		"leader-votes":             at("elections", Published{"DaosRaft#1", 5, 8}),
		"lease-ignores-clocks":     at("clocks"),
		"match-goes-back":          at("log", Published{"RaftOS#1", 5, 10}),
		"match-goes-back-rejected": at("log", Published{"PySyncObj#4", 35, 25}),
		"members-when-committed":   at("members"),
		"two-changes":              at("members"),
		"next-below-match":         at("log", Published{"PySyncObj#3", 7, 18}, Published{"WRaft#7", 8 * 60, 23}),
		"read-any-round":           at("reads"),
		"read-too-early":           at("reads", Published{"Xraft-KV#1", 15, 10}),
		"removed-disrupts":         at("timeouts"),
		"retry-empty":              at("log", Published{"WRaft#5", 11 * 60, 24}),
		"session-lost":             at("sessions"),
		"snapshot-forgets-members": at("compacted"),
		"snapshot-forgets-term":    at("snapshots"),
		"term-goes-back":           at("elections", Published{"WRaft#4", 39 * 60, 23}),
		"term-forgotten":           at("restarts"),
		"vote-any-log":             at("log"),
		"vote-forgotten":           at("restarts", Published{"Xraft#1", 3, 8}),
		"vote-longest-log":         at("log"),
		"vote-twice":               at("elections"),
	}
}
