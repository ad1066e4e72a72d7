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
//		sim.Sweep(t,
//			sim.Scenario{Name: "quiet", Test: base},
//			sim.Scenario{Name: "partition", Test: partitioned},
//		)
//	}
//
// serve registers the node's handlers, as for [harness.InProcess]. Each scenario is a subtest that is run with
// many seeds. A seed that fails is reported with the command that runs it alone:
//
//	go test ./broadcast -run 'TestSim/partition' -seed 7
//
// and, with -shrink, with the smallest run that still fails, as a list of operations, faults and
// messages. Flags of a test binary that imports this package:
//
//	-seeds N   seeds per scenario, from 1 on (default 20)
//	-seed S    only this seed
//	-shrink    shrink the first failure of each scenario
//
// # What a node must keep to
//
// Virtual time stands still while any goroutine of the node can run, and moves on to the next timer when all
// wait. For a run to be repeatable, what happens must follow from the messages and timers alone:
//
//  1. Time comes from package time or the node's methods; random numbers from Node.Rand. Not from package-level
//     functions of math/rand, nor from crypto/rand.
//  2. Nothing that is sent depends on the order of a map, or on which of two ready cases a select takes.
//  3. Timers are the node's (Every, After, Sleep, deadlines of Call): two timers of package time that are due at the same
//     instant run in any order.
//  4. A goroutine waits on channels, sync.Cond, or time; not on a mutex that is held by one that waits, and not on
//     anything outside the bubble, such as I/O.
//
// A node made of typed handlers that uses no goroutine of its own keeps to 3 and 4 without doing anything. [Replay] finds
// out whether a node keeps to all of it.
package sim
