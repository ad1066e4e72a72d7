package harness

import (
	"slices"

	"glomers/harness/workload"
)

//go:generate go run glomers/cmd/glomers readme README.md

// A FigureGroup holds figures that some workloads have in common.
type FigureGroup struct {
	Workloads []string // nil means all
	Figures   []workload.Figure
}

// Figures describes all entries of results.json, first those of every run. Kinds with the same figures form one group.
func Figures(kinds workload.Kinds) []FigureGroup {
	groups := make([]FigureGroup, 1)
	for _, f := range generalFigures() {
		groups[0].Figures = append(groups[0].Figures, workload.Figure(f))
	}
	for _, k := range kinds {
		if i := slices.IndexFunc(groups, func(g FigureGroup) bool { return slices.Equal(g.Figures, k.Figures) }); i >= 0 {
			groups[i].Workloads = append(groups[i].Workloads, k.Name)
		} else if len(k.Figures) > 0 {
			groups = append(groups, FigureGroup{[]string{k.Name}, k.Figures})
		}
	}
	return groups
}

// A figure is a workload.Figure that can be written on one line.
type figure struct{ Path, Unit, About string }

// generalFigures returns the figures of every run.
func generalFigures() []figure {
	return []figure{
		{"valid", "", `true, "unknown" or false: the worst of the verdicts of workload, stats, availability, exceptions, properties and nemesis; "unknown" at best if the run broke`},
		{"reasons", "", "why it is not true, in sentences"},
		{"warnings", "", "what does not count for the verdict and should be known, in sentences: malformed replies, for instance"},
		{"distorted", "", "of the warnings those that say that the machine, not the nodes, made the figures: the harness was late by more than a quarter of the latency (without one by 10 ms) in more than 1 % of what it did, or by more than a hop and 100 ms at worst; or clearly fewer operations were invoked than the rate asks for though workers were free. In virtual time there are none"},
		{"why", "", "the causes of violations, those with the most victims first: what is wrong, the story that led to it (times in ns; ids of messages in the journal, indices of operations in the history), and what follows; only in the store, and only for some workloads"},
		{"error", "", "what broke the run, if anything did"},
		{"error-kind", "", "the kind of that, if a node did it: no-init, bad-line, wrong-address, node-ended or overload"},

		{"stats/valid", "", "false if there is a function (of those in by-f) of which no operation succeeded; crash, of kafka, is exempt"},
		{"stats/count", "ops", "operations of clients that completed, those of the final phase included"},
		{"stats/ok-count", "ops", "of these, the ones that succeeded"},
		{"stats/fail-count", "ops", "of these, the ones that certainly did not happen"},
		{"stats/info-count", "ops", "of these, the ones that may have happened"},
		{"stats/by-f/*/valid", "", "for each function, such as read: false if no operation succeeded"},
		{"stats/by-f/*/*count", "ops", "the same counts for each function"},
		{"availability/valid", "", "false if the ok-fraction is below what was asked for"},
		{"availability/ok-fraction", "", "operations that succeeded ÷ operations that clients invoked, in single precision; 1 if there were none"},
		{"exceptions/valid", "", "true always, as in Maelstrom: a malformed reply only makes its operation one of unknown outcome"},
		{"exceptions/exceptions", "", "replies that did not have the fields that the workload asks for, counted by function and by what was wrong with which field"},
		{"exceptions/others", "", "those of yet other kinds: 32 are told apart"},
		{"unmatched", "", "messages to clients that got no reply in time, if a node answered in such a way that they could not tell to what"},

		{"net/*/msgs-per-op", "msgs", "msg-count ÷ operations that clients invoked, those of the final phase included"},
		{"net/*/msg-count", "msgs", "different messages: of all parties; of clients, which send or receive them; of servers, which is the rest: node to node, and node to service"},
		{"net/*/send-count", "msgs", "messages sent, copies made by faults not included"},
		{"net/*/recv-count", "msgs", "messages received, copies included; what was lost, or under way at the end, is missing"},

		{"net/*/bytes-per-op", "bytes", "byte-count ÷ the same operations"},
		{"net/*/byte-count", "bytes", "of these messages the bodies, as JSON, as their sender wrote them; what an envelope would add to each is not in it, nor are copies made by faults. Maelstrom does not count bytes"},
		{"net/*/largest-bytes", "bytes", "the size of the largest of these bodies"},
		{"net/servers/busiest/node", "", "the node that sends and receives the most bytes of messages between servers"},
		{"net/servers/busiest/msg-count", "msgs", "messages between servers that it sent, or that were sent to it"},
		{"net/servers/busiest/byte-count", "bytes", "the bytes of these"},
		{"net/servers/busiest/*-share", "", "these ÷ all messages, or all bytes, between servers: 1 if each message begins or ends at this node, 2 ÷ n if n nodes are equally busy and use no service"},

		{"nemesis/valid", "", `"unknown" if a fault that was asked for was never in force`},
		{"nemesis/faults", "", "the faults that were asked for"},
		{"nemesis/started", "", "how often one was started"},
		{"nemesis/in-force-ns/*", "ns", "for each fault, how long it was in force"},
		{"nemesis/effects/*", "", "for each fault, how often it did what: which node it hit, which links, how many messages"},
		{"nemesis/cut-ns", "ns", "how long at least one link was cut"},
		{"nemesis/dropped", "msgs", "messages that faults lost"},
		{"nemesis/duplicated", "msgs", "messages that faults copied"},

		{"nemesis/damaged", "", "nodes that found their disk damaged when they started, because bitrot had flipped a bit there, with the byte and the time; they stayed down"},

		{"disks/syncs", "", "of nodes in this process that keep something on their disks: writes with their syncs, of all nodes"},
		{"disks/bytes", "bytes", "what these wrote"},
		{"disks/syncs-per-op", "", "syncs ÷ operations that clients invoked, those of the final phase included"},
		{"disks/nodes/*/*", "", "the syncs and the bytes of each node"},

		{"properties", "", "what was seen of the properties that nodes declared (docs/properties.md): for each its kind and name; held and failed: how often the condition held or did not, or the place was reached (of processes at least so often); the nodes at which it held, and the first time (in ns); the first violations, which make the run invalid; the smallest and the largest value"},

		{"latencies/*/count", "ops", "for each function, the operations that succeeded"},
		{"latencies/*/*-ns", "ns", "of these, quantiles of the time from invocation to completion; the quantile q of n is the element ⌊n·q⌋, from 0, of all in order"},
		{"lag/count", "", "deliveries and timers"},
		{"lag/*-ns", "ns", "how late the harness itself was with them; where this is not far below the latencies, the machine was too slow for the test"},
		{"held-ns", "ns", "for how long the clock of the run was held for debuggers (--attach); no other figure includes that time"},
		{"elapsed-ns", "ns", "from the start of the nodes to their end"},
		{"seed", "", "of operations, faults, latencies, and the nodes' random numbers"},
		{"hash", "", "SHA-256 of the journal: in virtual time, the same for the same test and seed"},
		{"dir", "", "the run's directory"},
	}
}
