package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"glomers/harness/history"
)

// A Kind is a workload as a value: everything that the harness and the command line know about it. harness.Test runs a Kind of this
// module or of any other, and cli.Main builds a command line from them.
type Kind struct {
	Name  string // as in --workload, and of the directory of its runs
	About string // what the system is to be

	RPCs       []RPC
	Operations string   // what clients do
	Verdict    string   // what must be true of the outcome
	Figures    []Figure // what its checker says in the results

	Workers int    // how many clients each node has by default; 0 means 1
	Flags   []Flag // its options on the command line

	// Make returns the workload of one run, and is called once per run. An error says which option is wrong and what is accepted.
	Make func(c Config) (Workload, error)

	// Functions are those of its operations, as histories name them. Without them a history is taken as it is: nobody can say whether
	// it is one of this workload.
	Functions []string
	// Unlike reports whether the values in a history, whose operations all have these functions, are those of another workload. It
	// should say so of all values, not of some: malformed ones are for the checker to name. nil means that they never are.
	Unlike func(h []history.Op) bool
	// Argument returns the parts of an operation's value which its completion must have like its invocation, as the client chose
	// them; none if the value has another shape, which is for the checker to name. nil means that there are none.
	Argument func(op history.Op) []json.RawMessage
	// Native returns a history as ours are written, if it is one of Maelstrom's, which differs. nil means that none does.
	Native func(h []history.Op) []history.Op
	// Doubt says why a history of this workload does not show everything that the checker asks for; "" if it does.
	Doubt func(h []history.Op) string
}

// An RPC is a request that a node gets from clients, and the reply that it owes them.
type RPC struct {
	Request string // an example of its body, without msg_id
	Reply   string // an example of the reply's body, without in_reply_to
	About   string // what it is for
	Fields  []Field
	Errors  []int // codes of error replies that are part of the protocol
}

// A Field is one of a request or a reply, besides type.
type Field struct{ Name, Type, About string }

// A Figure is something that results.json says about a run.
type Figure struct {
	// Path leads to it: the names from the outside in, with slashes between them. A * stands for any name, or a part
	// of one, as in path.Match. What is below has no Figure of its own unless there is one.
	Path  string
	Unit  string // "ns", "ms", "s", "ops", "msgs", "bytes", or "" if there is none
	About string // what it says, and how it is computed
}

// A Config is what a workload is made from.
type Config struct {
	Options
	Nodes   []string
	Workers int        // how many clients work at a time; 0 means the default of the kind
	Rand    *rand.Rand // decides which operations come; nil means that of seed 0
}

// New makes the workload, with the defaults of the kind filled in.
func (k Kind) New(c Config) (Workload, error) {
	if c.Rand == nil {
		c.Rand = rand.New(rand.NewPCG(0, 0))
	}
	if c.Workers == 0 {
		c.Workers = k.DefaultWorkers(len(c.Nodes))
	}
	return k.Make(c)
}

// DefaultWorkers returns how many clients work at a time if nothing else is asked for.
func (k Kind) DefaultWorkers(nodes int) int { return max(1, k.Workers) * nodes }

// Kinds are workloads that can be chosen by name.
type Kinds []Kind

// All returns the kinds of this module, in alphabetical order. A new one is added here. The list is a value, not a registry that packages
// fill in: a program with more kinds passes them on, and nothing depends on the order in which packages are initialised.
func All() Kinds {
	return Kinds{
		broadcast(), echo(), gCounter(), gSet(), kafkaLog(), linKV(), lock(), pnCounter(), txnListAppend(), txnRWRegister(), uniqueIDs(),
	}
}

// Names returns the names of the kinds.
func (ks Kinds) Names() []string {
	var names []string
	for _, k := range ks {
		names = append(names, k.Name)
	}
	return names
}

// Find returns the kind of that name. An error says which there are.
func (ks Kinds) Find(name string) (Kind, error) {
	if i := slices.IndexFunc(ks, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return ks[i], nil
	}
	return Kind{}, fmt.Errorf("workload: no workload %q: want %s", name, strings.Join(ks.Names(), ", "))
}

// New makes the workload of that name.
func (ks Kinds) New(name string, c Config) (Workload, error) {
	k, err := ks.Find(name)
	if err != nil {
		return nil, err
	}
	return k.New(c)
}

// Validate says what a kind lacks to be one.
func (k Kind) Validate() error {
	if !plainName(k.Name) {
		return fmt.Errorf("workload: kind %q: want a name of lower-case letters, digits and dashes, as it is a flag's argument and a directory", k.Name)
	}
	if k.Make == nil {
		return fmt.Errorf("workload: kind %s has no Make", k.Name)
	}
	return nil
}

func plainName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
