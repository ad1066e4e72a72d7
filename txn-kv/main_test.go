package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A reply holds the fields of all replies that a test looks at.
type reply struct {
	Type string          `json:"type"`
	Code int             `json:"code"`
	Txn  json.RawMessage `json:"txn"`
}

// A cluster is some nodes in memory, joined by a network without latency or loss. It lives in a synctest
// bubble.
type cluster struct {
	t       *testing.T
	mems    map[string]*node.Mem
	replies chan reply
	sent    chan string // messages between nodes; a buffer that no test fills
}

func newCluster(t *testing.T, ids ...string) *cluster {
	c := &cluster{t: t, mems: make(map[string]*node.Mem), replies: make(chan reply, 1), sent: make(chan string, 1000)}
	for _, id := range ids {
		c.mems[id] = node.NewMem(c.route)
	}
	for _, id := range ids {
		n := node.New(node.Options{Transport: c.mems[id], Seed: 1, Logger: slog.New(slog.DiscardHandler)})
		serve(n)
		go func() { require.NoError(t, n.Run()) }()
		t.Cleanup(c.mems[id].CloseInput)
	}
	return c
}

// init initialises the nodes, and waits until they are settled.
func (c *cluster) init(ids ...string) {
	for _, id := range ids {
		body := fmt.Sprintf(`{"type":"init","msg_id":1,"node_id":%q,"node_ids":["%s"]}`, id, strings.Join(ids, `","`))
		require.Equal(c.t, "init_ok", c.call(id, body).Type)
	}
	time.Sleep(2 * time.Second)
}

// route carries a line that a node wrote.
func (c *cluster) route(line []byte) {
	var m struct {
		Dest string
		Body json.RawMessage
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	if to := c.mems[m.Dest]; to != nil {
		c.sent <- string(m.Body)
		to.Deliver(line)
		return
	}
	var r reply
	if err := json.Unmarshal(m.Body, &r); err != nil {
		panic(err)
	}
	c.replies <- r
}

// call sends a client's request to a node and returns the reply.
func (c *cluster) call(to, body string) reply {
	c.mems[to].Deliver([]byte(`{"src":"c1","dest":"` + to + `","body":` + body + `}`))
	return <-c.replies
}

// txn runs a transaction and returns it with its reads filled in.
func (c *cluster) txn(to, txn string) string {
	r := c.call(to, `{"type":"txn","msg_id":2,"txn":`+txn+`}`)
	require.Equal(c.t, "txn_ok", r.Type, "%s", txn)
	return string(r.Txn)
}

func TestCluster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n0", "n1", "n2")
		c.init("n0", "n1", "n2")
		require.Equal(t, `[]`, c.txn("n0", `[]`))
		require.Equal(t, `[["r",8,null],["w",9,1],["r",9,1]]`, c.txn("n0", `[["r",8,null],["w",9,1],["r",9,null]]`))
		synctest.Wait()
		big := `{"a":[12345678901234567890,1.50,"é",null]}`
		require.Equal(t, `[["r",9,1],["w",9,2],["w","k",`+big+`]]`, c.txn("n1", `[["r",9,null],["w",9,2],["w","k",`+big+`]]`))
		time.Sleep(pace)
		synctest.Wait()
		for id := range c.mems {
			require.Equal(t, `[["r",9,2],["r","k",`+big+`]]`, c.txn(id, `[["r",9,null],["r","k",null]]`))
		}

		time.Sleep(10 * time.Second)
		for len(c.sent) > 0 {
			<-c.sent
		}
		c.txn("n1", `[["r",9,null],["r",1,null]]`)
		time.Sleep(time.Hour)
		require.Empty(t, c.sent, "an idle system sends nothing, and reads are no news")
	})
}

func TestBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n0", "n1")
		c.mems["n0"].Deliver([]byte(`{"src":"n1","dest":"n0","body":{"type":"replicate","have":{"n1@1":1},"ask":true}}`))
		require.Equal(t, node.TemporarilyUnavailable, c.call("n0", `{"type":"txn","msg_id":1,"txn":[["w",1,1]]}`).Code)
		c.init("n0", "n1")
		require.Equal(t, `[["r",1,null]]`, c.txn("n0", `[["r",1,null]]`))
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
	if rng.IntN(8) == 0 {
		return pick(``, `,"txn":null`, `,"txn":`+number(), `,"txn":`+text(), `,"txn":{}`, `,"txn":true`, `,"tnx":[]`, `,"txn":`+good())
	}
	var ops []string
	for range rng.IntN(3) {
		ops = append(ops, good())
	}
	ops = append(ops, bad())
	for range rng.IntN(3) {
		ops = append(ops, good())
	}
	return `,"txn":[` + strings.Join(ops, ",") + `]`
}

// A refused request leaves no trace, whatever good it has besides, and every other is answered
// as before.
func TestMalformedTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n0", "n1")
		c.init("n0", "n1")
		var reads []string
		for i := range 2001 {
			reads = append(reads, fmt.Sprintf(`["r",%d,null]`, i-1000))
		}
		all := `[` + strings.Join(reads, ",") + `]`
		c.txn("n0", `[["w",1,1],["w",-7,"x"],["w",999,null]]`)
		time.Sleep(10 * time.Second)
		before := c.txn("n0", all)
		sent := len(c.sent)

		bodies := []string{``, `,"txn":null`}
		for _, txn := range notTransactions() {
			bodies = append(bodies, `,"txn":`+txn)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for range 2000 {
			bodies = append(bodies, malformed(rng))
		}
		for _, fields := range bodies {
			require.True(t, json.Valid([]byte(`{"type":"txn"`+fields+`}`)), fields)
			r := c.call("n0", `{"type":"txn","msg_id":3`+fields+`}`)
			require.Equal(t, "error", r.Type, fields)
			require.Equal(t, node.MalformedRequest, r.Code, fields)
		}
		require.Equal(t, before, c.txn("n0", all))
		time.Sleep(10 * time.Second)
		require.Len(t, c.sent, sent, "there is nothing to tell n1")
	})
}

func TestMalformedReplicationIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n0", "n1")
		c.init("n0", "n1")
		replicate := func(fields string) {
			c.mems["n0"].Deliver([]byte(`{"src":"n1","dest":"n0","body":{"type":"replicate",` + fields + `}}`))
		}
		for _, fields := range []string{
			`"have":5`, `"have":{"x":"y"}`, `"have":{"x":1.5}`, `"have":{"x":1},"base":[]`, `"have":{"x":1},"writes":{}`,
			`"have":{"x":1},"writes":[{"key":1.5,"value":1,"time":1,"origin":"x"}]`,
			`"have":{"x":1},"writes":[{"key":1,"value":1,"time":2,"origin":"x"}]`,
			`"have":{"x":1},"base":{"y":1},"writes":[{"key":1,"value":1,"time":1,"origin":"x"}]`,
		} {
			replicate(fields)
			require.Equal(t, `[["r",1,null]]`, c.txn("n0", `[["r",1,null]]`), fields)
		}
		replicate(`"have":{"x":1},"writes":[{"key":1,"value":1,"time":1,"origin":"x"}]`)
		require.Equal(t, `[["r",1,1]]`, c.txn("n0", `[["r",1,null]]`))
	})
}
