package conform

import (
	"fmt"
	"slices"
	"strings"
)

// A Level says how important a check is.
type Level int

// The levels, the most important first; see the package's documentation.
const (
	Must Level = iota
	Should
	Nice
)

var levelNames = [...]string{"must", "should", "nice"}

// LevelNames returns the names of the levels, the most important first.
func LevelNames() []string { return levelNames[:] }

// ParseLevel returns the level of the given name.
func ParseLevel(name string) (Level, error) {
	if l := slices.Index(levelNames[:], name); l >= 0 {
		return Level(l), nil
	}
	return 0, fmt.Errorf("conform: no level %q: want %s", name, strings.Join(levelNames[:], ", "))
}

func (l Level) String() string { return levelNames[l] }

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }
