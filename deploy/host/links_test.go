package host

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/deploy/internal/testnode"
	"glomers/deploy/wire"
	"glomers/harness/network"
)

// A harnessed bench tests its nodes.
type harnessed struct {
	*bench
	mu     sync.Mutex
	events []Event
}

func newHarnessed(t *testing.T) *harnessed {
	h := &harnessed{bench: newBench(t)}
	h.Feed = func(e Event) {
		e.Line = append([]byte{}, e.Line...)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.events = append(h.events, e)
	}
	require.NoError(t, h.Begin(Conditions{Seed: 1}))
	return h
}

// startTested starts nodes and gives init to them.
func (h *harnessed) startTested(ids ...string) {
	path, args := testnode.Program()
	for _, id := range ids {
		require.NoError(h, h.Start(h.Context(), Spec{ID: id, IDs: []string{"n1", "n2"}, Path: path, Args: args, Harness: id + "-1"}))
		h.send("c0", id, fmt.Sprintf(`{"type":"init","msg_id":1,"node_id":%q,"node_ids":["n1","n2"]}`, id))
		h.await(id+"-1", Line, "init_ok")
	}
}

func (h *harnessed) send(src, dest, body string) {
	require.NoError(h, h.wire.Send(message(h, src, dest, body)))
}

// await waits for an event with this text.
func (h *harnessed) await(harness, kind, text string) (found Event) {
	require.Eventually(h, func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, e := range h.events {
			if e.Harness == harness && e.Kind == kind && bytes.Contains(e.Line, []byte(text)) {
				found = e
				return true
			}
		}
		return false
	}, time.Minute, time.Millisecond, "%s %s %s", harness, kind, text)
	return found
}

// fates returns the kinds of the events of the messages between nodes, by key.
func (h *harnessed) fates() map[string][]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make(map[string][]string)
	for _, e := range h.events {
		if e.Key != "" {
			kind := e.Kind
			if e.Copied {
				kind += " copied"
			}
			all[e.Key] = append(all[e.Key], kind)
		}
	}
	return all
}

func (h *harnessed) relay(msgID int) {
	h.send("c1", "n1", fmt.Sprintf(`{"type":"relay","to":"n2","echo":"hello","msg_id":%d}`, msgID))
}

// A node that is tested gets init from the harness, which hears all that is not for other nodes, and of what is.
func TestTested(t *testing.T) {
	h := newHarnessed(t)
	h.startTested("n1", "n2")
	h.relay(7)
	answer := h.await("n1-1", Line, `"in_reply_to":7`)
	require.Contains(t, string(answer.Line), `"echo":"hello"`)
	sent := h.await("n1-1", network.Sent, `"type":"echo"`)
	require.Equal(t, "n1", sent.Src)
	require.Equal(t, "n2", sent.Dest)
	fates := h.fates()
	require.Len(t, fates, 2)
	for _, kinds := range fates {
		require.Equal(t, []string{network.Sent, network.Received}, kinds)
	}
	h.await("n1-1", Log, "it begins")
	require.NoError(t, h.Kill("n1"))
	h.mu.Lock()
	for _, e := range h.events {
		require.NotEqual(t, Broke, e.Kind, "it was killed")
	}
	h.mu.Unlock()
}

// A message to a node that is not there is gone.
func TestGone(t *testing.T) {
	h := newHarnessed(t)
	h.startTested("n1", "n2")
	require.NoError(t, h.Kill("n2"))
	m := message(h, "n1", "n2", `{"type":"echo"}`)
	m.Key = "k"
	h.carriers().add(m)
	require.Equal(t, map[string][]string{"k": {network.Gone}}, h.fates())
}

