package proc

// A State is the state of a process, as far as the system shows it.
type State int

// The states.
const (
	Running State = iota // or unknown
	Stopped              // by a signal such as SIGSTOP, until SIGCONT
	Ending               // or gone; this may be why its pipes are closed
)
