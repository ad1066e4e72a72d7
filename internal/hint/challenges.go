package hint

// The papers that several ladders name.
const (
	protocol = "Maelstrom's protocol, github.com/jepsen-io/maelstrom, doc/protocol.md"
	lamport  = "Lamport, Time, Clocks, and the Ordering of Events in a Distributed System (CACM 1978)"
	epidemic = "Demers et al., Epidemic Algorithms for Replicated Database Maintenance (PODC 1987)"
	crdt     = "Shapiro et al., A Comprehensive Study of Convergent and Commutative Replicated Data Types (INRIA RR-7506, 2011)"
	kreps    = "Kreps, Narkhede, Rao, Kafka: a Distributed Messaging System for Log Processing (NetDB 2011)"
	raft     = "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (extended version, 2014)"
	adya     = "Adya, Liskov, O'Neil, Generalized Isolation Level Definitions (ICDE 2000)"
	hat      = "Bailis et al., Highly Available Transactions: Virtues and Limitations (VLDB 2014)"
	sessions = "Terry et al., Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994)"
	critique = "Berenson et al., A Critique of ANSI SQL Isolation Levels (SIGMOD 1995)"
	endToEnd = "Saltzer, Reed, Clark, End-to-End Arguments in System Design (TOCS 1984)"
	cap      = "Gilbert and Lynch, Brewer's Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services (SIGACT News 2002)"
)

