// Package sim runs tests of package harness in virtual time: the same engine, workloads, faults and
// checkers, with the nodes in this process, inside a testing/synctest bubble. A test of 20 s takes
// some milliseconds, and the same seed gives the same run, to the byte.
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
// serve registers the node's handlers, as for [harness.InProcess]. The file example_test.go of this package is such a test,
// complete with a node, to be copied.
//
// # Sweeps
//
// [Test] makes each scenario a subtest that is run with many seeds, on all cores, and stops when too many have failed. A seed
// that fails is reported with the command that runs it alone:
//
//	go test ./broadcast -run '^TestSim$/^partition$' -seed 7
//
// Flags of a test binary that imports this package:
//
//	-seeds N   run N seeds of each scenario, 1 to N (default 20, or what the scenario says; a fifth of that with -race or -short)
//	-seed S    run only this seed
//	-shrink    shrink the first failure of each scenario
//
// With go test's own -artifacts, the files of the first failure, or of the run of -seed, and with -shrink also those of the shrunk run,
// stay in the test's artifact directory: the history, every message, and report.html, which shows the run.
//
// Faults are those of [glomers/harness/nemesis.All]; NemesisInterval says how often they come.
//
// # Shrinking
//
// With -shrink, or by [Shrink], the first seed that fails is cut down to the smallest run found that fails in the same way, and
// printed as a story: numbered operations, faults, the messages that were lost, the verdict, and the Go code that
// carries it out again. What is left came exactly like this in a run, of this or of a smaller cluster; nothing is made up.
//
// # What a node must keep to
//
// Virtual time stands still while any goroutine of the node can run, and moves on to the next timer when all
// wait. For a run to be repeatable, what happens must follow from the messages and timers alone:
//
//  1. Time comes from package time or the node's methods (Node.Now for the wall clock, which faults set off); random numbers
//     come from Node.Rand, not from package-level functions of math/rand, nor from crypto/rand.
//  2. Nothing that is sent depends on the order of a map, or on which of two ready cases a select takes.
//  3. Timers are the node's (Every, After, Sleep, deadlines of Call): two timers of package time that are due at the same
//     instant run in any order.
//  4. A goroutine waits on channels, sync.Cond, or time; not on a mutex that is held by one that waits, and not on
//     anything outside the bubble, such as I/O.
//  5. Nodes share no memory: they run side by side, and in an order of their own.
//
// A node made of typed handlers that uses no goroutine of its own keeps to 3 and 4 without doing anything. [Test] finds
// out whether a node keeps to all of it, and [Replay] where it does not.
//
// # What a run is
//
// At each instant the engine does one thing, delivers a message or runs a timer of its own, and then waits until all nodes
// have come to rest. What they have sent meanwhile it takes in the order of sender, receiver and sending, whatever the order
// in which their goroutines ran. Latencies and losses are drawn for each link from a generator of its own, so a change in one
// place of a system does not shift the luck of all others.
//
// Run, Check, Shrink and Catch may be called by several goroutines at a time, Test and Replay may not.
package sim
