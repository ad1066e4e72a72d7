package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// A reply holds the fields of all replies that a test looks at.
type reply struct {
	Type    string                         `json:"type"`
	Code    int                            `json:"code"`
	Offset  int64                          `json:"offset"`
	Msgs    map[string][][]json.RawMessage `json:"msgs"`
	Offsets map[string]int64               `json:"offsets"`
}

// A cluster is some nodes in memory, joined by a network without latency. It lives in a synctest
// bubble.
type cluster struct {
	t       *testing.T
	mems    map[string]*node.Mem
	replies chan reply

	mu  sync.Mutex
	cut bool // nothing arrives at other nodes
}

func newCluster(t *testing.T, acksAll bool, ids ...string) *cluster {
	c := &cluster{t: t, mems: make(map[string]*node.Mem), replies: make(chan reply, 1)}
	for _, id := range ids {
		c.mems[id] = node.NewMem(c.route)
	}
	for _, id := range ids {
		n := node.New(node.Options{Transport: c.mems[id], Seed: 1})
		serve(n, acksAll)
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
		c.mu.Lock()
		defer c.mu.Unlock()
		if !c.cut {
			to.Deliver(line)
		}
		return
	}
	var r reply
	if err := json.Unmarshal(m.Body, &r); err != nil {
		panic(err)
	}
	c.replies <- r
}

func (c *cluster) partition(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
}

// call sends a client's request to a node and returns the reply.
func (c *cluster) call(to, body string) reply {
	c.mems[to].Deliver([]byte(`{"src":"c1","dest":"` + to + `","body":` + body + `}`))
	return <-c.replies
}

func (c *cluster) send(to, key, msg string) reply {
	return c.call(to, fmt.Sprintf(`{"type":"send","msg_id":2,"key":%q,"msg":%s}`, key, msg))
}

// poll returns what node to shows of a key, as [offset,msg] without spaces.
func (c *cluster) poll(to, key string, offset int) []string {
	r := c.call(to, fmt.Sprintf(`{"type":"poll","msg_id":3,"offsets":{%q:%d}}`, key, offset))
	require.Equal(c.t, "poll_ok", r.Type)
	require.NotNil(c.t, r.Msgs)
	var shown []string
	for _, m := range r.Msgs[key] {
		require.Len(c.t, m, 2)
		shown = append(shown, fmt.Sprintf("[%s,%s]", m[0], m[1]))
	}
	return shown
}

func (c *cluster) commit(to, offsets string) reply {
	return c.call(to, `{"type":"commit_offsets","msg_id":4,"offsets":`+offsets+`}`)
}

func (c *cluster) committed(from string, keys string) map[string]int64 {
	r := c.call(from, `{"type":"list_committed_offsets","msg_id":5,"keys":`+keys+`}`)
	require.Equal(c.t, "list_committed_offsets_ok", r.Type)
	require.NotNil(c.t, r.Offsets)
	return r.Offsets
}

func TestOneNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, acksAll := range []bool{false, true} {
			c := newCluster(t, acksAll, "n1")
			require.Empty(t, c.poll("n1", "k", 0))
			msgs := []string{`1`, `"two"`, `{"three":[3,null,1e400]}`, `null`, `9007199254740993`}
			var want []string
			for i, msg := range msgs {
				r := c.send("n1", "k", msg)
				require.Equal(t, "send_ok", r.Type)
				require.EqualValues(t, i, r.Offset)
				want = append(want, fmt.Sprintf("[%d,%s]", i, msg))
			}
			require.Equal(t, want, c.poll("n1", "k", 0))
			require.Equal(t, want[3:], c.poll("n1", "k", 3))
			require.Empty(t, c.poll("n1", "k", 5))
			require.Empty(t, c.poll("n1", "other", 0))
		}
	})
}

func TestPollIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1")
		for i := range maxPoll + 1 {
			c.send("n1", "k", fmt.Sprint(i))
		}
		require.Len(t, c.poll("n1", "k", 0), maxPoll)
		require.Len(t, c.poll("n1", "k", maxPoll), 1)
	})
}

func TestCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1", "n2")
		require.Empty(t, c.committed("n1", `["k"]`))
		require.Equal(t, "commit_offsets_ok", c.commit("n1", `{"k":7,"l":0}`).Type)
		require.Equal(t, map[string]int64{"k": 7, "l": 0}, c.committed("n1", `["k","l","m"]`))
		require.Equal(t, "commit_offsets_ok", c.commit("n1", `{"k":5,"m":9223372036854775807}`).Type)
		time.Sleep(2 * pace)
		synctest.Wait()
		for _, id := range []string{"n1", "n2"} {
			require.Equal(t, map[string]int64{"k": 7, "l": 0, "m": 9223372036854775807}, c.committed(id, `["k","l","m"]`))
			require.Empty(t, c.committed(id, `[]`))
		}
	})
}

func TestTwoNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1", "n2")
		c.poll("n1", "k", 0)
		time.Sleep(pace) // they have joined, and said nothing for a while
		require.EqualValues(t, 0, c.send("n1", "k", "1").Offset)
		synctest.Wait()
		require.Equal(t, []string{"[0,1]"}, c.poll("n2", "k", 0), "the first goes out at once")
		c.partition(true)
		require.EqualValues(t, 1, c.send("n2", "k", "2").Offset)
		require.EqualValues(t, 2, c.send("n1", "k", "3").Offset)
		require.EqualValues(t, 4, c.send("n1", "k", "4").Offset)
		time.Sleep(time.Minute)
		for _, id := range []string{"n1", "n2"} {
			require.Equal(t, []string{"[0,1]"}, c.poll(id, "k", 0))
		}
		c.partition(false)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, id := range []string{"n1", "n2"} {
			require.Equal(t, []string{"[0,1]", "[1,2]", "[2,3]", "[4,4]"}, c.poll(id, "k", 0))
		}
	})
}

func TestAcksAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, true, "n1", "n2", "n3")
		for i := range 20 {
			before := time.Now()
			require.Equal(t, "send_ok", c.send("n1", "k", fmt.Sprint(i)).Type)
			require.LessOrEqual(t, time.Since(before), 2*paceAll)
			require.Equal(t, "commit_offsets_ok", c.commit("n2", fmt.Sprintf(`{"k":%d}`, i)).Type)
			require.EqualValues(t, i, c.committed("n3", `["k"]`)["k"])
		}

		c.partition(true)
		before := time.Now()
		r := c.send("n1", "k", `"late"`)
		require.Equal(t, "error", r.Type)
		require.Equal(t, node.Timeout, r.Code, "it may have been stored: it has been")
		require.Equal(t, patience, time.Since(before))

		before = time.Now()
		r = c.send("n1", "k", `"never"`)
		require.Equal(t, "error", r.Type)
		require.Equal(t, node.TemporarilyUnavailable, r.Code, "it was not stored")
		require.Equal(t, node.TemporarilyUnavailable, c.commit("n1", `{"k":1000}`).Code)
		require.Zero(t, time.Since(before), "those who cannot succeed fail at once")

		c.partition(false)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, id := range []string{"n1", "n2", "n3"} {
			shown := c.poll(id, "k", 0)
			require.Len(t, shown, 21)
			require.Contains(t, shown[20], "late")
			require.EqualValues(t, 19, c.committed(id, `["k"]`)["k"])
		}
		require.Equal(t, "send_ok", c.send("n1", "k", `"after"`).Type)
	})
}

// A node that has not heard of another since its start may have been killed, and refuses what could contradict
// its past. With acks=1 it takes silence for a good sign.
func TestAloneFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, acksAll := range []bool{true, false} {
			c := newCluster(t, acksAll, "n1", "n2")
			c.partition(true)
			require.Empty(t, c.poll("n1", "k", 0))
			before := time.Now()
			replies := []reply{
				c.send("n1", "k", "1"),
				c.commit("n1", `{"k":1}`),
				c.call("n1", `{"type":"list_committed_offsets","msg_id":5,"keys":["k"]}`),
			}
			for _, r := range replies {
				if acksAll {
					require.Equal(t, node.TemporarilyUnavailable, r.Code)
				} else {
					require.NotEqual(t, "error", r.Type)
					require.Equal(t, timings(false).alone, time.Since(before))
				}
			}
			require.Empty(t, c.poll("n1", "k", 0))
			c.partition(false)
			time.Sleep(time.Second)
			require.NotEqual(t, "error", c.send("n1", "k", "2").Type)
		}
	})
}

// malformedRequests are requests that differ from good ones in one place.
var malformedRequests = []string{
	`"type":"send"`,
	`"type":"send","key":"k"`,
	`"type":"send","msg":1`,
	`"type":"send","key":null,"msg":1`,
	`"type":"send","key":1,"msg":1`,
	`"type":"send","key":["k"],"msg":1`,
	`"type":"poll"`,
	`"type":"poll","offsets":null`,
	`"type":"poll","offsets":[]`,
	`"type":"poll","offsets":7`,
	`"type":"poll","offsets":{"k":null}`,
	`"type":"poll","offsets":{"k":"0"}`,
	`"type":"poll","offsets":{"k":-1}`,
	`"type":"poll","offsets":{"k":1.5}`,
	`"type":"poll","offsets":{"k":9223372036854775808}`,
	`"type":"poll","offsets":{"a":0,"k":-1}`,
	`"type":"commit_offsets"`,
	`"type":"commit_offsets","offsets":[["k",1]]`,
	`"type":"commit_offsets","offsets":{"k":-1}`,
	`"type":"commit_offsets","offsets":{"a":99,"k":-1}`,
	`"type":"commit_offsets","offsets":{"a":99,"k":null}`,
	`"type":"commit_offsets","offsets":{"a":99,"k":{}}`,
	`"type":"list_committed_offsets"`,
	`"type":"list_committed_offsets","keys":null`,
	`"type":"list_committed_offsets","keys":"k"`,
	`"type":"list_committed_offsets","keys":{"k":1}`,
	`"type":"list_committed_offsets","keys":["k",1]`,
	`"type":"list_committed_offsets","keys":["k",null]`,
}

func TestMalformed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1")
		for _, fields := range malformedRequests {
			requireRefused(c, fields)
		}
		requireUntouched(c)
	})
}

func requireRefused(c *cluster, fields string) {
	r := c.call("n1", `{"msg_id":9,`+fields+`}`)
	require.Equal(c.t, "error", r.Type, fields)
	require.Equal(c.t, node.MalformedRequest, r.Code, fields)
}

// requireUntouched fails the test if anything has been stored.
func requireUntouched(c *cluster) {
	require.Empty(c.t, c.committed("n1", `["a","b","k"]`))
	for _, key := range []string{"a", "b", "k"} {
		require.Zero(c.t, c.send("n1", key, "1").Offset, "the key is new")
	}
}

func TestRandomMalformed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1")
		rng := rand.New(rand.NewPCG(1, 2))
		for range 2000 {
			requireRefused(c, randomMalformed(rng))
		}
		requireUntouched(c)
	})
}

// randomMalformed returns the fields of a request that has exactly one fault.
func randomMalformed(rng *rand.Rand) string {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	number := func() string { return fmt.Sprint(rng.Int64N(1 << 40)) }
	notString := func() string { return pick("null", "true", number(), "[]", `["k"]`, "{}", "1.5") }
	notOffset := func() string {
		return pick("null", "-"+fmt.Sprint(1+rng.Int64N(1<<40)), `"`+number()+`"`, "0.5", "1e30", "[1]", "{}", "false")
	}
	switch rng.IntN(3) {
	case 0:
		return pick(
			`"type":"send","msg":`+number(),
			`"type":"send","key":"a"`,
			`"type":"send","msg":1,"key":`+notString(),
		)
	case 1:
		typ := pick("poll", "commit_offsets")
		offsets := pick(
			notString(), `"k"`,
			fmt.Sprintf(`{"a":%s,"b":%s}`, number(), notOffset()),
			fmt.Sprintf(`{"b":%s,"a":%s}`, notOffset(), number()),
		)
		if offsets == "{}" {
			return fmt.Sprintf(`"type":%q`, typ)
		}
		return fmt.Sprintf(`"type":%q,"offsets":%s`, typ, offsets)
	default:
		return `"type":"list_committed_offsets","keys":` + pick(`"a"`, "null", number(), "{}", `["a",`+notString()+`]`)
	}
}

func TestMalformedReplicateIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, false, "n1", "n2")
		synctest.Wait()
		late := fmt.Sprint(time.Now().Add(time.Hour).UnixNano())
		for _, fields := range []string{
			`"incarnation":"x"`,
			`"incarnation":1`,
			`"incarnation":` + late + `,"have":-1`,
			`"incarnation":` + late + `,"length":-1`,
			`"incarnation":` + late + `,"mine":{"from":-1}`,
			`"incarnation":` + late + `,"mine":{"from":0,"items":[{"op":"send","key":"k","offset":1}]}`,
			`"incarnation":` + late + `,"mine":{"from":0},"yours":{"from":0,"items":[{"op":"x"}]}`,
		} {
			for _, from := range []string{"n2", "c1"} {
				c.mems["n1"].Deliver([]byte(`{"src":"` + from + `","dest":"n1","body":{"type":"replicate",` + fields + `}}`))
			}
		}
		require.EqualValues(t, 0, c.send("n1", "k", "1").Offset)
		time.Sleep(pace)
		synctest.Wait()
		for _, id := range []string{"n1", "n2"} {
			require.Equal(t, []string{"[0,1]"}, c.poll(id, "k", 0))
		}
	})
}
