package abd

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func to(dest string, m Message) envelope { return envelope{Dest: dest, Message: m} }

func version(clock int, writer string, value int) Version {
	return Version{Stamp{clock, writer}, &value}
}

func TestStampsAreOrdered(t *testing.T) {
	a, b, c := Stamp{}, Stamp{1, "n0"}, Stamp{1, "n1"}
	require.True(t, a.Less(b))
	require.True(t, b.Less(c))
	require.False(t, c.Less(b))
	require.False(t, b.Less(b))
	require.True(t, c.Less(Stamp{2, "n0"}))
}

// A write takes a stamp above those of a majority.
func TestWrite(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2"})
	done := 0
	out := s.Write(7, func(*int) { done++ })
	require.Equal(t, []envelope{to("n1", Message{Kind: "query", Operation: 1}), to("n2", Message{Kind: "query", Operation: 1})}, out)
	v := version(4, "n0", 7)
	out = s.Receive("n2", Message{Kind: "state", Operation: 1, Version: version(3, "n1", 5)}, 0)
	require.Equal(t, []envelope{
		to("n1", Message{Kind: "record", Operation: 1, Version: v}), to("n2", Message{Kind: "record", Operation: 1, Version: v}),
	}, out)
	require.Equal(t, v, s.Version)
	require.Empty(t, s.Receive("n1", Message{Kind: "state", Operation: 1, Version: version(9, "n1", 5)}, 0), "it came too late")
	require.Zero(t, done)
	require.Empty(t, s.Receive("n1", Message{Kind: "recorded", Operation: 1}, 0))
	require.Empty(t, s.Receive("n2", Message{Kind: "recorded", Operation: 1}, 0), "it came too late")
	require.Equal(t, 1, done)
	require.Nil(t, s.Operation)
}

// A read writes back what it has read, with its stamp.
func TestRead(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2"})
	var read *int
	s.Read(func(value *int) { read = value })
	newer := version(3, "n1", 5)
	out := s.Receive("n2", Message{Kind: "state", Operation: 1, Version: newer}, 0)
	require.Equal(t, Message{Kind: "record", Operation: 1, Version: newer}, out[0].Message)
	require.Nil(t, read)
	s.Receive("n2", Message{Kind: "recorded", Operation: 1}, 0)
	require.Equal(t, 5, *read)
}

func TestServesOthers(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2"})
	newer, older := version(3, "n1", 5), version(2, "n2", 6)
	require.Equal(t, []envelope{to("n1", Message{Kind: "recorded", Operation: 8})}, s.Receive("n1", Message{Kind: "record", Operation: 8, Version: newer}, 0))
	require.Equal(t, []envelope{to("n2", Message{Kind: "recorded", Operation: 9})}, s.Receive("n2", Message{Kind: "record", Operation: 9, Version: older}, 0))
	require.Equal(t, []envelope{to("n2", Message{Kind: "state", Operation: 9, Version: newer})}, s.Receive("n2", Message{Kind: "query", Operation: 9}, 0))
}

func TestNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.StartCluster(t, Register, "n0", "n1", "n2")
		c.Node("n1").ExpectError(node.KeyDoesNotExist, "read", readRequest{})
		for i, id := range ids {
			nodetest.Request[struct{}](c.Node(id), "write", writeRequest{Value: i})
			require.Equal(t, readReply{i}, nodetest.Request[readReply](c.Node(ids[(i+1)%3]), "read", readRequest{}))
		}
		c.Node("n2").ExpectError(node.NotSupported, "write", writeRequest{Key: 1, Value: 8})
		c.Node("n2").ExpectError(node.NotSupported, "read", readRequest{Key: 1})
	})
}

// A server alone is a majority.
func TestOneServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.New(t, Register)
		c.Init("n0", "n0")
		nodetest.Request[struct{}](c, "write", writeRequest{Value: 7})
		require.Equal(t, readReply{7}, nodetest.Request[readReply](c, "read", readRequest{}))
	})
}