var challenges = []Ladder{
	ladder("1", "echo",
		"Run glomers conform: it sends single lines and shows each answer. In a run, journal.jsonl has every line in both directions.",
		"A node is a loop over lines. The reply goes back to the sender, has the type of the request with _ok at its end, in_reply_to with the msg_id of the request, and the same echo. Flush stdout after each line.",
		protocol+": the sections on messages, initialization and the RPC format. "+endToEnd+" says why it is the client that matches replies with requests."),
	ladder("2", "unique ids",
		"Look at what two nodes have in common when they make an id: the same clock, the same counter, the same seed of random numbers. Then think of a node that starts again.",
		"Ids need no talk if the space of ids is divided beforehand. Give each node a part of it that contains the node's own name, and count within that part. The part must be a new one after each start.",
		"RFC 9562, Universally Unique IDentifiers (2024), section 6.4, Distributed UUID Generation. "+lamport+", the section Ordering the Events Totally, breaks ties between clocks by the names of processes."),
	ladder("3a", "single-node broadcast",
		"Compare the last read in history.jsonl with the acknowledged broadcasts before it.",
		"The state is one set of numbers. A broadcast adds to it before it is acknowledged, and a read returns all of it. The request topology only wants its acknowledgement.",
		crdt+", section 3.3.1, Grow-Only Set."),
	ladder("3b", "multi-node broadcast",
		"Take one value that is missing from one node, and follow it in the report from the node that acknowledged it: along which links did it go, and where did it stop?",
		"A node passes on what is new to it, and only that: otherwise values travel in circles for ever. The topology is advice; any connected graph will do.",
		epidemic+", section 1, where direct mail, anti-entropy and rumor mongering are compared."),
	ladder("3c", "fault-tolerant broadcast",
		"Look at the times at which links were cut, and at the first message between the two sides after each cut had healed. Does it carry what the other side missed?",
		"A message that was sent once may be lost once. Whatever is new must be sent again until the other side is known to have it; or else nodes compare from time to time what they have. Clients need not wait for that.",
		epidemic+", section 1, on anti-entropy; "+endToEnd+" on why only the receiver can confirm."),
	ladder("3d", "efficient broadcast I",
		"Count how many messages one value costs, and through how many hops it goes: the report's charts have both. With 25 nodes, each further hop costs 100 ms.",
		"A tree reaches n nodes with n - 1 messages, so the shape decides: few hops want a node with many neighbours. Values that arrive within a short time can share one message. Then find out why the other messages are sent at all.",
		"Leitão, Pereira, Rodrigues, Epidemic Broadcast Trees (SRDS 2007): a tree for the payload, and the other links only to repair it. The write-up in broadcast/README.md has the lower bound."),
	ladder("3e", "efficient broadcast II",
		"The latency may now be twice that of 3d. Look at how many values each message carries, and for how long a value waits before it is sent.",
		"Waiting makes batches. A hub that collects for a while and then sends everything to everybody costs a fixed number of messages per round, however many values come. Choose the longest round that the targets allow.",
		"Nagle, RFC 896 (1984), on the small-packet problem: the oldest published trade of delay for messages. The write-up in broadcast/README.md has the bound for a given latency."),
	ladder("4", "grow-only counter",
		"Add up the acknowledged adds of each node, and compare the sums with what the node that reads has: whose adds are missing, or counted twice?",
		"Let no two nodes write the same number. If each node counts only its own adds, the sum over all nodes is the counter, and a message that arrives twice or late does no harm. What seq-kv says of another node's number may be old.",
		crdt+", section 3.1, on counters: the G-Counter."),
	ladder("5a", "single-node log",
		"Take one key, and list its sends with their offsets in the order of their acknowledgement, and then each poll of that key.",
		"A log is a list for each key, and an offset is a place in it: each message gets its own, and a poll returns everything from the offset that was asked for, in order. Committed offsets are numbers of their own, and only grow.",
		kreps+", section 3, on topics, offsets and consumers."),
	ladder("5b", "multi-node log",
		"Two sends for one key reach two nodes at the same moment. Which step decides who gets which offset, and can both nodes take that step?",
		"Offsets must be unique in a key, so either one place decides (a compare-and-set in lin-kv, or one node for each key), or the offsets are divided among the nodes beforehand. Then a poll may show an offset only when no smaller one can still be filled.",
		lamport+", the section Ordering the Events Totally: when is it safe to take the first of a queue? "+kreps+", section 3, has each partition on one broker."),
	ladder("5c", "efficient log",
		"Count the messages that one send costs, and those that failed compare-and-sets repeat.",
		"Give each key to one node, and the other nodes need only pass on what concerns it; or divide the offsets, and nobody has to ask. What must go to other nodes can go in batches. A poll need not be up to date.",
		kreps+", section 3.1, on batches. Nagle, RFC 896 (1984). The write-up in kafka-log/README.md has the lower bound."),
	ladder("6a", "single-node transactions",
		"Take one transaction from the history, and replay it by hand: each read returns the last write before it, also one in the same transaction.",
		"Carry out the whole list before anything else happens, fill in the reads, and reply with the list in the same order. A register that nobody wrote is null.",
		adya+", section 4, on the model of transactions and histories."),
	ladder("6b", "read uncommitted",
		"Look at a transaction that came while links were cut: did it wait for another node? It must not.",
		"Answer from the node's own copy, and replicate afterwards. So that the copies become equal, order the writes of a register everywhere in the same way: by a logical clock, with the node's name to break ties.",
		hat+", section 5.1. "+adya+", section 5.1, isolation level PL-1: the anomaly G0. "+lamport+", the section Logical Clocks."),
	ladder("6c", "read committed",
		"Find the transaction whose write was read, and ask whether it had committed by then, and whether the value was its last one for that register.",
		"Let others see a transaction's writes only when it has committed, all of them at once, and only the final ones. A replica then applies a whole transaction at a time, never a half. An aborted transaction leaves nothing behind.",
		adya+", section 5.2, isolation level PL-2: the anomalies G1a, G1b and G1c. "+hat+", section 5.1, does it without coordination."),
	ladder("7", "lin-kv",
		"Take the smallest stretch of the history that contradicts itself. Which node answered the read, or decided the compare-and-set, and what had it heard of the others by then?",
		"One order of all commands, decided before anybody is answered: a log that a majority has on disk, and one leader at a time who extends it. A read must take part, too, or at least ask a majority whether the leader still leads. A command whose answer was lost is sent again with the same number, and carried out once.",
		raft+", section 5 on the log, section 8 on clients. Ongaro, Consensus: Bridging Theory and Practice (Stanford thesis, 2014), section 6.3 on sessions, section 6.4 on reads."),
	ladder("8", "list-append",
		"Follow the cycle in the reason: which of its transactions was answered from a copy that lacked an earlier one, or in which place was one carried out twice?",
		"Make the whole transaction one command of a replicated state machine, and carry it out where the log has it. Then there are no locks, no aborts, and no order but that of the log.",
		"Schneider, Implementing Fault-Tolerant Services Using the State Machine Approach: A Tutorial (ACM Computing Surveys, 1990), section 2. "+raft+", section 8. "+adya+", section 5.3, isolation level PL-3."),
}
