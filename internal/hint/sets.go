package hint

// Kinds of failures of echo, ids, sets, counters, registers and locks.
const (
	WrongEcho       = "wrong-echo"
	DuplicateIDs    = "duplicate-ids"
	Lost            = "lost"
	Stale           = "stale"
	Repeated        = "repeated"
	WrongSum        = "wrong-sum"
	NotLinearizable = "not-linearizable"
	Overlap         = "overlap"
	FenceOrder      = "fence-order"
)

var sets = []Ladder{
	ladder(WrongEcho, "a reply with another echo than that of the request",
		"Hold the request and the reply of the reason against each other, character by character.",
		"Either the reply belongs to another request (two requests share a variable), or the value was changed by decoding: a large integer became a float, or an escape was written differently.",
		protocol+", the section on messages. RFC 8259, The JavaScript Object Notation (2017), section 6, on numbers."),
	ladder(DuplicateIDs, "ids that were given out twice",
		"The reason names two operations with the same id. Were they answered by two nodes, or by one node before and after something?",
		"Two nodes with one id share what they make it from. One node with one id twice has forgotten that it had given the id out, or its clock went back. Put the node's own name and something that never repeats into each id.",
		"RFC 9562, Universally Unique IDentifiers (2024), section 6.2 on counters and section 6.4, Distributed UUID Generation."),
	ladder(Lost, "acknowledged values that are missing in the end",
		"Find the node that acknowledged the value, and every message that carried it from there. Which of these was lost, and what was sent on that way afterwards?",
		"Nobody who had the value sent it again after the loss. News must be repeated until it is confirmed, or compared from time to time; and also to those from whom nothing came, since silence is what a cut looks like.",
		epidemic+", section 1, on anti-entropy. "+endToEnd+", on who has to confirm."),
	ladder(Stale, "values that appeared and were missing again, or came late",
		"Look at two reads, one with the value and a later one without it: of which nodes were they?",
		"A read is answered from a copy that is behind another copy. Where that is not allowed, either the write waits until enough nodes have it, or the read asks enough nodes: so many that one of them must know.",
		"Attiya, Bar-Noy, Dolev, Sharing Memory Robustly in Message-Passing Systems (JACM 1995). "+sessions+": the guarantee Monotonic Reads."),
	ladder(Repeated, "elements that a read shows twice",
		"Was the element added twice by clients, or did the node receive it twice? The report shows the messages with it.",
		"Messages may come twice, and news may come on two ways. Adding must be idempotent: a set, not a list.",
		crdt+", section 3.3.1, Grow-Only Set. "+endToEnd+", on duplicate suppression."),
	ladder(WrongSum, "a counter with the wrong sum",
		"Is the sum too small or too large? The difference is often one particular add: search the history for it.",
		"Too small: an add was overwritten by another one that had read the same number before, or it never reached the node that was read. Too large: an add that was repeated after a timeout had been carried out already. Totals of each node, merged by maximum, suffer from neither.",
		crdt+", section 3.1, on counters. "+critique+", section 4.1, on the anomaly P4, Lost Update."),
	ladder(NotLinearizable, "answers that no order of the operations explains",
		"The reason names the smallest window of operations that contradict each other. When had the node that answered last heard of the others?",
		"Each operation must seem to happen at one moment between its request and its reply. A node that answers from its own copy cannot know whether somebody else has written meanwhile. So reads, too, must go through whatever decides the order.",
		"Herlihy and Wing, Linearizability: A Correctness Condition for Concurrent Objects (TOPLAS 1990), section 2. "+raft+", section 8, on reads."),
	ladder(Overlap, "two holders of one lock at the same time",
		"Who granted the lock to the second holder, and what did that node know of the first?",
		"Two majorities have a node in common; two nodes that decide alone do not. A lock that expires needs clocks that agree, or a number that tells late holders from the present one.",
		"Gray and Cheriton, Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency (SOSP 1989). "+raft+", section 5.2, on why at most one leader is elected in a term."),
	ladder(FenceOrder, "a later holder with a smaller number",
		"Compare where the two numbers came from.",
		"Numbers that order the holders must come from the same place as the lock: they must be decided together with it.",
		lamport+", the section Logical Clocks. Burrows, The Chubby Lock Service for Loosely-Coupled Distributed Systems (OSDI 2006), section 2.4, on sequencers."),
}
