package harness

//go:generate go run glomers/cmd/glomers readme README.md

// A Figure is something that results.json says about a run.
type Figure struct {
	// Path leads to it: the names from the outside in, with slashes between them. A * stands for any name, or a part
	// of one, as in path.Match. What is below has no Figure of its own unless there is one.
	Path  string
	Unit  string // "ns", "ms", "s", "ops", "msgs", "bytes", or "" if there is none
	About string // what it says, and how it is computed
}

// A FigureGroup is the figures of some workloads.
type FigureGroup struct {
	Workloads []string // nil means all
	Figures   []Figure
}

// Figures describes all that is in results.json, in the order in which a person would look at it.
func Figures() []FigureGroup {
	return []FigureGroup{
		{nil, generalFigures()},
		{[]string{"echo"}, []Figure{
			{"workload/valid", "", "false if a reply differs from its request"},
			{"workload/errors", "", "those replies, with the requests: the first 128, or fewer if they are large"},
			{"workload/error-count", "ops", "all of them"},
		}},
		{[]string{"unique-ids"}, []Figure{
			{"workload/valid", "", `false if an id was given out twice; else "unknown" if two ids cannot be compared, as a number and a string, or objects: Maelstrom says so in either case`},
			{"workload/attempted-count", "ops", "ids that were asked for"},
			{"workload/acknowledged-count", "ops", "ids that were given out"},
			{"workload/duplicated-count", "", "different ids that were given out more than once; 1 and 1.0 are different"},
			{"workload/duplicated", "", "these as [id, times], 48 at most, the most frequent"},
			{"workload/range", "", "the lowest id and the highest: null, false, true, numbers, strings and arrays have an order. Null if there are ids that have none"},
			{"workload/incomparable", "", "two ids that have none"},
		}},
		{[]string{"broadcast", "g-set"}, setFigures()},
		{[]string{"g-counter", "pn-counter"}, []Figure{
			{"workload/valid", "", `false if a final read is not acceptable; "unknown" if that cannot be told`},
			{"workload/final-reads", "", "the values of the reads of the final phase"},
			{"workload/acceptable", "", "ranges [lowest, highest] of what they may be: the sum of all acknowledged adds, plus that of any of the adds of unknown outcome"},
			{"workload/errors", "", "the final reads of something else"},
			{"workload/inexact", "", "true if the acceptable values were too many to list, so that the ranges have more"},
		}},
		{[]string{"kafka"}, kafkaFigures()},
		{[]string{"lin-kv"}, []Figure{
			{"workload/valid", "", `false if a key is not linearizable; "unknown" if the search for an order of its operations took too many steps`},
			{"workload/results", "", "for each key, its verdict, how many operations did not fail, and the smallest stretch of the history that contradicts itself"},
			{"workload/failures", "", "the keys that are not linearizable"},
		}},
		{[]string{"lock"}, []Figure{
			{"workload/valid", "", `false if two clients had the lock at the same time, if fences do not ascend, or if a worker could not enter in the end; "unknown" without a final phase, or if a fence is not an integer`},
			{"workload/entered", "", "times that a client certainly had the lock"},
			{"workload/stuck", "", "workers that could not enter in the final phase"},
			{"workload/errors", "", "pairs of such times that overlap, or whose fences do not ascend"},
			{"workload/unreadable", "", "the enters whose fence is not an integer"},
		}},
		{[]string{"txn-list-append", "txn-rw-register"}, txnFigures()},
	}
}

// generalFigures are those that every run has.
func generalFigures() []Figure {
	return []Figure{
		{"valid", "", `true, "unknown" or false: the worst of the verdicts of workload, stats, availability, exceptions and nemesis; "unknown" at best if the run broke`},
		{"reasons", "", "why it is not true, in sentences"},
		{"warnings", "", "what does not count for the verdict and should be known, in sentences: malformed replies, for instance"},
		{"distorted", "", "of the warnings those that say that the machine, not the nodes, made the figures: the harness was late by more than a quarter of the latency (without one by 10 ms) in more than 1 % of what it did, or by more than a hop and 100 ms at worst; or clearly fewer operations were invoked than the rate asks for though workers were free. In virtual time there are none"},
		{"error", "", "what broke the run, if anything did"},

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

		{"latencies/*/count", "ops", "for each function, the operations that succeeded"},
		{"latencies/*/*-ns", "ns", "of these, quantiles of the time from invocation to completion; the quantile q of n is the element ⌊n·q⌋, from 0, of all in order"},
		{"lag/count", "", "deliveries and timers"},
		{"lag/*-ns", "ns", "how late the harness itself was with them; where this is not far below the latencies, the machine was too slow for the test"},
		{"elapsed-ns", "ns", "from the start of the nodes to their end"},
		{"seed", "", "of operations, faults, latencies, and the nodes' random numbers"},
		{"hash", "", "SHA-256 of the journal: in virtual time, the same for the same test and seed"},
		{"dir", "", "the run's directory"},
	}
}

func setFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if an element was lost; otherwise "unknown" if none is stable`},
		{"workload/attempt-count", "", "elements that clients tried to add; each is stable, lost, or never read"},
		{"workload/stable-count", "", "elements that every read has from some time on, by the invocations of reads"},
		{"workload/lost*", "", "elements that no read has from some time on, though they were known: acknowledged, or seen by a read"},
		{"workload/never-read*", "", "elements of which no read tells, because none that succeeded began after they were known"},
		{"workload/stale*", "", "stable elements that a read missed which began after they were known"},
		{"workload/worst-stale", "", "the eight of these that took longest, with the operations between which that was"},
		{"workload/stable-latencies/*", "ms", "quantiles, over the stable elements, of the time from when they were known to when the last read began that missed them; 0 if none did"},
		{"workload/lost-latencies/*", "ms", "the same over the lost ones, to when the last read began that had them"},
		{"workload/duplicated*", "", "always empty, as in Maelstrom"},
		{"workload/repeated", "", "elements that a read listed twice, which is no fault"},
	}
}

func kafkaFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if there is any error; otherwise "unknown" if an operation's value cannot be understood`},
		{"workload/error-types", "", "the errors found: lost-write, inconsistent-offsets, duplicate, G1a, garbage, G1c-realtime, poll-skip, nonmonotonic-poll, int-poll-skip, int-nonmonotonic-poll, nonmonotonic-send, unseen"},
		{"workload/bad-error-types", "", "those that make it invalid: all of them"},
		{"workload/counts/*", "", "how often each was found"},
		{"workload/details", "", "the first 32 of each, with the operations"},
		{"workload/cycles", "", "the polls of messages that had not been sent yet"},
		{"workload/unseen/counts/*", "", "for each key, messages that were acknowledged and that no poll had returned at the end"},
		{"workload/unseen/messages", "", "these messages"},
		{"workload/worst-realtime-lag/lag", "s", "the longest time for which, when a poll began, it had been certain that the log reached further than the process had polled. If it had polled nothing of the key, it counts from the log's first message, as in Maelstrom, even if the process got the key a moment before: then this is the age of the log, not how long a message was hidden"},
		{"workload/worst-realtime-lag", "", "when that was, in s, and of which process and key"},
		{"workload/info-txn-causes", "", "the errors of sends and polls of unknown outcome"},
		{"workload/unreadable", "", "operations whose value cannot be understood"},
	}
}

func txnFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if there is an anomaly that the consistency models forbid; otherwise "unknown" if a part could not be judged`},
		{"workload/consistency-models", "", "the models that were asked for"},
		{"workload/anomaly-types", "", "the anomalies found that they forbid"},
		{"workload/anomaly-counts/*", "", "how many of each; of cycles at most one for each component of the graph of transactions"},
		{"workload/anomalies", "", "the first eight of each, with the operations and an explanation"},
		{"workload/tolerated", "", "the anomalies found that the models allow"},
		{"workload/not", "", "the weakest models that the history contradicts"},
		{"workload/also-not", "", "the stronger ones that fall with them"},
		{"workload/unclear", "", "what kept a part of the history from being judged"},
		{"workload/warnings", "", "what Maelstrom does not look at, such as nodes that never show each other's writes; it counts under --strict. In registers, incomplete counts always: an acknowledged transaction has not as many micro-operations as its request (if it has none, Maelstrom finds it valid)"},
		{"workload/decided", "", "of txn-rw-register: for the levels read-uncommitted, read-committed, read-atomic and causal, whether there is an order of all transactions that explains every read; the violation of the weakest level that has none; what keeps one undecided; the level required by the consistency models, which counts under --strict, and whether that made the history invalid (error)"},
		{"workload/replication-delay/at-most/*", "ms", "from the acknowledgement of a write to the end of the first read on another node that showed it, or a later one that the node had not written itself: the write was there by then; 0 if it was shown before. Only pairs that were shown count; missing if there are none"},
		{"workload/replication-delay/at-least/*", "ms", "the same, to the beginning of the last read that did not show it; 0 if there was none"},
		{"workload/replication-delay/shown", "", "pairs of a write and another node that showed it; 0 means that no write of one node was ever shown by another"},
		{"workload/replication-delay/unshown", "", "pairs of a write and another node that read its key later, but never showed it, nor replaced it by a write of its own"},
	}
}
