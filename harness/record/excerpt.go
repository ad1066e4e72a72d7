package record

import "time"

// An Excerpt is a part of a run.
type Excerpt struct {
	// Ops lists, in ascending order, the main phase's operations to carry out; they are numbered from 0. The other operations
	// are drawn but not carried out, so that leaving them out does not change the draws of the rest.
	Ops []int `json:"ops"`
	// Faults replaces the schedule of the faults.
	Faults []FaultWindow `json:"faults"`
	// Salt, if not 0, changes the seed of the network, so that latencies and losses are drawn anew. An excerpt sends fewer
	// messages than the whole run, so the original draws would hit different messages anyway.
	Salt uint64 `json:"salt,omitempty"`
}

// A FaultWindow is a period in which a fault is in force. Its times are counted from the beginning of the main phase.
type FaultWindow struct {
	Name  string        `json:"name"`  // of the fault, as in Meta.Nemesis
	Start int           `json:"start"` // the number of this start of the fault in the whole run, from 0
	Begin time.Duration `json:"begin-ns"`
	End   time.Duration `json:"end-ns"`
}
