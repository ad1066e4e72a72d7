package workload

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"glomers/harness/choice"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// A Kind describes a workload: it holds everything that the harness and the command line know about the workload. harness.Test
// runs a Kind of this module or of any other, and cli.Main builds a command line from a list of Kinds.
type Kind struct {
	Name  string // as in --workload; also the name of the directory of its runs
	About string // the system under test

	RPCs       []RPC
	Operations string   // the operations of clients
	Verdict    string   // the condition for a valid run
	Figures    []Figure // the figures of its checker in the results

	Workers int    // the default number of clients per node; 0 means 1
	Flags   []Flag // its options on the command line

	// Make returns the workload of one run, and is called once per run. The error names the wrong option and the accepted values.
	Make func(c Config) (Workload, error)

	// Functions are the functions of its operations, as histories name them. If there are none, every history is accepted without
	// a check whether it is a history of this workload.
	Functions []string
	// Unlike reports whether the values in a history belong to another workload. All operations of that history have the above
	// Functions. Unlike should return true only if all values belong to another workload: the checker reports single malformed
	// values. nil means that the values never belong to another workload.
	Unlike func(h []history.Op) bool
	// Argument returns those parts of an operation's value that the client chose, and that the completion must repeat unchanged.
	// It returns none if the value has an unexpected shape, which the checker reports. nil means that there are no such parts.
	Argument func(op history.Op) []json.RawMessage
	// Native converts a history of Maelstrom, if its format differs from ours, and returns any other history unchanged. nil means
	// that the formats do not differ.
	Native func(h []history.Op) []history.Op
	// Doubt says why a history of this workload lacks something that the checker needs; "" if it lacks nothing.
	Doubt func(h []history.Op) string
}

// An RPC is a request that clients send to a node, with its reply.
type RPC struct {
	Request string // an example of the request's body, without msg_id
	Reply   string // an example of the reply's body, without in_reply_to
	About   string // the purpose of the request
	Fields  []Field
	Errors  []int // codes of error replies that are part of the protocol
}

// A Field is a field of a request or a reply, other than type.
type Field struct{ Name, Type, About string }

// A Figure describes an entry of results.json.
type Figure struct {
	// Path is the path to the entry: the names from the outside in, separated by slashes. A * stands for any name, or for a part
	// of a name, as in path.Match. Entries below the path belong to the Figure too, unless they have their own.
	Path  string
	Unit  string // "ns", "ms", "s", "ops", "msgs", "bytes", or "" without a unit
	About string // the meaning of the figure and its computation
}

// A Config holds the parameters from which a Kind makes a workload.
type Config struct {
	Options
	Nodes   []string
	Workers int           // the number of concurrent clients; 0 means the default of the kind
	Rand    choice.Stream // decides on the operations; the zero Stream means one of seed 0
}

// New makes the workload, with the defaults of the kind filled in.
func (k Kind) New(c Config) (Workload, error) {
	if c.Rand.IsZero() {
		c.Rand = choice.From(rand.NewPCG(0, 0))
	}
	if c.Workers == 0 {
		c.Workers = k.DefaultWorkers(len(c.Nodes))
	}
	return k.Make(c)
}

// DefaultWorkers returns the default number of concurrent clients.
func (k Kind) DefaultWorkers(nodes int) int { return max(1, k.Workers) * nodes }

// Kinds are workloads that can be chosen by name.
type Kinds []Kind

// All returns the kinds of this module, in alphabetical order. Add a new kind here. The list is a value, not a global registry: a
// program with more kinds passes its own list, and nothing depends on the order in which packages are initialised.
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

// Find returns the kind with this name. The error lists the known names.
func (ks Kinds) Find(name string) (Kind, error) {
	if i := slices.IndexFunc(ks, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return ks[i], nil
	}
	return Kind{}, fmt.Errorf("workload: no workload %q: %s", name, wording.Want(name, ks.Names()))
}

// New makes the workload with this name.
func (ks Kinds) New(name string, c Config) (Workload, error) {
	k, err := ks.Find(name)
	if err != nil {
		return nil, err
	}
	return k.New(c)
}

// Validate returns an error if the kind has an invalid name or no Make.
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
