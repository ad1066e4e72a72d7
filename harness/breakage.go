package harness

// A Breakage is the kind of an error that breaks off a run because of a node. The hints of the command line are about these kinds.
type Breakage string

// The kinds. "" stands for any other error.
const (
	NoInit       Breakage = "no-init"       // it did not answer init, or not with init_ok
	BadLine      Breakage = "bad-line"      // it wrote a line that is not a message
	WrongAddress Breakage = "wrong-address" // it sent to nobody, or in the name of nobody
	NodeEnded    Breakage = "node-ended"    // it ended
	Overload     Breakage = "overload"      // it takes, or makes the harness take, more than a limit
)

// Breakages returns all kinds but "".
func Breakages() []Breakage { return []Breakage{NoInit, BadLine, WrongAddress, NodeEnded, Overload} }
