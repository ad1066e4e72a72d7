// Package harness drives the nodes of a distributed system through a simulated
// network, injects faults, and judges what clients saw, as the Maelstrom
// harness does.
//
// A [Test] says what to run, [Run] runs it, a [Result] says what came out. The nodes run a [Program]: [Binary]
// is any program that speaks the protocol on stdin and stdout, [InProcess] a function on a
// [node.Node] in this process, which suits a test of your own:
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
// [Judge] judges a history that was saved. README.md describes the workloads, the figures of results.json, and how to write a
// workload of your own for Test.Kind.
//
// # Life cycle
//
//  1. Setup: the nodes are started, each gets init and has Test.InitTimeout, 10 s, to answer it; then
//     the workload prepares them (broadcast sends topology).
//  2. Main, for Test.TimeLimit: workers carry out operations at Test.Rate, the gaps being uniform in 0 … 2/rate,
//     and the nemesis starts and heals faults. Each operation goes to a random free worker; while none is free it
//     waits, and the schedule starts anew from there instead of catching up.
//     At the end, operations in flight are waited for: a request times out after 5 s. Then all faults are healed.
//  3. Recovery, 10 s, and Final, in which every worker carries out the workload's last operations, if it has any.
//  4. The nodes are killed; the checks run; the store is written.
//
// An operation completes ok, as fail if it certainly did not happen, or as info if
// nobody knows. After info the worker goes on as a new process with a new client.
//
// # Differences from Maelstrom
//
// Verdicts and figures are Maelstrom's, with five exceptions, all deliberate; testdata/conformance has them row by row.
//
//  1. Messages of clients are never late. In Maelstrom a party takes in one message at a time: of those that wait for it, the one that
//     is due first, for which it then sleeps, even if a client's request comes meanwhile. Under a latency of 100 ms
//     a read waits for up to as long, and shows what has come by then. So Maelstrom's stable latencies are lower by about a hop: for
//     broadcast at its default budget 200 ms in the median and 231 ms at most, here 253 and 331. Ours is the stricter judge. Test.Faithful delivers
//     messages as Maelstrom does, and so gives its figures.
//  2. A partition cuts somebody off. On two nodes, Maelstrom's minority-third and
//     majorities-ring isolate nobody, so many of its partitioned runs had no partition. Kinds
//     that cut nothing for this number of nodes are not drawn, unless Test.Faithful is set. A run that
//     was asked for faults and cut nothing is Unknown, not Valid.
//  3. A transaction over registers that is acknowledged with fewer micro-operations than it was asked for makes the run Invalid.
//     Maelstrom looks only at what came back, so that to it a node is valid that returns nothing.
//  4. An echo that is refused with a definite error is no wrong echo. To Maelstrom it is one, as it has no reply.
//  5. An id that was given out twice makes the run of unique-ids Invalid, also if there are ids that cannot be compared, such as objects. In Maelstrom
//     the checker fails at these, and its verdict is unknown.
//
// # Guarantees
//
//  1. A misbehaving node never hangs a run. One that exits, does not answer init, writes what is not a message,
//     addresses nobody, or speaks in nobody's name ends the run with a [NodeError] that names it and quotes it. One that
//     reads nothing for 2 s or more does not: operations time out, and a warning in the Result names it. If it has closed its stdin or stdout, or
//     stands still though the harness did not pause it, that is among the reasons.
//     A run that ended early was judged all the same: the Result has the figures until then.
//  2. No process outlives the run: not after an error, not after the context was cancelled, and not if this process is
//     killed. Each node has a process group of its own, which is killed as a whole.
//     A process gets the variables that runtimes need and those of Test.Env, and runs in a directory of its own unless Test.Cwd
//     says where. This is hygiene and no prison: it has the rights of the user.
//  3. Operations, faults, latencies and the nodes' random numbers come from Test.Seed. In real time the
//     interleaving still varies from run to run; in virtual time it does not.
//  4. One goroutine, the caller's, owns the network, the history, the schedule and all
//     random numbers. Only it calls Test.Progress and Test.Settle.
//  5. What nodes can make the harness keep is bounded, and nothing is dropped silently; see [Limits], which says what happens at the
//     limit. The defaults keep the harness below 600 MiB of memory, and a run's directory, at worst, below 1.5 GiB. A run also ends
//     with a NodeError when 1,000,000 messages are under way. A process that writes faster than the harness works is held up: its
//     output is not read while 10,000 messages, or a tenth of Limits.Memory, wait for the harness. Nodes in this process are not held up.
//  6. Result.Lag says how late the harness itself was. Where it is not far below the latencies measured, the machine was too
//     slow for the test.
//
// # Store
//
// With Test.Store set, every run, also one that fails, leaves a directory
// Store/WORKLOAD/TIME with
//
//	test.json       all options with defaults filled in, the seed, versions
//	history.jsonl   the operations, one history.Op per line
//	journal.jsonl   every message sent, received and lost, one network.Event per line
//	results.json    the Result
//	nodes/ID.log    what each node wrote to stderr
//	work/ID/        what each node left in its own directory, if it did; nothing else writes or reads there
//	history.edn, history.txt, results.edn, node-logs/ID.log
//	                the same under the names and in the formats of Maelstrom
//	report.html     all of it to look at, in a browser, without a network
//	latency.svg, rate.svg, messages.svg
//	                pictures of the same, of the first messages
//	violation-*.html, cycle-*.svg
//	                pictures of what is wrong, in lin-kv and in transactions
//
// and beside the workloads the links Store/current, to the run that was started last, and Store/latest, to
// the one that was finished last.
//
// The history and the journal are written out several times a second, in whole lines, so that a run can be followed, and one that was
// killed leaves them. [Running] tells whether a run goes on.
package harness
