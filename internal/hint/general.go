package hint

// Kinds of failures of every workload.
const (
	NoAnswer      = "no-answer"
	Unavailable   = "unavailable"
	Malformed     = "malformed-reply"
	NodeEnded     = "node-ended"
	NoInit        = "no-init"
	BadLine       = "bad-line"
	WrongAddress  = "wrong-address"
	Overload      = "overload"
	Messages      = "msgs-per-op"
	Latency       = "stable-latency"
	NoFault       = "no-fault"
	Nonconforming = "conform"
	Violated      = "property"
	NoBuild       = "build"
	Unreadable    = "unreadable"
)

var general = []Ladder{
	ladder(NoAnswer, "requests that nobody answered",
		"Pick the first request without a reply in the report. Did the node read it, and what did it do last before it? Its log in nodes/ has what it wrote to stderr.",
		"A node that waits for another must go on reading meanwhile: a handler that blocks the only loop waits for a reply that the loop will never read. And replies that stay in a buffer have not been sent: flush after each line.",
		"Birrell and Nelson, Implementing Remote Procedure Calls (TOCS 1984), section 3: what a caller may conclude from silence. "+protocol+", the sections on RPCs and errors."),
	ladder(Unavailable, "too few operations succeeded",
		"Sort the failed operations by time, and hold them against the times of the faults: which nodes answered nothing, and whom were they waiting for?",
		"Total availability means that every node answers by itself, whoever cannot be reached. So nothing that a client waits for may depend on another node or on a service that is cut off: answer from what the node has, and replicate later.",
		cap+", section 3: which guarantees cannot be had that way. "+hat+", section 5: which ones can."),
	ladder(Malformed, "replies with a wrong shape",
		"The warning quotes the first such reply. Hold it against the example in glomers help workloads, field by field.",
		"A reply has its type, in_reply_to and exactly the fields of its workload. Usual mistakes: a number as a string, a missing or additional field, null for an empty list, keys of a map that are numbers.",
		protocol+", the section on messages. RFC 8259, The JavaScript Object Notation (2017), section 4 on objects and section 6 on numbers."),
	ladder(NodeEnded, "a node that ended during the run",
		"The end of the node's log is in the message, and all of it in nodes/ of the run. The exit status says whether it ended by itself or by a signal.",
		"A node must live until its input ends, whatever it is sent: an unknown type, a late reply, an error where a reply was expected. Answer what cannot be understood with an error, and go on.",
		protocol+", the section on errors. Candea and Fox, Crash-Only Software (HotOS 2003), for nodes that may end and start again."),
	ladder(NoInit, "init was not answered",
		"Start the program by hand and type one line of init. Does anything come back before you close its input?",
		"The first message of a node's life is init. The answer init_ok has in_reply_to and comes from the node_id that init has given. If nothing comes, the output is buffered, or the program waits for more input than one line.",
		protocol+", the section on initialization."),
	ladder(BadLine, "a line that is not a message",
		"The message quotes the line and its number. Search the program for whatever else writes to stdout.",
		"Stdout belongs to the protocol: one JSON object on each line, with src, dest and body. Logs, prompts and traces go to stderr.",
		protocol+", the sections on nodes and messages. RFC 8259, The JavaScript Object Notation (2017)."),
	ladder(WrongAddress, "a message to nobody, or from somebody else",
		"The message quotes the line. Compare its src with the node_id in init, and its dest with the node_ids there.",
		"The src of a node's lines is its own id. A reply goes to the src of the request. Other nodes are those in init, and may have any names.",
		protocol+", the sections on messages and initialization."),
	ladder(Overload, "more than the nodes or the harness could take",
		"Look at the messages of one second in the report: of which type are most, and which message caused them?",
		"Somewhere messages beget messages: everything is passed on to everybody, also what is known, or is repeated before an answer could have come. Send only what is new, repeat less often after each attempt, and say all in one message.",
		"Jacobson, Congestion Avoidance and Control (SIGCOMM 1988), on exponential backoff. "+epidemic+", section 1, on what rumors cost."),
	ladder(Messages, "too many messages per operation",
		"Divide the messages between servers by their types in the report. How many tell their receiver something new?",
		"Three things make messages: acknowledgements, copies that the receiver has already, and news that travels alone. Put acknowledgements on messages that are sent anyway, use a tree, and let news wait for company.",
		"Leitão, Pereira, Rodrigues, Epidemic Broadcast Trees (SRDS 2007), on Plumtree. Nagle, RFC 896 (1984). For the bound: the section The lower bound of each write-up."),
	ladder(Latency, "values that are seen everywhere too late",
		"Follow the slowest value in the report: how much of its time was hops, and how much was waiting for a timer?",
		"The time is hops times latency, plus what each node on the way lets it wait. So make the tree shallow, and let only one of the nodes on a path wait. The maximum is decided by the value that comes just after a timer has fired.",
		"Dean and Barroso, The Tail at Scale (CACM 2013), on why the worst case is what users see. The section The lower bound in broadcast/README.md."),
	ladder(NoFault, "the fault that was asked for never came",
		"The reason names the fault. Compare the length of the run with the interval of the faults.",
		"Partitions need at least two nodes, and time to begin. The run shows nothing about the fault, so it is neither a pass nor a failure.",
		"Alvaro, Rosen, Hellerstein, Lineage-driven Fault Injection (SIGMOD 2015), section 1: on what a test without the right fault says."),
	ladder(Violated, "a property that the node itself declared, and that did not hold",
		"The reason has the name of the property, the node, the time and perhaps details. In the report, look at the last message that this node got before that time.",
		"Either the property is not what the design promises, or a step broke it. Say in a sentence why the property holds before a step and after it, for each kind of step: the one for which you cannot is the one to look at.",
		"Lamport, Proving the Correctness of Multiprocess Programs (1977), on invariants. Zhou et al., FoundationDB (SIGMOD 2021), section 4, on simulations that look for the rare cases."),
	ladder(Nonconforming, "a check of the protocol that failed",
		"The check shows the line that was sent, the line that came back, and why it matters. Send the same line by hand.",
		"Most failures come from a decoder that assumes too much: that ids are small, that replies come in order, that fields are never missing. Treat each line for itself.",
		protocol+": all of it takes ten minutes to read."),
	ladder(NoBuild, "the program cannot be built",
		"Read the first error of the compiler; later ones often follow from it.",
		"Go back to the last state that compiled, and take a smaller step from there.",
		"The language's own documentation of the error. The README that glomers init writes has the commands that build and test."),
	ladder(Unreadable, "values that could not be understood",
		"The first reason names the operations. Look at these replies in history.jsonl.",
		"The shape of the reply is right for the protocol but not for the checker: a number with a fraction, a list inside a list, a string for a number.",
		"RFC 8259, The JavaScript Object Notation (2017), section 6, on numbers. glomers help workloads has an example of each reply."),
}