// Messages of other nodes wait for init.
func TestBeforeInit(t *testing.T) {
	h := newHarnessed(t)
	path, args := testnode.Program()
	require.NoError(t, h.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1", "n2"}, Path: path, Args: args, Harness: "n1-1"}))
	h.send("n2", "n1", `{"type":"echo","echo":"early","msg_id":3}`)
	require.Eventually(t, func() bool {
		n, err := h.node("n1")
		require.NoError(t, err)
		n.mu.Lock()
		defer n.mu.Unlock()
		return len(n.early) == 1
	}, time.Minute, time.Millisecond)
	h.send("c0", "n1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}`)
	h.await("n1-1", Line, "init_ok")
	h.await("n1-1", network.Sent, `"echo":"early"`)
}

// What a node breaks, the harness hears.
func TestTestedBreaks(t *testing.T) {
	h := newHarnessed(t)
	path, args := testnode.Program("ends")
	require.NoError(t, h.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1", "n2"}, Path: path, Args: args, Harness: "n1-1"}))
	h.send("c0", "n1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}`)
	h.await("n1-1", Broke, "ended during the run: exit status 3")

	h = newHarnessed(t)
	path, args = testnode.Program("hostile")
	require.NoError(t, h.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1", "n2"}, Path: path, Args: args, Harness: "n1-1"}))
	h.send("c0", "n1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}`)
	h.await("n1-1", Line, "\x1b[31mhello")
	h.await("n1-1", Line, `"type":"forged"`)
	h.await("n1-1", Broke, "wrote a line of 2.1 MB to stdout")
}

// The faults of links, one after the other.
func TestFaults(t *testing.T) {
	all := []network.Link{{Dest: "n2", Src: "n1"}}
	tests := map[string]struct {
		impairment network.Impairment
		want       []string // the fate of each of ten messages
	}{
		"none":      {network.Impairment{}, []string{network.Received}},
		"cut":       {network.Impairment{Cut: true}, []string{network.Dropped}},
		"loss":      {network.Impairment{Loss: 1}, []string{network.Dropped}},
		"duplicate": {network.Impairment{Duplicate: 1}, []string{network.Received + " copied", network.Received}},
		"delay":     {network.Impairment{Delay: 10 * time.Millisecond}, []string{network.Received}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHarnessed(t)
			h.startTested("n1", "n2")
			require.NoError(t, h.Impair("test", all, tt.impairment))
			begun := time.Now()
			add := func(from, to int) {
				for k := from; k < to; k++ {
					m := message(h, "n1", "n2", `{"type":"echo","echo":"x"}`)
					m.Key = fmt.Sprint("k", k)
					h.carriers().add(m)
				}
			}
			fatesAre := func(from, to int, want []string) {
				require.Eventually(t, func() bool {
					fates := h.fates()
					for k := from; k < to; k++ {
						if len(fates[fmt.Sprint("k", k)]) < len(want) {
							return false
						}
					}
					return true
				}, time.Minute, time.Millisecond)
				fates := h.fates()
				for k := from; k < to; k++ {
					require.Equal(t, want, fates[fmt.Sprint("k", k)])
				}
			}
			add(0, 10)
			fatesAre(0, 10, tt.want)
			require.GreaterOrEqual(t, time.Since(begun), tt.impairment.Delay)
			h.Mend("test")
			add(10, 20)
			fatesAre(10, 20, []string{network.Received})
		})
	}
	h := newHarnessed(t)
	require.ErrorContains(t, h.Impair("test", []network.Link{{Dest: "n1", Src: "n1"}}, network.Impairment{Cut: true}), `host: network: cannot impair the link from "n1" to "n1"`)
	require.ErrorContains(t, h.Impair("test", []network.Link{{Dest: "*", Src: "n1"}}, network.Impairment{}), `host: link of "*"`)
}

// The directories of nodes that are tested are empty at first, and kept from start to start.
func TestTestedDirectories(t *testing.T) {
	h := newHarnessed(t)
	starts := func(harness, want string) {
		path, args := testnode.Program()
		require.NoError(t, h.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1"}, Path: path, Args: args, Harness: harness}))
		h.send("c0", "n1", `{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}`)
		h.await(harness, Line, "init_ok")
		h.send("c0", "n1", `{"type":"starts","msg_id":2}`)
		h.await(harness, Line, want)
		require.NoError(t, h.Kill("n1"))
	}
	starts("n1-1", `"starts":1`)
	starts("n1-2", `"starts":2`)
	require.NoError(t, h.Begin(Conditions{}))
	starts("n1-3", `"starts":1`)
}

func message(t require.TestingT, src, dest, body string) wire.Message {
	m, err := wire.Parse(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":%s}`, src, dest, body))
	require.NoError(t, err)
	return m
}
