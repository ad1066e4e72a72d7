package workload

// A Description says what a workload asks of a node.
type Description struct {
	Name       string
	About      string // what the system is to be
	RPCs       []RPC
	Operations string // what clients do
	Verdict    string // what must be true of the outcome
}

// An RPC is a request that a node gets from clients, and the reply that it owes them.
type RPC struct {
	Request string // an example of its body, without msg_id
	Reply   string // an example of the reply's body, without in_reply_to
	About   string // what it is for
	Fields  []Field
	Errors  []int // codes of error replies that are part of the protocol
}

// A Field is one of a request or a reply, besides type.
type Field struct{ Name, Type, About string }

// Describe returns the descriptions of all workloads, in the order of Names.
func Describe() []Description {
	return []Description{
		{
			Name: "broadcast", About: "Nodes pass values on until everybody has them.",
			RPCs: []RPC{
				{
					Request: `{"type":"topology","topology":{"n1":["n2"],"n2":["n1","n3"],"n3":["n2"]}}`, Reply: `{"type":"topology_ok"}`,
					About:  "topology comes first, once to each node. The node may ignore it: all nodes can talk to each other.",
					Fields: []Field{{"topology", "object of arrays of node ids", "for each node, its suggested neighbours; see --topology"}},
				},
				{
					Request: `{"type":"broadcast","message":17}`, Reply: `{"type":"broadcast_ok"}`,
					About:  "broadcast gives the node a value.",
					Fields: []Field{{"message", "integer", "the value; no value comes twice"}},
				},
				{
					Request: `{"type":"read"}`, Reply: `{"type":"read_ok","messages":[17,4]}`,
					About:  "read asks for what the node has.",
					Fields: []Field{{"messages", "array of integers", "all values that the node knows, in any order"}},
				},
			},
			Operations: "Half broadcast of 0, 1, 2, …, half read. In the final phase, 10 s after the faults, every worker reads once.",
			Verdict:    "No value that was acknowledged, or read, may be missing from all later reads.",
		},
		{
			Name: "echo", About: "Nodes repeat what they are told.",
			RPCs: []RPC{{
				Request: `{"type":"echo","echo":"Please echo 35"}`, Reply: `{"type":"echo_ok","echo":"Please echo 35"}`,
				About:  "echo asks the node to repeat something.",
				Fields: []Field{{"echo", "any", "the same in the reply"}},
			}},
			Operations: `Only echo, of "Please echo N", N from 0 to 127.`,
			Verdict:    "Every reply must equal its request.",
		},
		{
			Name: "g-counter", About: "A counter that only grows.",
			RPCs:       counterRPCs(),
			Operations: "Half add, of 0 to 4, half read. In the final phase, 10 s after the faults, every worker reads once.",
			Verdict:    "The final reads must return the sum of all acknowledged adds, plus that of any of the adds of unknown outcome.",
		},
		{
			Name: "g-set", About: "A set that only grows: broadcast by other names.",
			RPCs: []RPC{
				{
					Request: `{"type":"add","element":17}`, Reply: `{"type":"add_ok"}`,
					About:  "add gives the node an element.",
					Fields: []Field{{"element", "integer", "what to add; no element comes twice"}},
				},
				{
					Request: `{"type":"read"}`, Reply: `{"type":"read_ok","value":[17,4]}`,
					About:  "read asks for what the node has.",
					Fields: []Field{{"value", "array of integers", "all elements that the node knows, in any order"}},
				},
			},
			Operations: "Half add of 0, 1, 2, …, half read. In the final phase, 10 s after the faults, every worker reads once.",
			Verdict:    "No element that was acknowledged, or read, may be missing from all later reads.",
		},
		describeKafka(),
		describeLinKV(),
		describeLock(),
		{
			Name: "pn-counter", About: "A counter that also shrinks.",
			RPCs:       counterRPCs(),
			Operations: "As g-counter, but adds are of -5 to 4.",
			Verdict:    "As of g-counter.",
		},
		{
			Name: "txn-list-append", About: "A store of lists, with transactions.",
			RPCs: []RPC{{
				Request: `{"type":"txn","txn":[["r",9,null],["append",8,3]]}`, Reply: `{"type":"txn_ok","txn":[["r",9,[1,2]],["append",8,3]]}`,
				About: "txn asks for the micro-operations to be carried out, in their order, as one transaction.",
				Fields: []Field{{
					"txn", "array of [f, key, value]",
					`f is "r", a read, or "append" of the value to the key's list. The reply has the same, with the list in place of the null of each read; it stays null if the key does not exist`,
				}},
				Errors: []int{30},
			}},
			Operations: "Only txn, of 1 to --max-txn-length micro-operations, half of them reads. Keys are integers; what is appended to a key is 1, 2, 3, …",
			Verdict:    "The history must satisfy the --consistency-models.",
		},
		{
			Name: "txn-rw-register", About: "A store of registers, with transactions.",
			RPCs: []RPC{{
				Request: `{"type":"txn","txn":[["r",9,null],["w",8,3]]}`, Reply: `{"type":"txn_ok","txn":[["r",9,1],["w",8,3]]}`,
				About: "txn asks for the micro-operations to be carried out, in their order, as one transaction.",
				Fields: []Field{{
					"txn", "array of [f, key, value]",
					`f is "r", a read, or "w", a write of the value. The reply has the same, with the value in place of the null of each read; it stays null if the key does not exist`,
				}},
				Errors: []int{30},
			}},
			Operations: "Only txn, of 1 to --max-txn-length micro-operations, half of them reads. Keys are integers; what is written to a key is 1, 2, 3, …",
			Verdict:    "The history must satisfy the --consistency-models.",
		},
		{
			Name: "unique-ids", About: "Nodes make ids that nobody else has.",
			RPCs: []RPC{{
				Request: `{"type":"generate"}`, Reply: `{"type":"generate_ok","id":"n1-17"}`,
				About:  "generate asks for an id.",
				Fields: []Field{{"id", "any", "best all numbers, all strings, or all arrays: the checker must be able to order them"}},
			}},
			Operations: "Only generate.",
			Verdict:    "No id may come twice.",
		},
	}
}

