package guard

import (
	"bytes"
	"fmt"
	"time"

	"glomers/internal/terminal"
)

// A Stray is a process that left its group and was still there when the group had been killed.
type Stray struct {
	PID     int
	Label   string // of who started it
	Command string // its arguments, for people
	Killed  bool
}

// String says what the process is and what became of it.
func (s Stray) String() string {
	fate := "killed"
	if !s.Killed {
		fate = "it could not be killed"
	}
	return fmt.Sprintf("%d %s (%s)", s.PID, s.Command, fate)
}

// maxNamed is how many processes that one party left behind are named.
const maxNamed = 5

// Left returns sentences that say which processes somebody left behind.
func Left(who string, strays []Stray) []string {
	var sentences []string
	for i, s := range strays {
		if i == maxNamed {
			return append(sentences, fmt.Sprintf("%s left %d more processes behind", terminal.Line(who), len(strays)-i))
		}
		sentences = append(sentences, fmt.Sprintf("%s left a process behind: %v", terminal.Line(who), s))
	}
	return sentences
}

// collectLimit is how long Collect tries to kill those who start others faster than they are found.
const collectLimit = 10 * time.Second

// Collect kills all processes with this guard's mark, or in its control group, that are in none of its process groups, and returns them, in the order in which they
// were found. The groups must have been killed, or what they still start would be missed. It finds none where
// there is no /proc.
func (g *Guard) Collect() []Stray {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cmd == nil {
		return nil
	}
	var all []Stray
	index := make(map[int]int) // in all, by process
	deadline := time.Now().Add(collectLimit)
	// Twice in a row, as one that is just about to execute a program has no environment to read. Nor has one that has just ended, and may have
	// started the next before: if such have come, that is not the end, unless (on a machine that starts many) it has been so for long.
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
		// Also if none was found: in a chain each starts the next and ends, perhaps before it is looked at.
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

// label returns the label that follows the mark in an environment as the kernel shows it.
func label(environ []byte, mark string) (string, bool) {
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if text, ok := bytes.CutPrefix(entry, []byte(mark)); ok {
			return string(text), true
		}
	}
	return "", false
}

// commandLine returns arguments as the kernel shows them, for people to read: clipped, and without control characters.
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
