package choice

// A Strategy decides. Streams of different nodes may ask at the same time; all others ask in a fixed order.
type Strategy interface {
	// Choose returns the option that is taken. An option that the decision does not have counts modulo the number of options.
	Choose(d Decision) uint64
}

// A Decision is a question at the gate.
type Decision struct {
	Stream  string // who asks
	Node    bool   // that is a node, which asks at the same time as others
	At      int    // the number of the decision in its stream, from 0
	Kind    Kind
	Options uint64 // their number; 0 means 2^64
	Drawn   uint64 // the option that the seed takes
}

// A Kind says what the options of a decision mean.
type Kind int

// The kinds of decisions.
const (
	Pick        Kind = iota // one of several
	Chance                  // option 1: it happens
	Uniform                 // a time in ns
	Exponential             // a time in ns, whose mean is a 45th of the highest
	Word                    // 64 random bits
)

// A Func is a Strategy that is a function.
type Func func(d Decision) uint64

// Choose implements Strategy.
func (f Func) Choose(d Decision) uint64 { return f(d) }
