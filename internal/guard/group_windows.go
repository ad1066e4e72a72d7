package guard

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Asks reports whether Terminate asks processes to end, and does not kill them.
const Asks = false

// A Group is a process that a Guard has started, together with all its descendants: a job object.
type Group struct {
	mu        sync.Mutex
	job       windows.Handle            // 0 once it was closed
	suspended map[uint32]windows.Handle // the processes that Pause has suspended, by process id; an open handle keeps the id from being used again
}

func newGroup() (*Group, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("create a job object: %w", err)
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		_ = windows.CloseHandle(job) // it is a handle
		return nil, fmt.Errorf("limit a job object: %w", err)
	}
	return &Group{job: job, suspended: make(map[uint32]windows.Handle)}, nil
}

// begin assigns a suspended process to the job, and has it run.
func (g *Group) begin(p *os.Process) error {
	var err error
	handleErr := p.WithHandle(func(handle uintptr) {
		if err = windows.AssignProcessToJobObject(g.job, windows.Handle(handle)); err != nil {
			err = fmt.Errorf("assign a process to its job object: %w", err)
			return
		}
		err = resume(windows.Handle(handle))
	})
	if handleErr != nil {
		return handleErr
	}
	return err
}

// Terminate kills the processes: a process with neither a window nor our console cannot be asked to end.
func (g *Group) Terminate() error {
	g.Kill()
	return nil
}

// Kill kills the processes.
func (g *Group) Kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.job != 0 {
		_ = windows.TerminateJobObject(g.job, 1) // it fails only without access to the job, which is ours
	}
}

// Pause stops the processes until Resume.
func (g *Group) Pause() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	// While the processes are suspended one after another, those that still run may start others.
	for more := true; more; {
		more = false
		ids, err := g.members()
		if err != nil {
			return fmt.Errorf("the processes of a job object: %w", err)
		}
		for _, id := range ids {
			if _, done := g.suspended[id]; done {
				continue
			}
			process, err := windows.OpenProcess(windows.PROCESS_SUSPEND_RESUME, false, id)
			if err != nil {
				continue // it has ended
			}
			if suspend(process) != nil { // it is ending
				_ = windows.CloseHandle(process) // it is a handle
				continue
			}
			g.suspended[id], more = process, true
		}
	}
	return nil
}

// Resume undoes Pause.
func (g *Group) Resume() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var first error
	for id, process := range g.suspended {
		if err := resume(process); err != nil && first == nil && !ended(process) {
			first = err
		}
		_ = windows.CloseHandle(process) // it is a handle
		delete(g.suspended, id)
	}
	return first
}

// close closes the job, which kills the processes that are left.
func (g *Group) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, process := range g.suspended {
		_ = windows.CloseHandle(process) // it is a handle
		delete(g.suspended, id)
	}
	if g.job != 0 {
		_ = windows.CloseHandle(g.job) // it is a handle
		g.job = 0
	}
}
