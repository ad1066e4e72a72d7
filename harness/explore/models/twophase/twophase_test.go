package twophase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

func TestManager(t *testing.T) {
	yes, no := func() bool { return true }, func() bool { return false }
	m := NewManager("n0", yes)
	require.Equal(t, patience, m.Next())
	require.Equal(t, []envelope{{Dest: "n0", Message: Message{"prepared"}}}, m.Tick(patience))
	require.Equal(t, Prepared, m.State)
	require.EqualValues(t, node.Never, m.Next())
	m.willing = no
	require.Empty(t, m.Tick(patience), "it has given up the right to abort")
	require.Equal(t, Prepared, m.State)
	m.Receive("n0", Message{"commit"}, 0)
	require.Equal(t, Committed, m.State)

	m = NewManager("n0", no)
	require.Empty(t, m.Tick(patience))
	require.Equal(t, Aborted, m.State)

	m = NewManager("n0", yes)
	m.Receive("n0", Message{"abort"}, 0)
	require.Equal(t, Aborted, m.State)
	require.EqualValues(t, node.Never, m.Next())
}

func TestCoordinator(t *testing.T) {
	managers := []string{"n1", "n2"}
	c := NewCoordinator(managers)
	c.Receive("n2", Message{"prepared"}, 0)
	c.Receive("n2", Message{"prepared"}, 0)
	require.Equal(t, []string{"n2"}, c.Prepared)
	require.Equal(t, []envelope{{Dest: "n1", Message: Message{"abort"}}, {Dest: "n2", Message: Message{"abort"}}}, c.Tick(patience))
	require.EqualValues(t, node.Never, c.Next())
	c.Receive("n1", Message{"prepared"}, 0)
	require.Equal(t, &Coordinator{State: Aborted, managers: managers, quorum: 2}, c)
	require.Empty(t, c.Tick(patience))

	c = NewCoordinator(managers)
	c.Receive("n2", Message{"prepared"}, 0)
	c.Receive("n1", Message{"prepared"}, 0)
	require.Equal(t, []string{"n1", "n2"}, c.Prepared)
	require.Equal(t, []envelope{{Dest: "n1", Message: Message{"commit"}}, {Dest: "n2", Message: Message{"commit"}}}, c.Tick(patience))
	require.Equal(t, Committed, c.State)
}

func TestConsistent(t *testing.T) {
	in := func(states ...string) (all []*Manager) {
		for _, s := range states {
			all = append(all, &Manager{State: s})
		}
		return all
	}
	require.NoError(t, Consistent(nil))
	require.NoError(t, Consistent(in(Working, Prepared, Committed)))
	require.NoError(t, Consistent(in(Working, Prepared, Aborted)))
	require.EqualError(t, Consistent(in(Aborted, Working, Committed)), "twophase: manager 3 has committed and manager 1 has aborted")
}
