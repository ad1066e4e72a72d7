package paxos

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func to(dest string, m Message) envelope { return envelope{Dest: dest, Message: m} }

func TestBallotsAreOrdered(t *testing.T) {
	a, b, c := Ballot{}, Ballot{1, "n0"}, Ballot{1, "n1"}
	require.True(t, a.Less(b))
	require.True(t, b.Less(c))
	require.False(t, c.Less(b))
	require.False(t, b.Less(b))
	require.True(t, c.Less(Ballot{2, "n0"}))
}

// "Paxos Made Simple", section 2.2.
func TestProposer(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2"})
	b := Ballot{1, "n0"}
	require.Equal(t, []envelope{to("n1", Message{Kind: "prepare", Ballot: b}), to("n2", Message{Kind: "prepare", Ballot: b})}, s.Propose(7))
	require.Empty(t, s.Propose(8), "it has proposed a value")

	// A majority has promised: it proposes its own value, as no promise came with a vote.
	require.Equal(t, []envelope{
		to("n1", Message{Kind: "accept", Ballot: b, Value: 7}), to("n2", Message{Kind: "accept", Ballot: b, Value: 7}),
	}, s.Receive("n1", Message{Kind: "promise", Ballot: b}, 0))
	require.Empty(t, s.Receive("n2", Message{Kind: "promise", Ballot: b}, 0), "once")
	require.False(t, s.Decided)
	require.Equal(t, []envelope{
		to("n1", Message{Kind: "decided", Ballot: b, Value: 7}), to("n2", Message{Kind: "decided", Ballot: b, Value: 7}),
	}, s.Receive("n2", Message{Kind: "accepted", Ballot: b}, 0))
	require.True(t, s.Decided)
	require.Empty(t, s.Receive("n1", Message{Kind: "accepted", Ballot: b}, 0))
}

// A proposer takes the value of the highest vote.
func TestProposerKeepsWhatMayBeChosen(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2", "n3", "n4"})
	s.Receive("n4", Message{Kind: "prepare", Ballot: Ballot{2, "n4"}}, 0)
	s.Propose(7)
	b := Ballot{3, "n0"}
	require.Equal(t, b, s.Ballot)
	s.Receive("n1", Message{Kind: "promise", Ballot: b, Vote: &Vote{Ballot{1, "n3"}, 8}}, 0)
	out := s.Receive("n2", Message{Kind: "promise", Ballot: b, Vote: &Vote{Ballot{2, "n4"}, 9}}, 0)
	require.Equal(t, Message{Kind: "accept", Ballot: b, Value: 9}, out[0].Message)
	require.Equal(t, &Vote{b, 9}, s.Vote)
}

func TestAcceptor(t *testing.T) {
	s := NewServer("n0", []string{"n1", "n2"})
	low, high := Ballot{1, "n1"}, Ballot{1, "n2"}
	require.Equal(t, []envelope{to("n2", Message{Kind: "promise", Ballot: high})}, s.Receive("n2", Message{Kind: "prepare", Ballot: high}, 0))
	require.Empty(t, s.Receive("n1", Message{Kind: "prepare", Ballot: low}, 0))
	require.Empty(t, s.Receive("n1", Message{Kind: "accept", Ballot: low, Value: 5}, 0), "it has promised not to")
	require.Nil(t, s.Vote)
	require.Equal(t, []envelope{to("n2", Message{Kind: "accepted", Ballot: high})}, s.Receive("n2", Message{Kind: "accept", Ballot: high, Value: 6}, 0))
	higher := Ballot{2, "n1"}
	require.Equal(t, []envelope{to("n1", Message{Kind: "promise", Ballot: higher, Vote: &Vote{high, 6}})},
		s.Receive("n1", Message{Kind: "prepare", Ballot: higher}, 0))
	s.Receive("n1", Message{Kind: "decided", Ballot: higher, Value: 6}, 0)
	require.True(t, s.Decided)
}

func TestAgreement(t *testing.T) {
	a, b, c := NewServer("n0", nil), NewServer("n1", nil), NewServer("n2", nil)
	a.Decided, a.Vote = true, &Vote{Ballot{1, "n0"}, 7}
	b.Decided, b.Vote = true, &Vote{Ballot{2, "n1"}, 7}
	require.NoError(t, Agreement([]*Server{a, nil, b, c}))
	c.Decided, c.Vote = true, &Vote{Ballot{1, "n2"}, 8}
	require.EqualError(t, Agreement([]*Server{a, b, c}), "paxos: n0 knows that 7 was chosen, and n2 that 8 was")
}

func TestNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.StartCluster(t, Register, "n0", "n1", "n2")
		c.Node("n1").ExpectError(node.TemporarilyUnavailable, "read", readRequest{})
		nodetest.Request[struct{}](c.Node("n0"), "write", writeRequest{Value: 7})
		synctest.Wait()
		for _, id := range ids {
			require.Equal(t, readReply{7}, nodetest.Request[readReply](c.Node(id), "read", readRequest{}))
		}
		c.Node("n2").ExpectError(node.PreconditionFailed, "write", writeRequest{Value: 8})
		nodetest.Request[struct{}](c.Node("n2"), "write", writeRequest{Value: 7})
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
