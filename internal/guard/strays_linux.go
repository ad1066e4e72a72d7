package guard

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// strays kills the processes that are in none of the process groups though their environment has the mark, or they are in the control group, and
// returns them. more tells whether there were processes that could not be looked at and are not known from earlier calls.
func strays(mark string, groups map[int]bool, cgroup *cgroup, known map[int]bool) (found []Stray, more bool) {
	members := make(map[int]bool)
	for _, pid := range cgroup.members() {
		members[pid] = true
		if s, ok := stray(pid, mark, groups, true); ok {
			found = append(found, s)
		}
	}
	proc, err := os.Open("/proc")
	if err != nil {
		return found, false
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // as far as it goes
	// The newest first: of a chain in which each starts the next and ends, that is the one to be caught.
	slices.Reverse(names)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || members[pid] {
			continue
		}
		if s, ok := stray(pid, mark, groups, false); ok {
			found = append(found, s)
		} else if !known[pid] && len(read(pid, "environ")) == 0 {
			known[pid], more = true, true
		}
	}
	return found, more
}

// stray kills the process if it is one. A member of the control group needs no mark.
func stray(pid int, mark string, groups map[int]bool, member bool) (Stray, bool) {
	if _, marked := label(read(pid, "environ"), mark); !marked && !member {
		return Stray{}, false
	}
	// What follows must be about the process that this handle is for, so it is looked at again.
	process, err := os.FindProcess(pid)
	if err != nil {
		return Stray{}, false
	}
	defer func() { _ = process.Release() }() // it fails only if it has been released
	who, marked := label(read(pid, "environ"), mark)
	group, session, ok := groupOf(read(pid, "stat"))
	if !ok || !marked && !member || groups[group] {
		return Stray{}, false
	}
	command := commandLine(read(pid, "cmdline"))
	if command == "" { // it has overwritten its arguments
		command = commandLine(bytes.TrimSpace(read(pid, "comm")))
	}
	s := Stray{PID: pid, Label: who, Command: command, Killed: process.Kill() == nil}
	if s.Killed && session != ownSession() {
		// All of the session, and so of the group, descend from who made it, with the mark. Killed as a group, they
		// cannot start others meanwhile. In our own session the group may be anybody's: a process can join it.
		_ = syscall.Kill(-group, syscall.SIGKILL) // it fails only if none is left
	}
	return s, true
}

// ownSession returns the session of this process, 0 if it is not known.
func ownSession() int {
	_, session, _ := groupOf(read(os.Getpid(), "stat"))
	return session
}

// read reads a file about a process. It is empty if that has ended, and for those of others.
func read(pid int, name string) []byte {
	f, err := os.Open(filepath.Join("/proc", strconv.Itoa(pid), name))
	if err != nil {
		return nil
	}
	defer f.Close()
	const limit = 8 << 20 // more than the kernel takes for arguments and environment together
	text, _ := io.ReadAll(io.LimitReader(f, limit))
	return text
}

// groupOf returns the process group and the session that a line of /proc/*/stat names. The name before them, in parentheses, may have any
// characters.
func groupOf(stat []byte) (group, session int, ok bool) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return 0, 0, false
	}
	var parent int
	var state string
	n, _ := fmt.Sscan(string(stat[end+1:]), &state, &parent, &group, &session)
	return group, session, n == 4 && group > 1
}
