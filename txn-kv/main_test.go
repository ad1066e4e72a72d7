package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

func setup(n *node.Node) { serve(n) }

// startCluster starts nodes, and waits until they are settled.
func startCluster(t *testing.T, ids ...string) *nodetest.Cluster {
	c := nodetest.StartCluster(t, setup, ids...)
	time.Sleep(2 * time.Second)
	return c
}

// countSent counts the messages between nodes from now on.
func countSent(c *nodetest.Cluster) *atomic.Int64 {
	sent := new(atomic.Int64)
	c.Filter(func(node.Message) bool { sent.Add(1); return true })
	return sent
}

// run runs a transaction and returns it with its reads filled in.
func run(c *nodetest.Client, txn string) string {
	r := nodetest.Request[struct{ Txn json.RawMessage }](c, "txn", json.RawMessage(`{"txn":`+txn+`}`))
	return string(r.Txn)
}

func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"n0", "n1", "n2"}
		c := startCluster(t, ids...)
		n0, n1 := c.Node("n0"), c.Node("n1")
		require.Equal(t, `[]`, run(n0, `[]`))
		require.Equal(t, `[["r",8,null],["w",9,1],["r",9,1]]`, run(n0, `[["r",8,null],["w",9,1],["r",9,null]]`))
		synctest.Wait()
		big := `{"a":[12345678901234567890,1.50,"é",null]}`
		require.Equal(t, `[["r",9,1],["w",9,2],["w","k",`+big+`]]`, run(n1, `[["r",9,null],["w",9,2],["w","k",`+big+`]]`))
		time.Sleep(pace)
		synctest.Wait()
		for _, id := range ids {
			require.Equal(t, `[["r",9,2],["r","k",`+big+`]]`, run(c.Node(id), `[["r",9,null],["r","k",null]]`))
		}

		time.Sleep(10 * time.Second)
		sent := countSent(c)
		run(n1, `[["r",9,null],["r",1,null]]`)
		time.Sleep(time.Hour)
		require.Zero(t, sent.Load(), "an idle system sends nothing, and reads are no news")
	})
}

func TestBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.NewCluster(t, setup, "n0", "n1")
		n0 := c.Node("n0")
		n0.Send("n1", "replicate", json.RawMessage(`{"have":{"n1@1":1},"ask":true}`))
		n0.ExpectError(node.TemporarilyUnavailable, "txn", json.RawMessage(`{"txn":[["w",1,1]]}`))
		c.Init()
		time.Sleep(2 * time.Second)
		require.Equal(t, `[["r",1,null]]`, run(n0, `[["r",1,null]]`))
	})
}

// malformed returns a body of a txn request that has something wrong with it.
func malformed(rng *rand.Rand) string {
	pick := func(from ...string) string { return from[rng.IntN(len(from))] }
	number := func() string { return fmt.Sprint(rng.Int64N(2000) - 1000) }
	text := func() string {
		b, _ := json.Marshal(string([]rune{rune(' ' + rng.IntN(500)), rune('a' + rng.IntN(26))}))
		return string(b)
	}
	value := func() string {
		return pick(number(), text(), "true", "[]", "{}", "["+number()+"]", `{"a":`+text()+`}`, "1.5")
	}
	good := func() string {
		if rng.IntN(2) == 0 {
			return `["r",` + pick(number(), text()) + `,null]`
		}
		return `["w",` + pick(number(), text()) + `,` + value() + `]`
	}
	bad := func() string {
		k := pick(number(), text())
		switch rng.IntN(6) {
		case 0: // no micro-operation at all
			return pick(number(), text(), "null", "true", "{}", `{"f":"r"}`)
		case 1: // arity
			return pick("[]", `["r"]`, `["w",`+k+`]`, `["r",`+k+`,null,null]`, `["w",`+k+`,`+value()+`,`+value()+`]`)
		case 2: // operation
			return `[` + pick(text(), number(), "null", `"W"`, `"append"`, `["r"]`, `""`) + `,` + k + `,null]`
		case 3: // key
			k := pick("null", "true", "false", "[]", "{}", "1.0", "1e5", number()+".5", "1000000000000000000"+fmt.Sprint(rng.IntN(1000)+10), "["+k+"]")
			return pick(`["r",`+k+`,null]`, `["w",`+k+`,1]`)
		case 4: // a read that has a value
			return `["r",` + k + `,` + value() + `]`
		default: // not lists in lists
			return `[` + good() + `]`
		}
	}
	txn := func(of string) string { return `{"txn":` + of + `}` }
	if rng.IntN(8) == 0 {
		return pick(`{}`, `{"tnx":[]}`, txn("null"), txn(number()), txn(text()), txn("{}"), txn("true"), txn(good()))
	}
	var ops []string
	for range rng.IntN(3) {
		ops = append(ops, good())
	}
	ops = append(ops, bad())
	for range rng.IntN(3) {
		ops = append(ops, good())
	}
	return txn(`[` + strings.Join(ops, ",") + `]`)
}

// A refused request leaves no trace, whatever good it has besides, and every other is answered
// as before.
func TestMalformedTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, "n0", "n1")
		n0 := c.Node("n0")
		var reads []string
		for i := range 2001 {
			reads = append(reads, fmt.Sprintf(`["r",%d,null]`, i-1000))
		}
		all := `[` + strings.Join(reads, ",") + `]`
		run(n0, `[["w",1,1],["w",-7,"x"],["w",999,null]]`)
		time.Sleep(10 * time.Second)
		before := run(n0, all)
		sent := countSent(c)

		bodies := []string{`{}`, `{"txn":null}`}
		for _, txn := range notTransactions() {
			bodies = append(bodies, `{"txn":`+txn+`}`)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for range 2000 {
			bodies = append(bodies, malformed(rng))
		}
		for _, body := range bodies {
			n0.ExpectError(node.MalformedRequest, "txn", json.RawMessage(body))
		}
		require.Equal(t, before, run(n0, all))
		time.Sleep(10 * time.Second)
		require.Zero(t, sent.Load(), "there is nothing to tell n1")
	})
}

func TestMalformedReplicationIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n0 := startCluster(t, "n0", "n1").Node("n0")
		replicate := func(fields string) { n0.Send("n1", "replicate", json.RawMessage(`{`+fields+`}`)) }
		for _, fields := range []string{
			`"have":5`, `"have":{"x":"y"}`, `"have":{"x":1.5}`, `"have":{"x":1},"base":[]`, `"have":{"x":1},"writes":{}`,
			`"have":{"x":1},"writes":[{"key":1.5,"value":1,"time":1,"origin":"x"}]`,
			`"have":{"x":1},"writes":[{"key":1,"value":1,"time":2,"origin":"x"}]`,
			`"have":{"x":1},"base":{"y":1},"writes":[{"key":1,"value":1,"time":1,"origin":"x"}]`,
		} {
			replicate(fields)
			require.Equal(t, `[["r",1,null]]`, run(n0, `[["r",1,null]]`), fields)
		}
		replicate(`"have":{"x":1},"writes":[{"key":1,"value":1,"time":1,"origin":"x"}]`)
		require.Equal(t, `[["r",1,1]]`, run(n0, `[["r",1,null]]`))
	})
}
