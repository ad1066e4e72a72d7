// Package sim runs tests of package harness in virtual time: the same engine, workloads, faults and checkers, with the nodes in
// this process, inside a testing/synctest bubble. A test of 20 s takes a few milliseconds. The same seed gives exactly the same
// run, byte for byte.
//
// A simulation of your own node is a table of scenarios:
//
//	func TestSim(t *testing.T) {
//		base := harness.Test{Workload: "broadcast", Program: harness.InProcess(serve), Rate: 10, TimeLimit: 20 * time.Second}
//		partitioned := base
//		partitioned.Nemesis = []string{"partition"}
//		sim.Test(t,
//			sim.Scenario{Name: "quiet", Test: base},
//			sim.Scenario{Name: "partition", Test: partitioned},
//		)
//	}
//
// serve registers the node's handlers, as for [harness.InProcess]. The file example_test.go of this package is a complete test of
// this kind, including a node, which you can copy.
//
// # Sweeps
//
// [Test] makes each scenario a subtest. It runs the subtest with many seeds, on all cores, and stops when too many have failed.
// For each failing seed, it reports the command that runs this seed alone:
//
//	go test ./broadcast -run '^TestSim$/^partition$' -seed 7
//
// Flags of a test binary that imports this package:
//
//	-seeds N   run seeds 1 to N of each scenario (default 10, or the Seeds of the scenario; a fifth of that with -race or -short)
//	-seed S    run only this seed
//	-choices C with -seed: decisions that differ from those of the seed, as in network/n0/n1/loss:3.1; or @FILE, a file with them
//	-shrink    shrink the first failure of each scenario
//	-bury C    write the first failure of each scenario into testdata/graveyard, with the commit C at which it was found
//
// Runs in testdata/graveyard have failed at some time. [Test] repeats them before any other, for ever. A file names the test, the
// seed, the decisions, the reason, and the last commit at which the run failed:
//
//	go test ./broadcast -run TestSim -bury $(git rev-parse HEAD)
//
//	-until-quiet N    run seeds until N in a row have brought nothing new: no property of the node (see package node) that had not
//	                  happened before, and no failure unlike those before. -seeds bounds them; without it, 10,000 do
//	-all-properties   fail if a Sometimes never held, or a Reachable was never reached, or an Always never checked, in any scenario
//
// What never happened is logged in any case. An Always that does not hold, like an Unreachable that is reached, makes a run fail.
//
// Of the first failure of a scenario it also tells why it failed, as glomers why does of a run.
//
// With the -artifacts flag of go test, the test's artifact directory keeps the files of the first failure, or of the run of
// -seed, and with -shrink also those of the shrunk run: the history, every message, and report.html, which shows the run.
//
// Faults are those of [glomers/harness/nemesis.All]; NemesisInterval sets how often they start.
//
// # Disks
//
// Each node has a disk, which holds what a [glomers/node.Store] writes. With the fault kill, a node loses what it had not synced, or finds a
// part of it; disk makes a disk slow or full, and bitrot flips a bit of it (harness/README.md says more):
//
//	durable := base
//	durable.Nemesis = []string{"kill", "disk"}
//
// A write takes virtual time, from 0.1 to 2 ms, and is decided in the stream disk/n1/sync; what a kill leaves of it, in disk/n1/torn.
// Result.Disks counts the syncs.
//
// # Shrinking
//
// With -shrink, or by [Shrink], a failing seed is reduced to the smallest run found that fails in the same way. This run is
// printed as a story: numbered operations, faults, the lost messages, the verdict, and the Go code that repeats it. The story
// is an actual run of this or of a smaller cluster; nothing is invented.
//
// # Decisions
//
// A run is its seed and the decisions that differ from those of the seed, Test.Choices; package choice says which there are. Each
// has an address that does not depend on the rest of the run:
//
//	go test ./broadcast -run '^TestSim$/^loss$' -seed 7 -choices network/n0/n1/loss:3.1
//
// [Fuzz] lets Go's fuzzer look for decisions with which a test fails.
//
// # Rules for nodes
//
// Virtual time stands still while any goroutine of a node can run. When all goroutines wait, it moves on to the next timer. For
// a run to be repeatable, the behaviour of nodes must depend on messages and timers alone:
//
//  1. Time comes from package time or from the node's methods (Node.Now for the wall clock, which faults can change). Random numbers
//     come from Node.Rand, not from package-level functions of math/rand, nor from crypto/rand.
//  2. No message depends on the order of a map, or on the choice of a select between two ready cases.
//  3. Timers are the node's (Every, After, Sleep, deadlines of Call): two timers of package time that are due at the same instant run
//     in an unspecified order.
//  4. A goroutine waits only for channels, sync.Cond or time: not for a mutex held by another waiting goroutine, and not for
//     anything outside the bubble, such as I/O.
//  5. Nodes share no memory: they run concurrently, in an unspecified order.
//
// A node that consists of typed handlers and starts no goroutines satisfies rules 3 and 4 automatically. [Test] detects whether a
// node breaks the rules, and [Replay] shows the first difference that this causes.
//
// # Order of events
//
// The engine does one thing at a time: it delivers a message or runs one of its timers, and then waits until all nodes are
// idle. It takes the messages that nodes have sent meanwhile in the order of sender, receiver and sending, independent of the
// order in which their goroutines ran. Each link draws its latencies and losses from a separate random generator, so a change
// in one part of a system does not change the draws of all other links.
//
// Run, Check, Shrink and Catch may be called by several goroutines at a time; Test and Replay may not.
package sim
