package proc

// A State is what a process is doing, as far as the system shows it.
type State int

// The states.
const (
	Running State = iota // or it cannot be told
	Stopped              // by a signal, as SIGSTOP, until SIGCONT comes
	Ending               // or gone; its pipes may be closed for that reason
)
