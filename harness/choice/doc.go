// Package choice holds the decisions of a run. Everything that decides in a run asks one gate: what a client does, how long a
// message takes, which one is lost, where a fault strikes, which numbers a node draws. A seed is one way to answer. Any other
// [Strategy] is another.
//
// # The decisions of a simulated run
//
// Questions come in streams, one for each purpose. A stream has a name and numbers its decisions from 0, so that a decision has an
// address that other streams do not change:
//
//	gaps, workers         when operations begin, and on which worker
//	workload              the operations: which, and with which values
//	network/n0/n1/loss    whether a message from n0 to n1 is lost, while a fault loses messages; also latency, hop, duplicate,
//	                      spike and delay
//	nemesis/kill          the times between the starts and the ends of a fault
//	nemesis/kill/3        the effect of its start number 3: here which node
//	services/seq-kv       which of its states a service shows
//	disk/n1/sync          how long n1's writes to its disk take; also torn: what a kill leaves of one; only of nodes in this process
//	node/n2/0             the seed of a node's random numbers, when it is started for the first time
//	node/n2/0/rand        these numbers; only of nodes in this process
//	node/n2/0/jitter      the pauses before repeated requests
//
// A run is its seed and its [Overrides], the decisions that differ from those of the seed:
//
//	network/n0/n1/loss:3.1-12.0~workers:0.2
//
// Here decision 3 about losses from n0 to n1 takes option 1, decision 12 takes option 0, and the first operation goes to worker 2.
// Options are numbers from 0; option 1 of a loss is that the message is lost, and the option of a time is the time in ns.
//
// The seed makes all decisions that overrides do not make, also after the last of them. Option 0 for ever would not do: who draws
// random numbers may draw again until one suits, as [math/rand/v2.Rand.IntN] does, and would never end. Only a complete list of
// decisions would be independent of the seed, and it has thousands. [Recorder.All] returns one.
//
// # The decisions of an explored run
//
// Where a run is explored, every decision has a canonical option, number 0. A [List] has the decisions in their order: at decision
// 12 option 3, at decision 17 option 1, elsewhere option 0:
//
//	12.3-17.1
package choice
