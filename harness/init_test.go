package harness

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// The network works before init_ok: before it answers init, a node may wait for a service and for its peers, even for a peer
// that gets init later.
func TestNetworkBeforeInitOK(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"handshake", "official-init"} {
		for _, latency := range []time.Duration{0, 20 * time.Millisecond} {
			test := quick("echo", program(t, name))
			test.NodeCount, test.Latency = 5, latency
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			require.Equal(t, check.Valid, res.Valid, res.Reasons)
		}
	}
}

// lateInit is an echo node that takes some time for init: it writes to a service, reads the value, and sleeps. Its nodes send
// each other messages all the time.
type lateInit struct {
	early, peers int // requests of clients, and messages of peers, before init_ok
	inits        int
}

func (l *lateInit) register(n *node.Node) {
	ready := false
	kv := node.NewSeqKV(n)
	n.OnInit(func(ctx context.Context) error {
		l.inits++
		if err := kv.Write(ctx, n.ID(), l.inits); err != nil {
			return err
		}
		if _, err := kv.ReadInt(ctx, n.ID()); err != nil {
			return err
		}
		if err := n.Sleep(ctx, 2*time.Second); err != nil {
			return err
		}
		ready = true
		return nil
	})
	node.HandleRPC(n, "echo", func(_ context.Context, b echoBody) (echoBody, error) {
		if !ready {
			l.early++
		}
		return b, nil
	})
	node.Receive(n, "news", func(context.Context, struct{}) {
		if !ready {
			l.peers++
		}
	})
	n.Every(300*time.Millisecond, func(context.Context) {
		for _, id := range n.NodeIDs() {
			must(node.Notify(n, id, "news", struct{}{}))
		}
	})
}

// A node that is started again gets init first, then messages of its peers, and requests of clients only after its init_ok.
// Virtual time stays exact.
func TestRestartedNodeHearsPeersBeforeInitOK(t *testing.T) {
	t.Parallel()
	once := func() (*lateInit, Result) {
		l := new(lateInit)
		test := faulty("echo", l.register, "kill")
		test.Latency = 50 * time.Millisecond
		return l, virtually(t, test)
	}
	l, res := once()
	require.Greater(t, l.inits, 3, "some were started again")
	require.Positive(t, l.peers, "peers are heard before init_ok")
	require.Zero(t, l.early, "clients are not")
	_, again := once()
	require.Equal(t, res.Hash, again.Hash)
}

// A node that says that its store is damaged, although no fault has damaged it, breaks the test, as every node does that refuses init.
func TestDamageWithoutAFault(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(func(n *node.Node) {
		n.OnInit(func(context.Context) error { return &node.DamageError{Offset: 17, What: "it looks odd"} })
	}))
	_, err := Run(t.Context(), test)
	require.ErrorContains(t, err, "did not answer init with init_ok: ")
	require.ErrorContains(t, err, "node: the store is damaged at byte 17: it looks odd")
}
