package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node/nodetest"
)

func TestPollBeginsAtTheOffset(t *testing.T) {
	s := newStore()
	for i, msg := range []string{`"a"`, `"b"`, `"c"`} {
		require.Equal(t, i, s.append("k", json.RawMessage(msg)))
	}
	text, err := json.Marshal(s.poll(map[string]int{"k": 1, "other": 0}))
	require.NoError(t, err)
	require.JSONEq(t, `{"k":[[1,"b"],[2,"c"]],"other":[]}`, string(text))

	var again map[string][]entry // as a node that passes it on decodes it
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, s.poll(map[string]int{"k": 1, "other": 0}), again)
}

func TestCommittedOffsetsDoNotGoBack(t *testing.T) {
	s := newStore()
	s.commit(map[string]int{"k": 5})
	s.commit(map[string]int{"k": 3})
	require.Equal(t, map[string]int{"k": 5}, s.list([]string{"k", "other"}))
}

func TestOtherNodesAskTheLeader(t *testing.T) {
	c := nodetest.StartCluster(t, serve, "n1", "n2")
	send := sendRequest{"k", json.RawMessage(`7`)}
	require.Equal(t, 0, nodetest.Request[sendReply](c.Node("n2"), "send", send).Offset)
	require.Equal(t, 1, nodetest.Request[sendReply](c.Node("n1"), "send", send).Offset)
	polled := nodetest.Request[pollReply](c.Node("n2"), "poll", offsets{map[string]int{"k": 1}})
	require.Equal(t, map[string][]entry{"k": {{1, json.RawMessage(`7`)}}}, polled.Msgs)
}
