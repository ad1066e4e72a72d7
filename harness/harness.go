package harness

import (
	"time"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/record"
	"glomers/harness/workload"
)

// A Test describes one run. Only a workload and a Program are required; the zero
// value of everything else means the default of the reference harness.
type Test struct {
	Workload string        // the name of one of workload.All
	Kind     workload.Kind // your own workload, in place of a name
	Program  Program       // what the nodes run: Binary or InProcess

	workload.Options // of the workload

	NodeCount       int           // nodes n0 … n(k-1); 0 means Nodes
	Nodes           []string      // the ids of the nodes if NodeCount is 0; nil means n1 … n5
	Concurrency     int           // workers; worker i talks to node i mod n; 0 means the workload's default
	Rate            float64       // operations per second over all workers; 0 means 5
	Idle            bool          // no operations in the main phase, whatever the Rate, as with the reference's --rate 0
	TimeLimit       time.Duration // of the main phase; 0 means 60 s
	Latency         time.Duration // mean latency of messages between nodes; messages of clients have none
	LatencyDist     network.Dist  // Constant (also ""), Uniform or Exponential
	Nemesis         []string      // names of the faults to inject, such as "partition"
	Faults          nemesis.Kinds // the faults that Nemesis can name; nil means nemesis.All
	NemesisInterval time.Duration // mean time between starting and healing a fault; 0 means 10 s
	InitTimeout     time.Duration // for a node to answer init; 0 means 10 s
	Recovery        time.Duration // between the end of the faults and the final operations; 0 means 10 s, which is the reference's
	Virtual         bool          // time jumps to the next event when all nodes are at rest: see docs/virtual-time.md
	Faithful        bool          // deliver messages and draw partitions as the reference does
	Availability    string        // "", "total", or the lowest acceptable ok-fraction, such as "0.9"

	// Env lists environment variables for the processes of nodes: NAME passes a variable on, NAME=VALUE sets it. Processes also
	// get a few variables that runtimes need; "glomers help environment" lists them.
	Env []string
	// Cwd is the working directory of all processes of nodes. "" gives each node a separate directory, which a restarted node
	// finds again: work/ID in the run's directory or, without a Store, in a temporary directory.
	Cwd string

	Seed uint64 // of operations, faults, latencies, and the nodes' random numbers
	// Choices are decisions that differ from those of the seed. A simulated run is its Seed and its Choices.
	Choices choice.Overrides
	// Strategy, if not nil, makes the decisions about which Choices say nothing, in place of the seed. It may be for one run only.
	Strategy choice.Strategy

	Store string // the run's files go to Store/WORKLOAD/TIME; "" writes no files

	Attach Attach // nodes that are debugged

	Limits Limits // bounds on the data that nodes can make the harness keep

	// Progress, if not nil, is called about four times a second and at every change of phase. The goroutine of Run calls it
	// and waits for it.
	Progress func(Progress)

	// OnMessage, if not nil, is called with every event of the network, in order. The goroutine of Run calls it and waits for it.
	OnMessage func(network.Event)

	// OnOp, if not nil, is called with every event of the history, in the same way as OnMessage.
	OnOp func(history.Op)

	// OnLog, if not nil, is called, from any goroutine, with every line that a node writes to stderr (cut to 1 KiB).
	OnLog func(node, line string)

	// Excerpt, if not nil, selects a part of the run that the seed describes: that of the smallest run that still fails, for
	// example.
	Excerpt *Excerpt

	// Network, if not nil, carries the messages between nodes in place of the simulated network. It adds the Latency to its own.
	Network Network

	// Settle, if not nil, is called after each delivery and timer. It must return when the nodes have nothing left to do.
	// harness/sim sets it to synctest.Wait.
	Settle func()

	limits limits      // the internal limits of the engine; tests shorten them
	gate   choice.Gate // makes all decisions of the run
}

// DefaultTimeLimit is the time limit if TimeLimit is 0.
const DefaultTimeLimit = 60 * time.Second

// The phases of a run, in order. Recovery and Final are left out if the
// workload has no final operations.
const (
	PhaseSetup    = "setup"    // nodes start and are initialised, the workload prepares them
	PhaseMain     = "main"     // operations and faults, then waiting for operations in flight
	PhaseRecovery = "recovery" // faults are healed; the system has time to converge
	PhaseFinal    = "final"    // the final operations of the workload
	PhaseCheck    = "check"    // the nodes have been killed; the history is judged
)

// An Excerpt is a part of a run.
type Excerpt = record.Excerpt

// A FaultWindow is a period in which a fault is in force.
type FaultWindow = record.FaultWindow

// A Progress is a snapshot of a running test.
type Progress struct {
	Phase    string        // one of the Phase constants
	Elapsed  time.Duration // since the start of the phase
	Left     time.Duration // until the planned end of the phase; 0 if that is unknown
	Invoked  int           // operations so far
	OK       int
	Fail     int
	Info     int
	Messages int    // messages sent so far over the simulated network
	Fault    string // the fault in force, such as "partition: majority"; "" without a fault
	Held     string // why the clock is held, such as "n1 was stopped by a debugger"; "" while it goes on
}
