package proc

import (
	"bytes"
	"os"
	"strconv"
)

// StateIsExact reports whether State never returns Running for a process that is ending.
const StateIsExact = true

// State returns the state of the process itself. It may be called until Wait has returned.
func (p *Process) State() State {
	state, _ := stateOf(strconv.Itoa(p.cmd.Process.Pid))
	return state
}

// GroupStopped reports whether the process, or another one of its group, is stopped.
func (p *Process) GroupStopped() bool {
	if p.State() == Stopped {
		return true
	}
	proc, err := os.Open("/proc")
	if err != nil {
		return false
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // after an error, the names read before it
	for _, name := range names {
		if name[0] < '1' || name[0] > '9' {
			continue
		}
		if state, group := stateOf(name); state == Stopped && group == p.cmd.Process.Pid {
			return true
		}
	}
	return false
}

// stateOf reads the state and the group of a process; see proc_pid_stat(5).
func stateOf(pid string) (State, int) {
	const exiting = 0x4 // PF_EXITING of the kernel: set before the files are closed
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	name := bytes.LastIndex(stat, []byte(") ")) // the end of the name, which may contain brackets
	if err != nil || name < 0 {
		return Ending, 0
	}
	fields := bytes.Fields(stat[name+2:])
	if len(fields) < 7 {
		return Ending, 0
	}
	group, _ := strconv.Atoi(string(fields[2])) // always a number
	flags, _ := strconv.ParseUint(string(fields[6]), 10, 64)
	switch state := fields[0][0]; {
	case flags&exiting != 0, state == 'Z', state == 'X':
		return Ending, group
	case state == 'T':
		return Stopped, group
	}
	return Running, group
}
