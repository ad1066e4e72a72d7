//go:build unix

package guard

import (
	"bytes"
	"time"

	"glomers/internal/terminal"
)

// collectLimit is how long Collect tries to kill processes that start others faster than they are found.
const collectLimit = 10 * time.Second

// Collect kills all processes that have this guard's mark or are in its control group, but are in none of its process
// groups. It returns them in the order in which they were found. The groups must have been killed before, or Collect would
// miss processes that they start later. Where there is no /proc, it finds none.
func (g *Guard) Collect() []Stray {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.groups == nil {
		return nil
	}
	var all []Stray
	index := make(map[int]int) // into all, by process
	deadline := time.Now().Add(collectLimit)
	// Two passes in a row must find nothing, because a process that is about to execute a program does not have a readable
	// environment. The same is true of a process that has just ended, and that may have started another before: if such
	// processes have appeared, continue, unless (on a machine that starts many processes) this has lasted for long.
	known := make(map[int]bool)
	const patience = 100
	for quiet, passes := 0, 0; quiet < 2; quiet++ {
		passes++
		found, more := strays(g.mark, g.groups, g.cgroup, known)
		for _, s := range found {
			if i, again := index[s.PID]; again {
				all[i].Killed = all[i].Killed || s.Killed
				continue
			}
			index[s.PID] = len(all)
			all = append(all, s)
		}
		// Kill the control group even if no process was found: in a chain, each process starts the next and ends, perhaps
		// before it is examined.
		g.cgroup.kill()
		if len(found) > 0 || more && passes < patience {
			if time.Now().After(deadline) {
				for _, s := range found {
					all[index[s.PID]].Killed = false
				}
				break
			}
			quiet = -1
			time.Sleep(time.Millisecond)
		}
	}
	return all
}

// label returns the label that follows the mark in an environment in the kernel's format.
func label(environ []byte, mark string) (string, bool) {
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if text, ok := bytes.CutPrefix(entry, []byte(mark)); ok {
			return string(text), true
		}
	}
	return "", false
}

// commandLine formats arguments in the kernel's format for people: clipped, and without control characters.
func commandLine(arguments []byte) string {
	const limit = 200
	text := bytes.TrimRight(arguments, "\x00")
	cut := len(text) > limit
	line := terminal.Line(string(bytes.ReplaceAll(text[:min(limit, len(text))], []byte{0}, []byte{' '})))
	if cut {
		line += "…"
	}
	return line
}
