package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// A cluster is some nodes whose network can be cut.
type cluster struct {
	*nodetest.Cluster
	t *testing.T
}

func startCluster(t *testing.T, acksAll bool, ids ...string) cluster {
	return cluster{nodetest.StartCluster(t, func(n *node.Node) { serve(n, timings(acksAll, false), nil) }, ids...), t}
}

// partition begins or ends a time in which nothing arrives at other nodes.
func (c cluster) partition(cut bool) { c.Filter(func(node.Message) bool { return !cut }) }

// send returns the offset of the message.
func (c cluster) send(to, key, msg string) int64 {
	body := map[string]any{"key": key, "msg": json.RawMessage(msg)}
	return nodetest.Request[struct{ Offset int64 }](c.Node(to), "send", body).Offset
}

// poll returns what node to shows of a key, as [offset,msg] without spaces.
func (c cluster) poll(to, key string, offset int) []string {
	body := map[string]any{"offsets": map[string]int{key: offset}}
	r := nodetest.Request[struct {
		Msgs map[string][][]json.RawMessage
	}](c.Node(to), "poll", body)
	require.NotNil(c.t, r.Msgs)
	var shown []string
	for _, m := range r.Msgs[key] {
		require.Len(c.t, m, 2)
		shown = append(shown, fmt.Sprintf("[%s,%s]", m[0], m[1]))
	}
	return shown
}

func (c cluster) commit(to, offsets string) {
	nodetest.Request[struct{}](c.Node(to), "commit_offsets", json.RawMessage(`{"offsets":`+offsets+`}`))
}

func (c cluster) committed(from, keys string) map[string]int64 {
	body := json.RawMessage(`{"keys":` + keys + `}`)
	r := nodetest.Request[struct{ Offsets map[string]int64 }](c.Node(from), "list_committed_offsets", body)
	require.NotNil(c.t, r.Offsets)
	return r.Offsets
}

func TestOneNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, acksAll := range []bool{false, true} {
			c := startCluster(t, acksAll, "n1")
			require.Empty(t, c.poll("n1", "k", 0))
			msgs := []string{`1`, `"two"`, `{"three":[3,null,1e400]}`, `null`, `9007199254740993`}
			var want []string
			for i, msg := range msgs {
				require.EqualValues(t, i, c.send("n1", "k", msg))
				want = append(want, fmt.Sprintf("[%d,%s]", i, msg))
			}
			require.Equal(t, want, c.poll("n1", "k", 0))
			require.Equal(t, want[3:], c.poll("n1", "k", 3))
			require.Empty(t, c.poll("n1", "k", 5))
			require.Empty(t, c.poll("n1", "other", 0))
		}
	})
}

// What is sent before init would be lost, so it is refused.
func TestNothingBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.New(t, func(n *node.Node) { serve(n, timings(false, false), nil) })
		for typ, body := range map[string]string{
			"send":                   `{"key":"k","msg":1}`,
			"poll":                   `{"offsets":{"k":0}}`,
			"commit_offsets":         `{"offsets":{"k":0}}`,
			"list_committed_offsets": `{"keys":["k"]}`,
		} {
			c.ExpectError(node.TemporarilyUnavailable, typ, json.RawMessage(body))
		}
		c.Deliver(`{"src":"c1","dest":"n1","body":{"type":"send","key":"k","msg":1}}`)
		synctest.Wait()
		c.Init("n1")
		body := json.RawMessage(`{"key":"k","msg":2}`)
		require.Zero(t, nodetest.Request[struct{ Offset int64 }](c, "send", body).Offset)
	})
}

func TestPollIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, false, "n1")
		for i := range maxPoll + 1 {
			c.send("n1", "k", fmt.Sprint(i))
		}
		require.Len(t, c.poll("n1", "k", 0), maxPoll)
		require.Len(t, c.poll("n1", "k", maxPoll), 1)
	})
}

func TestCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, false, "n1", "n2")
		require.Empty(t, c.committed("n1", `["k"]`))
		c.commit("n1", `{"k":7,"l":0}`)
		require.Equal(t, map[string]int64{"k": 7, "l": 0}, c.committed("n1", `["k","l","m"]`))
		c.commit("n1", `{"k":5,"m":9223372036854775807}`)
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
		c := startCluster(t, false, "n1", "n2")
		c.poll("n1", "k", 0)
		time.Sleep(pace) // they have joined, and said nothing for a while
		require.EqualValues(t, 0, c.send("n1", "k", "1"))
		synctest.Wait()
		require.Equal(t, []string{"[0,1]"}, c.poll("n2", "k", 0), "the first goes out at once")
		c.partition(true)
		require.EqualValues(t, 1, c.send("n2", "k", "2"))
		require.EqualValues(t, 2, c.send("n1", "k", "3"))
		require.EqualValues(t, 4, c.send("n1", "k", "4"))
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
		c := startCluster(t, true, "n1", "n2", "n3")
		for i := range 20 {
			before := time.Now()
			c.send("n1", "k", fmt.Sprint(i))
			require.LessOrEqual(t, time.Since(before), 2*paceAll)
			c.commit("n2", fmt.Sprintf(`{"k":%d}`, i))
			require.EqualValues(t, i, c.committed("n3", `["k"]`)["k"])
		}

		c.partition(true)
		n1, before := c.Node("n1"), time.Now()
		// It may have been stored: it has been.
		n1.ExpectError(node.Timeout, "send", json.RawMessage(`{"key":"k","msg":"late"}`))
		require.Equal(t, patience, time.Since(before))

		before = time.Now() // this was not stored
		n1.ExpectError(node.TemporarilyUnavailable, "send", json.RawMessage(`{"key":"k","msg":"never"}`))
		n1.ExpectError(node.TemporarilyUnavailable, "commit_offsets", json.RawMessage(`{"offsets":{"k":1000}}`))
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
		c.send("n1", "k", `"after"`)
	})
}

// A node that has not heard of another since its start may have been killed, and refuses what could contradict
// its past. With acks=1 it takes silence for a good sign.
func TestAloneFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, acksAll := range []bool{true, false} {
			c := startCluster(t, acksAll, "n1", "n2")
			c.partition(true)
			require.Empty(t, c.poll("n1", "k", 0))
			before := time.Now()
			for _, req := range []struct{ typ, body string }{
				{"send", `{"key":"k","msg":1}`},
				{"commit_offsets", `{"offsets":{"k":1}}`},
				{"list_committed_offsets", `{"keys":["k"]}`},
			} {
				if acksAll {
					c.Node("n1").ExpectError(node.TemporarilyUnavailable, req.typ, json.RawMessage(req.body))
				} else {
					nodetest.Request[struct{}](c.Node("n1"), req.typ, json.RawMessage(req.body))
					require.Equal(t, timings(false, false).alone, time.Since(before))
				}
			}
			require.Empty(t, c.poll("n1", "k", 0))
			c.partition(false)
			time.Sleep(time.Second)
			c.send("n1", "k", "2")
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
		c := startCluster(t, false, "n1")
		for _, fields := range malformedRequests {
			requireRefused(c, fields)
		}
		requireUntouched(c)
	})
}

func requireRefused(c cluster, fields string) {
	m := node.Message{Body: json.RawMessage(`{` + fields + `}`)}
	c.Node("n1").ExpectError(node.MalformedRequest, m.Type(), m.Body)
}

// requireUntouched fails the test if anything has been stored.
func requireUntouched(c cluster) {
	require.Empty(c.t, c.committed("n1", `["a","b","k"]`))
	for _, key := range []string{"a", "b", "k"} {
		require.Zero(c.t, c.send("n1", key, "1"), "the key is new")
	}
}

func TestRandomMalformed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := startCluster(t, false, "n1")
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
		c := startCluster(t, false, "n1", "n2")
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
				c.Node("n1").Send(from, "replicate", json.RawMessage(`{`+fields+`}`))
			}
		}
		require.EqualValues(t, 0, c.send("n1", "k", "1"))
		time.Sleep(pace)
		synctest.Wait()
		for _, id := range []string{"n1", "n2"} {
			require.Equal(t, []string{"[0,1]"}, c.poll(id, "k", 0))
		}
	})
}