func counterRPCs() []RPC {
	return []RPC{
		{
			Request: `{"type":"add","delta":3}`, Reply: `{"type":"add_ok"}`,
			About:  "add adds to the counter.",
			Fields: []Field{{"delta", "integer", "how much to add"}},
		},
		{
			Request: `{"type":"read"}`, Reply: `{"type":"read_ok","value":38}`,
			About:  "read asks for the value of the counter. Before the final phase it may be an old one.",
			Fields: []Field{{"value", "integer", "the sum"}},
		},
	}
}

func describeKafka() Description {
	return Description{
		Name: "kafka", About: "Logs to which messages are appended, one for each key.",
		RPCs: []RPC{
			{
				Request: `{"type":"send","key":"7","msg":3}`, Reply: `{"type":"send_ok","offset":12}`,
				About: "send appends a message.",
				Fields: []Field{
					{"key", "string", "of the log"},
					{"msg", "any", "the message; no log gets one twice"},
					{"offset", "integer", "where it is in the log: unique there, and later messages have higher ones. There may be gaps"},
				},
			},
			{
				Request: `{"type":"poll","offsets":{"7":12,"9":0}}`, Reply: `{"type":"poll_ok","msgs":{"7":[[12,3],[14,4]],"9":[[0,1]]}}`,
				About: "poll asks for messages.",
				Fields: []Field{
					{"offsets", "object of integers", "for each key, the first offset that is wanted"},
					{"msgs", "object of arrays of [offset, message]", "for each key, as many messages as the node likes, ascending, with none left out that has a place between them. A key may be missing"},
				},
			},
			{
				Request: `{"type":"commit_offsets","offsets":{"7":14}}`, Reply: `{"type":"commit_offsets_ok"}`,
				About:  "commit_offsets tells how far a client has got.",
				Fields: []Field{{"offsets", "object of integers", "for each key, the last offset that was taken care of"}},
			},
			{
				Request: `{"type":"list_committed_offsets","keys":["7","9"]}`, Reply: `{"type":"list_committed_offsets_ok","offsets":{"7":14}}`,
				About: "list_committed_offsets asks how far that was.",
				Fields: []Field{
					{"keys", "array of strings", "the logs that are asked about"},
					{"offsets", "object of integers", "for each of them, the committed offset. A key may be missing"},
				},
			},
		},
		Operations: "Half send, of 1, 2, 3, … to each key, half poll of the assigned keys, which then commits what it got and moves on. " +
			"Now and then assign replaces these keys, and crash the client. In the final phase every worker polls everything, from offset 0 on.",
		Verdict: "All clients must see one log, in one order, with nothing missing: no acknowledged message lost, none at two offsets, no offset with two, no poll that skips or goes back.",
	}
}

func describeLinKV() Description {
	key := Field{"key", "integer", "of the register"}
	return Description{
		Name: "lin-kv", About: "A store of registers, each linearizable.",
		RPCs: []RPC{
			{
				Request: `{"type":"read","key":3}`, Reply: `{"type":"read_ok","value":1}`,
				About:  "read asks for the value.",
				Fields: []Field{key, {"value", "any", "what was written last"}},
				Errors: []int{20},
			},
			{
				Request: `{"type":"write","key":3,"value":1}`, Reply: `{"type":"write_ok"}`,
				About:  "write sets the value, and makes the register if need be.",
				Fields: []Field{key, {"value", "integer", "the new value, 0 to 4"}},
			},
			{
				Request: `{"type":"cas","key":3,"from":1,"to":4}`, Reply: `{"type":"cas_ok"}`,
				About:  "cas, compare and set, sets the value if it is the one expected.",
				Fields: []Field{key, {"from", "integer", "the value expected"}, {"to", "integer", "the new value"}},
				Errors: []int{20, 22},
			},
		},
		Operations: "Each key is used by two workers for each node: one only reads, the other one writes and swaps, 1 to 2. Clients wait 1 s for a reply, or ten times the latency.",
		Verdict:    "There must be an order of the operations on each key in which each has the result that it had, and comes after all that had completed before it was invoked.",
	}
}

func describeLock() Description {
	return Description{
		Name: "lock", About: "A lock that all nodes give out together.",
		RPCs: []RPC{
			{
				Request: `{"type":"enter"}`, Reply: `{"type":"enter_ok","fence":17}`,
				About:  "enter asks for the lock. The node may take its time, or answer with an error if it cannot give it.",
				Fields: []Field{{"fence", "integer", "a number that is higher than that of everybody who had the lock before"}},
				Errors: []int{11},
			},
			{
				Request: `{"type":"leave","fence":17}`, Reply: `{"type":"leave_ok"}`,
				About:  "leave gives the lock back. A client that never does so has it until 2 s after it asked for it.",
				Fields: []Field{{"fence", "integer", "that of the enter"}},
				Errors: []int{22},
			},
		},
		Operations: "A client that is in does leave, any other enter. In the final phase, 10 s after the faults, every worker tries up to ten times to enter.",
		Verdict:    "No two clients may have the lock at the same time, later ones must have higher fences, and in the end everybody must be able to enter.",
	}
}
