package workload

import (
	"errors"
	"slices"
	"strconv"

	"glomers/internal/wording"
)

// Options are the options of workloads. The zero value means the defaults of the reference harness. Their JSON is a part of
// test.json.
type Options struct {
	Topology        string `json:"topology"`           // of broadcast; see Topologies; "" means grid
	KeyCount        int    `json:"key-count"`          // of kafka and transactions: keys in use at a time; 0 means 10
	MaxWritesPerKey int    `json:"max-writes-per-key"` // of kafka and transactions: writes of a key before another key takes its place; 0 means 16
	MaxTxnLength    int    `json:"max-txn-length"`     // of transactions: most micro-operations; 0 means 4
	// ConsistencyModels are the models that transactions must satisfy; see elle.ParseModel. Empty means strict-serializable.
	ConsistencyModels []string `json:"consistency-models,omitempty"`
	Strict            bool     `json:"strict"` // of transactions: also judge properties that the reference ignores; see elle.Warning

	// Own holds the values of the flags that a kind defines for itself, by name.
	Own map[string]string `json:"options,omitempty"`
}

// A Flag sets an option on the command line. Kinds with the same option share the flag.
type Flag struct {
	Name     string
	Argument string   // the name of its argument in the help; "" if it has none
	Default  string   // the default as the help shows it
	About    string   // its purpose
	Words    []string // the values that a shell offers as completions
	Judges   bool     // it affects how a history is judged, so glomers check has it, too

	// Set sets the option; the error says what is accepted. nil means that the text ("true" if the flag has no argument) is
	// stored in Options.Own unchecked, and that Make checks it.
	Set func(o *Options, text string) error
}

// Apply sets the option to the text from the command line.
func (f Flag) Apply(o *Options, text string) error {
	if f.Set != nil {
		return f.Set(o, text)
	}
	if o.Own == nil {
		o.Own = make(map[string]string)
	}
	o.Own[f.Name] = text
	return nil
}

// Flags returns the flags of all kinds, each name once.
func (ks Kinds) Flags() []Flag {
	var flags []Flag
	for _, k := range ks {
		for _, f := range k.Flags {
			if !slices.ContainsFunc(flags, func(g Flag) bool { return g.Name == f.Name }) {
				flags = append(flags, f)
			}
		}
	}
	return flags
}

// Has reports whether the kind has a flag with this name.
func (k Kind) Has(flag string) bool {
	return slices.ContainsFunc(k.Flags, func(f Flag) bool { return f.Name == flag })
}

// keyFlags returns the flags of workloads in which new keys replace old ones.
func keyFlags() []Flag {
	return []Flag{
		{
			Name: "key-count", Argument: "n", Default: "10", About: "keys in use at a time, in kafka and transactions",
			Set: whole(func(o *Options) *int { return &o.KeyCount }),
		},
		{
			Name: "max-writes-per-key", Argument: "n", Default: "16", About: "writes of a key before another takes its place, in kafka and transactions",
			Set: whole(func(o *Options) *int { return &o.MaxWritesPerKey }),
		},
	}
}

// whole returns a Flag.Set that accepts whole numbers from 1.
func whole(of func(o *Options) *int) func(*Options, string) error {
	return func(o *Options, text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return errors.New("want a whole number from 1")
		}
		*of(o) = n
		return nil
	}
}

func topologyFlag() Flag {
	words := Topologies()
	return Flag{
		Name: "topology", Argument: "name", Default: words[0], About: "neighbours told to the nodes in broadcast: " + wording.Or(words), Words: words,
		Set: func(o *Options, text string) error {
			if !slices.Contains(words, text) {
				return errors.New(wording.Want(text, words))
			}
			o.Topology = text
			return nil
		},
	}
}
