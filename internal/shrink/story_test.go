package shrink

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/network"
)

func TestDescribe(t *testing.T) {
	require.Equal(t, "echo, 5 nodes, 5 operations/s for 1m0s", Describe(harness.Test{Workload: "echo"}))
	require.Equal(t, "broadcast, 25 nodes, 100 operations/s for 20s, 50 workers, constant latency of 100ms, faults: partition, loss", Describe(harness.Test{
		Workload: "broadcast", NodeCount: 25, Rate: 100, TimeLimit: 20 * time.Second, Concurrency: 50,
		Latency: 100 * time.Millisecond, Nemesis: []string{"partition", "loss"},
	}))
}

func TestEffect(t *testing.T) {
	require.Equal(t, "8 %", effect(history.Effect{Text: "8 %"}))
	require.Equal(t, "one; n0 hears nothing of n1, n2; n1 hears nothing of n0",
		effect(history.Effect{Text: "one", Links: map[string][]string{"n1": {"n0"}, "n0": {"n1", "n2"}}}))
}

func TestOutcome(t *testing.T) {
	invoked := history.Op{Time: 1e9, Value: json.RawMessage(`7`)}
	require.Equal(t, "never ended", outcome(invoked, history.Op{}))
	require.Equal(t, "ok", outcome(invoked, history.Op{Type: history.OK, Time: 1e9, Value: json.RawMessage(`7`)}))
	require.Equal(t, `info "net-timeout" after 5s`,
		outcome(invoked, history.Op{Type: history.Info, Time: 6e9, Value: json.RawMessage(`7`), Error: json.RawMessage(`"net-timeout"`)}))
	require.Equal(t, "ok [1,2]", outcome(invoked, history.Op{Type: history.OK, Time: 1e9, Value: json.RawMessage(`[1,2]`)}))
}

// Of many messages, the lost ones are shown, in the order of sending, and the others are counted.
func TestMessages(t *testing.T) {
	var s Shrunk
	for id := range int64(40) {
		m := network.Message{ID: id, Src: "n0", Dest: "n1", Body: json.RawMessage(fmt.Sprintf(`{"id":%d}`, id))}
		kind := network.Received
		switch id {
		case 20:
			kind = network.Dropped
		case 30:
			kind = network.Gone
		}
		s.record.events = append(s.record.events, network.Event{Kind: network.Sent, Message: m})
		if id != 1 {
			s.record.events = append(s.record.events, network.Event{Time: 5 * time.Millisecond, Kind: kind, Message: m})
		}
	}
	lines := s.messages()
	require.Len(t, lines, maxShown+1)
	require.Equal(t, "0.000 s\tn0 → n1\t{\"id\":0}\tarrived at 0.005 s", lines[0])
	require.Equal(t, "0.000 s\tn0 → n1\t{\"id\":1}\tstill under way at the end", lines[1])
	require.Equal(t, "0.000 s\tn0 → n1\t{\"id\":20}\tlost at 0.005 s", lines[13])
	require.Equal(t, "0.000 s\tn0 → n1\t{\"id\":30}\tfound nobody at 0.005 s", lines[14])
	require.Equal(t, "… and 25 more", lines[15])
}

func TestQuote(t *testing.T) {
	require.Empty(t, quote(nil))
	require.Empty(t, quote(json.RawMessage("null")))
	require.Equal(t, "[1]", quote(json.RawMessage("[1]")))
	long := quote(json.RawMessage(`"` + strings.Repeat("é", 100) + `"`))
	require.Equal(t, `"`+strings.Repeat("é", 35)+"… (202 bytes)", long)
}
