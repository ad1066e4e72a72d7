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

// strays kills and returns the processes that have the mark in their environment or are in the control group, but are in
// none of the process groups. more reports whether there were processes that could not be examined and are not known from
// earlier calls.
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
	names, _ := proc.Readdirnames(-1) // as many as can be read
	// The newest first: in a chain where each process starts the next and ends, the newest is the one to catch.
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

// stray kills the process if it is a stray. A member of the control group does not need the mark.
func stray(pid int, mark string, groups map[int]bool, member bool) (Stray, bool) {
	if _, marked := label(read(pid, "environ"), mark); !marked && !member {
		return Stray{}, false
	}
	// The following must concern the process of this handle, so the process is examined again.
	process, err := os.FindProcess(pid)
	if err != nil {
		return Stray{}, false
	}
	defer func() { _ = process.Release() }() // it fails only if it has already been released
	who, marked := label(read(pid, "environ"), mark)
	group, session, ok := groupOf(read(pid, "stat"))
	if !ok || !marked && !member || groups[group] {
		return Stray{}, false
	}
	command := commandLine(read(pid, "cmdline"))
	if command == "" { // the process has overwritten its arguments
		command = commandLine(bytes.TrimSpace(read(pid, "comm")))
	}
	s := Stray{PID: pid, Label: who, Command: command, Killed: process.Kill() == nil}
	if s.Killed && session != ownSession() {
		// All processes in the session, and so in the group, descend from its creator, which has the mark. Killed as a
		// group, they cannot start others in between. A group in our own session is not safe to kill: a process can join a
		// group that is not its own.
		_ = syscall.Kill(-group, syscall.SIGKILL) // it fails only if the group is empty
	}
	return s, true
}

// ownSession returns the session of this process, or 0 if it is unknown.
func ownSession() int {
	_, session, _ := groupOf(read(os.Getpid(), "stat"))
	return session
}

// read reads a file about a process. The result is empty if the process has ended or belongs to another user.
func read(pid int, name string) []byte {
	f, err := os.Open(filepath.Join("/proc", strconv.Itoa(pid), name))
	if err != nil {
		return nil
	}
	defer f.Close()
	const limit = 8 << 20 // more than the kernel allows for arguments and environment together
	text, _ := io.ReadAll(io.LimitReader(f, limit))
	return text
}

// groupOf returns the process group and the session in a line of /proc/*/stat. The command name before them, in parentheses,
// may contain any characters.
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
