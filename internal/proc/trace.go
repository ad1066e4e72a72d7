package proc

// A Tracing says what a debugger does to a process. Only debuggers that trace a process are seen, such as gdb, lldb and dlv on
// Linux. A debugger that talks to the runtime of a language, such as those of Node.js, Java and Python, is not.
type Tracing struct {
	Traced  bool // a debugger is attached
	Stopped bool // the first thread is stopped by it; debuggers usually stop all threads at once
	Kept    bool // the process has ended, but the system keeps it, and Wait waits, until the debugger takes note
}

// PID returns the id of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }
