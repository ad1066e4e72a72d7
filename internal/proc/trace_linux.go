package proc

import (
	"bytes"
	"os"
	"strconv"
)

// SeesTracing reports whether Tracing sees debuggers on this system.
const SeesTracing = true

// Tracing may be called until Wait has returned.
func (p *Process) Tracing() Tracing {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID()) + "/status")
	if err != nil {
		return Tracing{} // it is gone
	}
	return tracingIn(status)
}

// tracingIn reads the tracing of a process from its status; see proc_pid_status(5). A debugger in another namespace has the id 0.
func tracingIn(status []byte) Tracing {
	var t Tracing
	var ended bool
	for line := range bytes.Lines(status) {
		if state, ok := bytes.CutPrefix(line, []byte("State:\t")); ok {
			t.Stopped, ended = bytes.HasPrefix(state, []byte("t")), bytes.HasPrefix(state, []byte("Z"))
		}
		if tracer, ok := bytes.CutPrefix(line, []byte("TracerPid:\t")); ok {
			t.Traced = t.Stopped || string(bytes.TrimSpace(tracer)) != "0"
			t.Kept = t.Traced && ended
			break
		}
	}
	return t
}
