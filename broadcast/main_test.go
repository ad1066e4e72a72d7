package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A reply holds the fields of all replies that a test looks at.
type reply struct {
	Type     string  `json:"type"`
	Code     int     `json:"code"`
	Messages []int64 `json:"messages"`
}

// A cluster is some nodes in memory, joined by a network without latency or loss. It lives in a synctest
// bubble.
type cluster struct {
	t       *testing.T
	mems    map[string]*node.Mem
	replies chan reply
}

func newCluster(t *testing.T, ids ...string) *cluster {
	c := &cluster{t: t, mems: make(map[string]*node.Mem), replies: make(chan reply, 1)}
	for _, id := range ids {
		c.mems[id] = node.NewMem(c.route)
	}
	for _, id := range ids {
		n := node.New(node.Options{Transport: c.mems[id], Seed: 1})
		serve(n, newPlan(defaultBudget))
		go func() { require.NoError(t, n.Run()) }()
		t.Cleanup(c.mems[id].CloseInput)
	}
	for _, id := range ids {
		body := fmt.Sprintf(`{"type":"init","msg_id":1,"node_id":%q,"node_ids":["%s"]}`, id, strings.Join(ids, `","`))
		require.Equal(t, "init_ok", c.call(id, body).Type)
	}
	return c
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

func (c *cluster) read(from string) []int64 {
	r := c.call(from, `{"type":"read","msg_id":4}`)
	require.Equal(c.t, "read_ok", r.Type)
	require.NotNil(c.t, r.Messages, "an empty set is [], not null")
	return r.Messages
}

func TestClusterSpreadsValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := []string{"n1", "n2", "n3", "n4"}
		c := newCluster(t, ids...)
		require.Equal(t, "topology_ok", c.call("n1", `{"type":"topology","msg_id":2,"topology":{"n1":["n2"]}}`).Type)
		require.Empty(t, c.read("n3"))

		want := []int64{-9223372036854775808, 7, 9223372036854775807}
		for i, v := range want {
			require.Equal(t, "broadcast_ok", c.call(ids[i], fmt.Sprintf(`{"type":"broadcast","msg_id":3,"message":%d}`, v)).Type)
			require.Contains(t, c.read(ids[i]), v, "acknowledged means stored here")
		}
		time.Sleep(defaultBudget)
		synctest.Wait()
		for _, id := range ids {
			require.Equal(t, want, c.read(id))
		}
	})
}

func TestMalformedBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n1")
		for _, field := range []string{
			``, `,"message":null`, `,"message":1.5`, `,"message":1.0`, `,"message":1e3`, `,"message":"1"`,
			`,"message":[1]`, `,"message":true`, `,"message":9223372036854775808`,
		} {
			r := c.call("n1", `{"type":"broadcast","msg_id":3`+field+`}`)
			require.Equal(t, "error", r.Type, field)
			require.Equal(t, node.MalformedRequest, r.Code, field)
			require.Empty(t, c.read("n1"), field)
		}
	})
}

func TestMalformedGossipIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, "n1", "n2")
		for _, have := range []string{`[[2,1]]`, `[1]`, `"x"`, `[[0,1],[1,2]]`} {
			c.mems["n1"].Deliver([]byte(`{"src":"n2","dest":"n1","body":{"type":"gossip","have":` + have + `}}`))
		}
		require.Empty(t, c.read("n1"))
		c.mems["n1"].Deliver([]byte(`{"src":"n2","dest":"n1","body":{"type":"gossip","have":[[3,4]]}}`))
		require.Equal(t, []int64{3, 4}, c.read("n1"))
	})
}
