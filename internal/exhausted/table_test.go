package exhausted

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/explore"
)

func TestTable(t *testing.T) {
	quiet := row("quiet", explore.Report{Bound: "echo, 3 nodes, no faults", Executions: 12, States: 345})
	require.Equal(t, "| quiet | 3 nodes, no faults | 12 | 345 |\n", quiet)
	const old = "| loss | at most 1 lost message | 1 | 2 |\n"
	text := "# Echo\n" + begin + head + old + quiet + "\n" + end + "More.\n"
	before, rows, after, err := table(text)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"quiet": quiet, "loss": old}, rows)
	both := []Case{{Name: "loss"}, {Name: "quiet"}}
	require.Equal(t, text, before+lines(both, rows)+after)
	require.NotContains(t, lines(both[1:], rows), "loss", "a row without a scope goes")

	for _, bad := range []string{"# Echo\n", begin, end} {
		_, _, _, err := table(bad)
		require.ErrorContains(t, err, "README.md lacks")
	}
}
