package rsm_test

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/examples/raft/rsm"
)

// Flags that make no sense are refused; the other engine is in another program, which the error names.
func TestFlags(t *testing.T) {
	parse := func(engines []string, args ...string) error {
		f := flag.NewFlagSet("test", flag.ContinueOnError)
		s := rsm.Flags(f, engines...)
		require.NoError(t, f.Parse(args))
		return s.Check(engines...)
	}
	one, both := []string{"raft"}, []string{"etcd", "raft"}
	require.NoError(t, parse(one))
	require.NoError(t, parse(both, "-engine=raft", "-window=0s", "-election-timeout="+time.Second.String()))
	require.ErrorContains(t, parse(one, "-engine=etcd"), "go -C examples/etcd build ./lin-kv")
	require.EqualError(t, parse(both, "-engine=paxos"), "-engine=paxos: want etcd or raft")
	require.NoError(t, parse(both, "-engine=raft", "-lease"))
	require.ErrorContains(t, parse(both, "-lease"), "-lease: not with -engine=etcd")
	require.ErrorContains(t, parse(one, "-window=-1s"), "-window=-1s: want 0 or more")
	require.ErrorContains(t, parse(one, "-election-timeout=0s"), "want more than 0")
}
