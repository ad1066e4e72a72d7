package workload_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/sim"
	"glomers/node"
)

// A root is a whole database: the value of one key of lin-kv.
type root map[string][]json.RawMessage

type txnBody struct {
	Txn [][3]json.RawMessage `json:"txn"`
}

// run executes a transaction, and returns the database after it and what it read.
func (db root) run(txn txnBody) (root, txnBody) {
	after := make(root)
	maps.Copy(after, db)
	done := txnBody{slices.Clone(txn.Txn)}
	for i, op := range txn.Txn {
		key := string(op[1])
		if string(op[0]) == `"append"` {
			after[key] = append(slices.Clone(after[key]), op[2])
		} else if list := after[key]; list != nil {
			done.Txn[i][2], _ = json.Marshal(list) // what was JSON is JSON again
		}
	}
	return after, done
}

// rootKey executes transactions by compare-and-set of the whole database, in lin-kv: strict serializable,
// and slower the more there is in it.
func rootKey(n *node.Node) {
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, txn txnBody) (txnBody, error) {
		var done txnBody
		_, err := node.Update(ctx, kv, "root", nil, func(db root) (after root) {
			after, done = db.run(txn)
			return after
		})
		return done, err
	})
}

// unconditional writes the database whether or not somebody else has written it in the meantime.
func unconditional(n *node.Node) {
	kv := node.NewLinKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, txn txnBody) (txnBody, error) {
		var db root
		if err := kv.ReadInto(ctx, "root", &db); err != nil && node.ErrorCode(err) != node.KeyDoesNotExist {
			return txnBody{}, err
		}
		after, done := db.run(txn)
		return done, kv.Write(ctx, "root", after)
	})
}

// sequential keeps the database in seq-kv, where those who only read may read an old one.
func sequential(n *node.Node) {
	kv := node.NewSeqKV(n)
	node.HandleRPC(n, "txn", func(ctx context.Context, txn txnBody) (txnBody, error) {
		var done txnBody
		_, err := node.Update(ctx, kv, "root", nil, func(db root) (after root) {
			after, done = db.run(txn)
			return after
		})
		return done, err
	})
}

func appendTest(register func(*node.Node)) harness.Test {
	return harness.Test{
		Workload: "txn-list-append", Program: harness.InProcess(register), NodeCount: 3, Rate: 50,
		TimeLimit: 10 * time.Second, Latency: 5 * time.Millisecond, Nemesis: []string{"partition"}, NemesisInterval: 2 * time.Second,
		Strict: true,
	}
}

// A database under one linearizable key passes, whatever happens to the links between nodes.
func TestRootKey(t *testing.T) {
	sim.Sweep(t, sim.Scenario{Name: "partition", Test: appendTest(rootKey), Seeds: 5})
}

// Each mistake shows in at least one of a few runs, by the anomaly that it leads to.
func TestBrokenRootKeys(t *testing.T) {
	for name, c := range map[string]struct {
		register func(*node.Node)
		model    string
		reason   string
	}{
		"unconditional write": {unconditional, "read-committed", "incompatible-order: "},
		"sequential":          {sequential, "strict-serializable", "G-single-item-realtime: "},
	} {
		t.Run(name, func(t *testing.T) {
			test := appendTest(c.register)
			test.ConsistencyModels = []string{c.model}
			caught := 0
			for test.Seed = 1; test.Seed <= 5; test.Seed++ {
				res, err := sim.Run(t, test)
				require.NoError(t, err)
				if slices.ContainsFunc(res.Reasons, func(r string) bool { return strings.Contains(r, c.reason) }) {
					require.Equal(t, check.Invalid, res.Valid)
					caught++
				}
			}
			require.Positive(t, caught)
		})
	}
}
