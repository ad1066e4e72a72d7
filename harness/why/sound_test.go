package why

import (
	"cmp"
	"slices"

	"github.com/stretchr/testify/require"
)

// requireSound requires that the explanations of a run are the same each time, in the order of time, and name only what there is. It returns
// them.
func requireSound(t require.TestingT, r *Run) []Cause {
	causes := Explain(r)
	require.Equal(t, causes, Explain(r))
	for _, c := range causes {
		require.NotEmpty(t, c.Headline)
		require.NotEmpty(t, c.So)
		require.True(t, slices.IsSortedFunc(c.Story, func(a, b Step) int { return cmp.Compare(a.At, b.At) }), c.String())
		for _, s := range c.Story {
			require.NotEmpty(t, s.Text)
			switch s.Kind {
			case Message:
				require.True(t, s.ID >= 0 && s.ID < int64(len(r.Messages)), c.String())
			case Operation:
				require.True(t, s.ID >= 0 && s.ID < int64(len(r.Ops)), c.String())
			default:
				require.EqualValues(t, -1, s.ID, c.String())
			}
		}
	}
	return causes
}
