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

// reply is what a test wants to know of a node's answer.
type reply struct {
	Body struct {
		Type string `json:"type"`
		Code int    `json:"code"`
		Text string `json:"text"`
		ID   int64  `json:"id"`
	} `json:"body"`
}

// run starts a process of the node, sends it the bodies one after the other, and
// returns the reply to the last one. It is called in a synctest bubble.
func run(t *testing.T, bodies ...string) reply {
	lines := make(chan []byte, 1)
	mem := node.NewMem(func(line []byte) { lines <- line })
	n := node.New(node.Options{Transport: mem, Seed: 1})
	serve(n)
	ended := make(chan error)
	go func() { ended <- n.Run() }()
	var r reply
	for _, body := range bodies {
		mem.Deliver([]byte(`{"src":"c1","dest":"n1","body":` + body + `}`))
		r = reply{}
		require.NoError(t, json.Unmarshal(<-lines, &r))
	}
	mem.CloseInput()
	require.NoError(t, <-ended)
	return r
}

func initBody(id string, nodes ...string) string {
	return fmt.Sprintf(`{"type":"init","msg_id":1,"node_id":%q,"node_ids":["%s"]}`, id, strings.Join(nodes, `","`))
}

const generate = `{"type":"generate","msg_id":2}`

func TestRestartWithinTheSameMillisecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := run(t, initBody("n2", "n1", "n2"), generate)
		require.Equal(t, "generate_ok", first.Body.Type)
		second := run(t, initBody("n2", "n1", "n2"), generate)
		require.Greater(t, second.Body.ID, first.Body.ID)
		require.Equal(t, int64(1), first.Body.ID%maxNodes, "the index of n2")
	})
}

func TestInitWaitsUntilTheMillisecondHasPassed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(300 * time.Microsecond)
		start := time.Now()
		require.Equal(t, "init_ok", run(t, initBody("n1", "n1")).Body.Type)
		require.Equal(t, 700*time.Microsecond, time.Since(start))
	})
}

func TestTooManyNodes(t *testing.T) {
	var nodes []string
	for i := range maxNodes + 1 {
		nodes = append(nodes, fmt.Sprintf("n%d", i))
	}
	synctest.Test(t, func(t *testing.T) {
		require.Equal(t, "init_ok", run(t, initBody("n1023", nodes...)).Body.Type)
		require.Contains(t, run(t, initBody("n1024", nodes...)).Body.Text, "node index 1024")
	})
}

func TestGenerateBeforeInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		require.Equal(t, node.TemporarilyUnavailable, run(t, generate).Body.Code)
	})
}
