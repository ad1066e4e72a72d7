// Package explore runs a small cluster through all of its schedules, or through those that a strategy chooses: which message arrives
// next, when an operation begins, when a timer fires, what is lost, when a node is killed. The nodes are programs on the runtime
// glomers/node, unchanged; they run in this process, one input after the other, without a clock.
//
//	func TestEverySchedule(t *testing.T) {
//		explore.Explore(t, explore.Scope{
//			Program: register, Workload: "broadcast", Losses: 1, Ticks: 2,
//			Given: []explore.Op{{Client: 0, F: "broadcast", Value: 1}, {Client: 1, F: "broadcast", Value: 2}, {Client: 2, F: "read"}},
//		})
//	}
//
// # An execution
//
// First the nodes are initialised and the workload is set up, in order, and the nodes have the time Warmup. Then comes the explored part, a sequence of actions:
//
//	deliver   a message that is under way arrives, whichever it is
//	begin     a client begins its next operation; its request and the reply take no time
//	fire      the earliest timer of a node fires, at most Ticks times for each node
//	lose      a message between nodes that was just sent is lost
//	duplicate such a message arrives twice
//	sync      what a node's disk is writing for its store is written (node.Store)
//	kill      a node ends, and its state with it; what it has sent is still under way, and what is on its disk is kept
//	start     a node that was killed starts again, with its disk
//	cut       the nodes are parted into two groups; messages that arrive between them are lost
//	heal      the groups are connected again
//
// It ends when there is nothing left to do but faults. Then the network is healed, the nodes are started, and have the time Recovery,
// in which messages and timers come in order. The clients carry out the final operations of the workload, or one more each, and
// the workload's checker judges the history. At least one of these last operations must be answered.
//
// A client waits for its reply as long as its node is up, and gives up when that is killed.
//
// # Time
//
// Each node has a clock of its own, which stands still until a timer of the node fires; a restart takes a microsecond. So a
// message may take any time, and a node may be slow for any time. An algorithm that relies on clocks that run at the same rate,
// such as leases, may fail here although it works where they do. Scope.Clocks makes time one for all nodes: then each clock has a rate, and goes on with every timer that fires.
//
// # Disks
//
// Each node has a disk of its own, over all its lives, which node.OpenStore uses. A write is under way from the function that begins it to the
// action sync; meanwhile anything else may happen. There are two ways to kill a node then: with all of the write on the disk,
// although the node was not told, and with nothing of it. The part that a torn write leaves is read as nothing, so it is not a third
// one. A disk is fast: in the ordinary order it has written before an operation begins or a timer fires, and to let it wait counts as a
// delay. During the recovery, writes end in order.
//
// So the promises of a durable node are those of a scope with Kills, and without Minority, in which nodes stay down:
//
//	explore.Explore(t, explore.Scope{Program: durable, Workload: "g-counter", Nodes: 1, Kills: 1, Given: …})
//
// Disks do not get full and do no damage here: see package harness for such faults.
//
// # Decisions
//
// What is not determined is decided. The options of each decision have an order, in which the first is the ordinary one: the
// oldest message arrives; if there is none, an operation begins; if there is none, a timer fires. An execution is its list of
// decisions, written without the ordinary ones: 12.3-17.1 is option 3 at decision 12 and option 1 at decision 17, counted from
// 0. The flag -decisions of a test carries out one execution and prints it; -debug serves a page on which executions can be stepped
// through (docs/debugger.md), and -bury COMMIT keeps a failure in testdata/graveyard, to be repeated before all others from then on.
//
// What a service may choose is decided, too, in the course of an action: which of its states seq-kv shows, also to the final operations.
// The ordinary option is the newest. During the recovery it shows that. The random numbers of nodes are those of a seed, one of
// Scope.Seeds, unless Scope.Rolls makes them a part of the schedule.
//
// # What is told apart
//
// Two states are the same if each node was given the same inputs in the same order, the same messages are under way, and the
// operations have had the same outcomes and the same order in real time; and if the disks hold the same, and are writing the same. That needs no snapshot of a node, and is sound if nodes are
// deterministic: their randomness is Rand, they have no goroutines of their own, and they read no clock but the runtime's. An
// exploration that meets other options than before after the same decisions says so.
//
// A node that shows its state (node.Show) is told apart by that if the scope is Shown. Lazy then leaves out deliveries that change nothing,
// as model checkers do, Alike takes states for the same in which nodes have only changed places, and Unlimited timers have finitely many
// states.
//
// # Programs
//
// With Scope.Command, nodes are processes of a program in any language that knows virtual time (docs/virtual-time.md). A process is
// given one line at a time, and its timers are those that it has at the service clock. Since all that it does follows from what
// it was given, the exploration remembers it, and needs a process only for inputs that no process was given before. It starts some
// processes ahead, and keeps some that may be needed again. The states are the same as those of nodes in this process, but for one thing:
// a timer that a program needs no more still fires. Files are no part of a node's state: each process begins in an empty directory. So a
// process has no disk, and GLOMERS_DATA is not set for it: its store forgets everything at a kill.
package explore
