package hint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"glomers/internal/state"
	"glomers/internal/wording"
)

const (
	stateFile = "hints.json"
	damaged   = "hints-damaged.json"
)

// Shown says how many rungs of which ladders somebody has seen. It is a small file beside the store of their runs, and nowhere else.
type Shown struct {
	Rungs map[string]int `json:"rungs"` // by topic
	// Note says that the file was damaged, and where it is now. It is "" otherwise.
	Note string `json:"-"`

	dir state.Dir
}

// LoadShown reads the file for a store. A file that cannot be understood is kept under another name.
func LoadShown(store string) (*Shown, error) {
	s := &Shown{Rungs: make(map[string]int), dir: state.Beside(store)}
	text, err := s.dir.Read(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		if err = json.Unmarshal(text, s); err == nil && s.Rungs == nil {
			s.Rungs = make(map[string]int)
		}
	}
	if err == nil {
		return s, nil
	}
	s.Rungs = make(map[string]int)
	if moved := s.dir.Rename(stateFile, damaged); moved != nil {
		return nil, fmt.Errorf("hint: %s: %w; and it cannot be put aside: %w", s.dir.Path(stateFile), err, moved)
	}
	s.Note = fmt.Sprintf("%s could not be understood (%v), and is kept as %s: the hints begin again", s.dir.Path(stateFile), err, damaged)
	return s, nil
}

// Next returns the number of rungs of a ladder to show now: one more than the last time, or all of them.
func (s *Shown) Next(l Ladder, all bool) int {
	n := min(max(s.Rungs[l.Topic], 0)+1, len(l.Rungs))
	if all {
		n = len(l.Rungs)
	}
	s.Rungs[l.Topic] = n
	return n
}

// Save writes the file.
func (s *Shown) Save() error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = s.dir.Write(stateFile, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("hint: %w", err)
	}
	return nil
}

// Text returns the last of the first n rungs of a ladder or, with all, each of them, in lines of at most width characters, and says how
// many are left.
func (l Ladder) Text(n int, all bool, width int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", l.Topic, l.About)
	first := n - 1
	if all {
		first = 0
	}
	for i := first; i < n; i++ {
		fmt.Fprintf(&b, "\n%s (%d of %d)\n  %s\n", Titles[i], i+1, len(l.Rungs), wording.Wrap(l.Rungs[i], width-2, "  "))
	}
	switch left := len(l.Rungs) - n; {
	case left > 0:
		fmt.Fprintf(&b, "\n%d left: the same command again gives the next.\n", left)
	case !all:
		b.WriteString("\nNone is left: --all shows them together.\n")
	}
	return b.String()
}
