package harness

import (
	"time"

	"glomers/harness/history"
	"glomers/harness/nemesis"
	"glomers/harness/network"
	"glomers/harness/workload"
)

// A Test describes one run. Only a workload and a Program are required; the zero
// value of everything else means the default of the reference harness.
type Test struct {
	Workload string        // the name of one of workload.All
	Kind     workload.Kind // in place of a name, a workload of your own
	Program  Program       // what the nodes run: Binary or InProcess

	workload.Options // of the workload

	NodeCount       int           // nodes n0 … n(k-1); 0 means Nodes
	Nodes           []string      // the nodes' ids, if there is no NodeCount; nil means n1 … n5
	Concurrency     int           // workers; worker i talks to node i mod n; 0 means the workload's default
	Rate            float64       // operations per second over all workers; 0 means 5
	Idle            bool          // no operations in the main phase, whatever the Rate, as with the reference's --rate 0
	TimeLimit       time.Duration // of the main phase; 0 means 60 s
	Latency         time.Duration // mean latency of messages between nodes; clients' have none
	LatencyDist     network.Dist  // Constant (also ""), Uniform or Exponential
	Nemesis         []string      // faults to inject, by their names: "partition"
	Faults          nemesis.Kinds // those that have names; nil means nemesis.All
	NemesisInterval time.Duration // mean time between starting and healing a fault; 0 means 10 s
	InitTimeout     time.Duration // for a node to answer init; 0 means 10 s
	Faithful        bool          // deliver messages and draw partitions as the reference does
	Availability    string        // "", "total", or the least acceptable ok-fraction, as "0.9"

	// Env has what the processes of nodes get of the environment beside a few variables that runtimes need ("glomers help environment" lists them): NAME passes
	// a variable on, NAME=VALUE sets one.
	Env []string
	// Cwd is where the processes of nodes run; "" means in directories of their own, one for each node, which it keeps if it is restarted: work/ID in the
	// run's directory or, without a Store, in a temporary one.
	Cwd string

	Seed  uint64 // of operations, faults, latencies, and the nodes' own random numbers
	Store string // directory for the run's files (Store/WORKLOAD/TIME beneath it); "" writes none

	Limits Limits // of what nodes can make the harness keep

	// Progress, if not nil, is called about four times a second, and at every
	// change of phase, by the goroutine of Run, which it holds up.
	Progress func(Progress)

	// OnMessage, if not nil, is called with every event of the network, in order, by the
	// goroutine of Run, which it holds up.
	OnMessage func(network.Event)

	// OnOp, if not nil, is called with every event of the history in the same way.
	OnOp func(history.Op)

	// OnLog, if not nil, is called with every line that a node writes to stderr (cut to 1 KiB), from
	// any goroutine.
	OnLog func(node, line string)

	// Excerpt, if not nil, leaves out a part of what the seed would bring; harness/sim uses it to find
	// the smallest run that still fails.
	Excerpt *Excerpt

	// Settle, if not nil, is called after each delivery and timer and must return
	// when the nodes have nothing left to do. harness/sim sets it to synctest.Wait.
	Settle func()

	limits limits // the engine's own; tests shorten them
}

// DefaultTimeLimit is what a TimeLimit of 0 means.
const DefaultTimeLimit = 60 * time.Second

// The phases of a run, in order. Recovery and Final are left out if the
// workload has no final operations.
const (
	PhaseSetup    = "setup"    // nodes start and are initialised, the workload prepares them
	PhaseMain     = "main"     // operations and faults, then waiting for what is in flight
	PhaseRecovery = "recovery" // faults are healed; the system has time to converge
	PhaseFinal    = "final"    // the workload's last operations
	PhaseCheck    = "check"    // the nodes are gone; the history is judged
)

// An Excerpt is a part of a run.
type Excerpt struct {
	// Ops are the numbers of the main phase's operations that are carried out, ascending from 0. The others
	// are drawn, so that the rest is as it was, and left out.
	Ops []int
	// Faults replaces the schedule of the faults.
	Faults []FaultWindow
	// Salt is another throw of the dice for what happens to messages: latencies and losses. A part of a run sends fewer
	// messages than the whole, so the original throw means little to it. 0 keeps that.
	Salt uint64
}

// A FaultWindow is a time, counted from the beginning of the main phase, in which a fault is in force.
type FaultWindow struct {
	Name       string // of the fault, as in Test.Nemesis
	Start      int    // which of its starts this is in the whole run, from 0
	Begin, End time.Duration
}

// A Progress is a snapshot of a running test.
type Progress struct {
	Phase    string        // one of the Phase constants
	Elapsed  time.Duration // since the start of the phase
	Left     time.Duration // until its planned end; 0 where that is unknown
	Invoked  int           // operations so far
	OK       int
	Fail     int
	Info     int
	Messages int    // sent so far, over the simulated network
	Fault    string // the fault in force, such as "partition: majority"; "" when there is none
}
