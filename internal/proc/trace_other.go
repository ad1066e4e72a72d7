//go:build !linux

package proc

// SeesTracing reports whether Tracing sees debuggers on this system.
const SeesTracing = false

// Tracing sees nothing on this system.
func (p *Process) Tracing() Tracing { return Tracing{} }
