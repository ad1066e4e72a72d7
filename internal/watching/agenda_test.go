package watching

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each round is what one save leads to: the program that it makes, and the challenges that this program fails.
func TestAgenda(t *testing.T) {
	t.Parallel()
	type round struct {
		program string
		fails   string
		runs    string // in their order, up to the first failure
	}
	for name, rounds := range map[string][]round{
		"all passed":                              {{"x", "", "a b c d"}},
		"nothing changed":                         {{"x", "", "a b c d"}, {"x", "", ""}},
		"nothing changed after a failure":         {{"x", "b", "a b"}, {"x", "b", ""}},
		"another program runs everything":         {{"x", "", "a b c d"}, {"y", "", "a b c d"}},
		"the failed one first, then the rest":     {{"x", "c", "a b c"}, {"y", "", "c d a b"}, {"y", "", ""}, {"z", "", "a b c d"}},
		"it fails again":                          {{"x", "c", "a b c"}, {"y", "c", "c"}, {"z", "", "c d a b"}},
		"a later one fails":                       {{"x", "b", "a b"}, {"y", "d", "b c d"}, {"z", "", "d a b c"}},
		"one that was passed fails":               {{"x", "c", "a b c"}, {"y", "a", "c d a"}, {"z", "", "a b c d"}},
		"back to the program that failed":         {{"x", "b", "a b"}, {"y", "b", "b"}, {"x", "b", "b"}},
		"the same as before, with what is left":   {{"x", "c", "a b c"}, {"y", "d", "c d"}, {"y", "d", ""}, {"z", "", "d a b c"}},
		"the first fails":                         {{"x", "a", "a"}, {"y", "", "a b c d"}},
		"passed once, and by the program of then": {{"x", "d", "a b c d"}, {"y", "d", "d"}, {"x", "", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := NewAgenda([]string{"a", "b", "c", "d"})
			for i, r := range rounds {
				var ran []string
				for {
					next, ok, err := a.Next(func(string) (string, error) { return r.program, nil })
					require.NoError(t, err)
					if !ok {
						break
					}
					ran = append(ran, next)
					a.Done(next, r.program, next != r.fails)
					if next == r.fails {
						break
					}
				}
				require.Equal(t, r.runs, strings.Join(ran, " "), "round %d", i+1)
				failed, any := a.Failed()
				require.Equal(t, r.fails != "", any)
				require.Equal(t, r.fails, failed)
			}
		})
	}
}

// Challenges may have programs of their own: only those whose program is another one run again.
func TestAgendaOfSeveralPrograms(t *testing.T) {
	t.Parallel()
	a := NewAgenda([]string{"a", "b"})
	a.Done("a", "x", true)
	a.Done("b", "y", true)
	next, ok, err := a.Next(func(name string) (string, error) { return map[string]string{"a": "x", "b": "z"}[name], nil })
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "b", next)

	broken := errors.New("it does not build")
	_, ok, err = a.Next(func(string) (string, error) { return "", broken })
	require.ErrorIs(t, err, broken)
	require.False(t, ok)
}
