// Package harness runs the nodes of a distributed system on a simulated network, injects faults, and checks the results that
// clients saw, as the Maelstrom harness does.
//
// A [Test] describes a run, [Run] carries it out, and a [Result] holds the verdict. The nodes run a [Program]: [Binary] is any
// executable that speaks the protocol on stdin and stdout; [InProcess] is a function that sets up a [node.Node] in this process,
// which suits your own Go tests:
//
//	res, err := harness.Run(t.Context(), harness.Test{
//		Workload:  "broadcast",
//		Program:   harness.InProcess(register),
//		TimeLimit: 5 * time.Second,
//		Nemesis:   []string{"partition"},
//	})
//	require.NoError(t, err)
//	require.Equal(t, check.Valid, res.Valid, res.Reasons)
//
// [Judge] judges a saved history. README.md describes the workloads, the figures of results.json, and how to write your own
// workload for Test.Kind.
//
// # Life cycle
//
//  1. Setup: the nodes are started. Each gets init and must answer it within Test.InitTimeout (10 s by default). Then the
//     workload prepares the nodes (broadcast sends topology).
//  2. Main, for Test.TimeLimit: workers carry out operations at Test.Rate, with gaps uniform between 0 and 2/rate, and the nemesis
//     starts and heals faults. Each operation goes to a random free worker. If no worker is free, the operation waits, and the
//     schedule continues from the end of the wait instead of catching up. At the end of the phase, the harness waits for
//     operations in flight (a request times out after 5 s), then heals all faults.
//  3. Recovery, for Test.Recovery (10 s by default), and Final, in which every worker carries out the workload's final operations. Both are left out if the
//     workload has none.
//  4. The nodes are killed, the checks run, and the store is written.
//
// An operation completes as ok if it happened, as fail if it certainly did not happen, or as info if the client cannot know.
// After info, the worker continues as a new process with a new client.
//
// # Differences from Maelstrom
//
// Verdicts and figures are Maelstrom's, with five deliberate exceptions; testdata/conformance lists them row by row.
//
//  1. Messages of clients are never late. In Maelstrom, a party receives one message at a time: it takes the waiting message that
//     is due first and sleeps until that message is due, even if a client's request arrives meanwhile. So, with a latency of
//     100 ms, a read may wait for up to 100 ms, and it then returns values that arrived during the wait. Maelstrom's stable
//     latencies are therefore lower by about one hop: for broadcast at its default budget, the median is 200 ms and the maximum
//     231 ms; here they are 253 and 331. Our harness is stricter. Test.Faithful delivers messages as Maelstrom does, and so
//     reproduces its figures.
//  2. A partition always separates some nodes. On two nodes, Maelstrom's minority-third and majorities-ring isolate no node, so many
//     of its partitioned runs had no partition. Here, kinds of partition that cut nothing for this number of nodes are not drawn,
//     unless Test.Faithful is set. A run in which a requested fault was never in force is Unknown, not Valid.
//  3. A transaction over registers that is acknowledged with fewer micro-operations than requested makes the run Invalid.
//     Maelstrom checks only the returned micro-operations, so it accepts a node that returns none.
//  4. An echo that is refused with a definite error is not a wrong echo. In Maelstrom it is, because it has no reply.
//  5. A duplicate id makes a run of unique-ids Invalid, even if some ids cannot be compared, such as objects. In Maelstrom the
//     checker fails on such ids, and the verdict is unknown.
//
// # Guarantees
//
//  1. A misbehaving node never hangs a run. A node that exits, does not answer init, writes a line that is not a message, or writes
//     a message to or from an unknown party ends the run with a [NodeError], which names the node and quotes the line. A node that
//     reads nothing for 2 s or more does not end the run: its operations time out, and a warning in the Result names the node. If
//     the node has closed its stdin or stdout, or is stopped although the harness did not pause it, the warning says so; in a run
//     that is not Valid, it becomes one of the reasons. A run that ends early is judged all the same: the Result has the figures
//     up to that point.
//  2. No process outlives the run: not after an error, not after the context is cancelled, and not if this process is killed. Each
//     node has a separate process group, which is killed as a whole. A process gets the variables that runtimes need and those of
//     Test.Env, and runs in a separate directory unless Test.Cwd is set. This keeps runs tidy but is not a sandbox: a node has
//     all rights of the user.
//  3. Operations, faults, latencies and the nodes' random numbers derive from Test.Seed, but for the decisions in Test.Choices; see
//     package choice. In real time the interleaving still varies
//     from run to run; in virtual time it does not.
//  4. One goroutine, the caller's, owns the network, the history, the schedule and all random numbers. Only this goroutine calls
//     Test.Progress and Test.Settle.
//  5. The data that nodes can make the harness keep is bounded, and nothing is dropped silently; see [Limits] for the behaviour at
//     each limit. With the defaults, the harness uses less than 600 MiB of memory, and a run's directory, at worst, less than
//     1.5 GiB. A run also ends with a NodeError when 1,000,000 messages are under way. A process that writes faster than the harness
//     works is slowed down: its output is not read while 10,000 messages, or a tenth of Limits.Memory, wait for the harness. Nodes
//     in this process are not slowed down.
//  6. Result.Lag says how late the harness itself was. If it is not far below the measured latencies, the machine was too slow
//     for the test.
//
// # Store
//
// With Test.Store set, every run, even one that fails, leaves a directory Store/WORKLOAD/TIME with
//
//	test.json       a record.Meta: all options with defaults filled in, the nodes and services, the seed, versions
//	history.jsonl   the operations, one history.Op per line
//	journal.jsonl   every message sent, received and lost, one network.Event per line
//	results.json    the Result
//	nodes/ID.log    what each node wrote to stderr
//	work/ID/        the files, if any, that each node left in its directory, which GLOMERS_DATA names; the harness does not touch them
//	history.edn, history.txt, results.edn, node-logs/ID.log
//	                the same data under the names and in the formats of Maelstrom
//	report.html     a report on the run for a browser, offline too
//	latency.svg, rate.svg, messages.svg
//	                charts of latencies and rates, and a diagram of the first messages
//	violation-*.html, cycle-*.svg
//	                pictures of the violations found, in lin-kv and in transactions
//
// The link Store/current leads to the run that started last, and Store/latest to the run that finished last. On Windows, and on
// file systems without links, these are text files that hold the path of the run; record.Open follows them.
//
// The history and the journal are flushed several times a second, in whole lines. So a run can be followed while it is going
// on, and a killed run leaves them, too. Package record reads them, and record.Running reports whether a run is going on.
package harness
