package main

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/sim"
)

// What README.md says of seed 6 of TestSim/partition: value 1, which n4 is given while its link to the hub is cut, goes around it.
func TestAroundACutHub(t *testing.T) {
	test := with(challenge3c(), "partition")
	test.Seed, test.Store = 6, t.TempDir()
	res := sim.Check(t, test)
	ops, err := history.ReadFile(filepath.Join(res.Dir, "history.jsonl"))
	require.NoError(t, err)
	require.Equal(t, "start-partition", ops[1].F)
	require.JSONEq(t, `["isolated",{"n0":["n4"],"n4":["n0"]}]`, string(ops[1].Value))
	given := ops[6]
	require.Equal(t, "broadcast 1 n4", given.F+" "+string(given.Value)+" "+given.Node)
	healed := time.Duration(0)
	for _, op := range ops {
		if op.F == "stop-partition" {
			healed = time.Duration(op.Time)
			break
		}
	}
	require.InDelta(t, 1.63, healed.Seconds(), 0.01)

	file, err := os.Open(filepath.Join(res.Dir, "journal.jsonl"))
	require.NoError(t, err)
	defer file.Close()
	var way []string // of what was news to its receiver
	knows := map[string]bool{"n4": true}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var e network.Event
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		var g gossip
		if e.Kind == network.Sent || e.Time > healed || json.Unmarshal(e.Body, &g) != nil || !g.Have.containsAll(set{{1, 1}}) || knows[e.Dest] {
			continue
		}
		if e.Kind == network.Received {
			knows[e.Dest] = true
		}
		way = append(way, e.Kind+" "+e.Src+" "+e.Dest)
	}
	require.Equal(t, []string{"drop n4 n0", "recv n4 n2", "recv n2 n0", "recv n0 n1", "recv n0 n3"}, way)
}
