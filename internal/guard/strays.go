package guard

import (
	"fmt"

	"glomers/internal/terminal"
)

// A Stray is a process that left its group and was still running after the group was killed.
type Stray struct {
	PID     int
	Label   string // of the process that started it
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

// maxNamed is the number of processes of one party that are named.
const maxNamed = 5

// Left returns sentences about the processes that a party left behind.
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
