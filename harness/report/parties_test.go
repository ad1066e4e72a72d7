package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/record"
)

func TestNames(t *testing.T) {
	n := newNames(3, "others")
	for name, want := range map[string]int{"a": 0} {
		require.Equal(t, want, n.number([]byte(name)))
	}
	require.Equal(t, 1, n.number([]byte("b\xff")))
	require.Equal(t, 2, n.number([]byte("c")))
	require.Equal(t, 2, n.number([]byte("d")))
	require.Equal(t, 0, n.number([]byte("a")))
	require.Equal(t, []string{"a", "b\uFFFD", "others"}, n.list)
}

func TestArrange(t *testing.T) {
	parties, places := arrange([]string{"c10", "n2", "seq-kv", "c9", "n10", "lin-kv", "n\"<"}, record.Meta{Nodes: []string{"n2", "n10", "n\"<"}, Services: []string{"lin-kv", "seq-kv"}}.Roles())
	require.Equal(t, []party{
		{"n\"<", "node"}, {"n2", "node"}, {"n10", "node"}, {"lin-kv", "service"}, {"seq-kv", "service"}, {"c9", "client"}, {"c10", "client"},
	}, parties)
	require.Equal(t, []int{6, 1, 4, 5, 2, 3, 0}, places)

	parties, _ = arrange([]string{"n2", "x"}, record.Meta{}.Roles())
	require.Equal(t, []party{{"n2", "node"}, {"x", "service"}}, parties, "without test.json, nodes are known by their names")
}
