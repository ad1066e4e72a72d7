package harness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
)

// virtual returns a test of a program in virtual time.
func virtual(p Program, workload string) Test {
	return Test{Workload: workload, Program: p, NodeCount: 3, Rate: 20, TimeLimit: 10 * time.Second, Seed: 7, Virtual: true}
}

// Processes in virtual time: the same seed gives the same run, to the byte, under faults and latencies, too.
func TestVirtualTimeOfPrograms(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	record := func(seed uint64) []byte {
		test := virtual(program(t, "broadcast"), "broadcast")
		test.Seed, test.Store, test.Latency = seed, store, 20*time.Millisecond
		test.Nemesis, test.NemesisInterval = []string{"partition", "pause"}, 2*time.Second
		res, err := Run(t.Context(), test)
		require.NoError(t, err)
		require.Equal(t, check.Valid, res.Valid, res.Reasons)
		require.Empty(t, res.Warnings)
		require.Positive(t, res.Nemesis.Dropped)
		require.Greater(t, res.Elapsed, 20*time.Second, "ten of them are the recovery's")
		require.Zero(t, res.Lag.Max)
		var files [][]byte
		for _, name := range []string{"journal.jsonl", "history.jsonl"} {
			file, err := os.ReadFile(filepath.Join(res.Dir, name))
			require.NoError(t, err)
			files = append(files, file)
		}
		return bytes.Join(files, nil)
	}
	first := record(7)
	require.Equal(t, string(first), string(record(7)))
	require.NotEqual(t, string(first), string(record(8)))
}

// A killed node starts again in virtual time.
func TestVirtualTimeSurvivesKills(t *testing.T) {
	t.Parallel()
	test := virtual(program(t, "echo"), "echo")
	test.Nemesis, test.NemesisInterval = []string{"kill"}, time.Second
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Positive(t, res.Nemesis.InForce["kill"])
}

// Timers of the service clock are exact.
func TestServiceClock(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), virtual(program(t, "clockwork", "exact"), "echo"))
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	echo := res.Latencies["echo"]
	require.GreaterOrEqual(t, echo.P50, 100*time.Millisecond)
	require.Less(t, echo.Max, 110*time.Millisecond, "that and two hops")
	require.Empty(t, res.Warnings)
	require.Zero(t, res.Net.Servers.Messages, "messages with the clock do not count")
}

// A program that does not keep to virtual time is told what it did, and how to go on.
func TestProgramsWithoutVirtualTime(t *testing.T) {
	t.Parallel()
	for how, says := range map[string]string{
		"silent":  "has not answered the request idle for",
		"hasty":   "wrote a message to n1 after it had said that it had done all",
		"bad":     "sent the service clock a request that is not one",
		"forever": "time does not go on",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			test := virtual(program(t, "clockwork", how), "echo")
			test.limits.patience, test.limits.atOnce = time.Minute, 1000
			if how == "silent" {
				test.limits.patience = time.Second / 3
			}
			_, err := Run(t.Context(), test)
			require.ErrorContains(t, err, says)
		})
	}
	res, err := Run(t.Context(), virtual(program(t, "clockwork", "unaware"), "echo"))
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid)
	require.Len(t, res.Warnings, 1)
	require.Contains(t, res.Warnings[0], "n0 answered the request idle with an error, so it seems not to know virtual time")
}

// Virtual time is for processes that nobody stops.
func TestVirtualTimeIsRefused(t *testing.T) {
	_, err := Run(t.Context(), virtual(InProcess(registerEcho), "echo"))
	require.ErrorContains(t, err, "harness/sim runs nodes in this process in virtual time")
	test := virtual(program(t, "echo"), "echo")
	test.Attach = Attach{Nodes: []string{"n0"}}
	_, err = Run(t.Context(), test)
	require.ErrorContains(t, err, "attach: not in virtual time")
}

// clockwork is an echo node that is not on the runtime. The argument says how it deals with virtual time.
func clockwork() {
	how, id, asked := os.Args[3], "", 0
	requests := make(map[int]rawMessage) // by the msg_id of their sleep
	ask := func(body jsonObject) {
		asked++
		body["msg_id"] = asked
		rawSend(id, "clock", body)
	}
	rawNode(func(m rawMessage) {
		switch m.head.Type {
		case "init":
			id = m.head.NodeID
			rawSend(id, m.Src, jsonObject{"type": "init_ok", "in_reply_to": m.head.MsgID})
			switch how {
			case "bad":
				ask(jsonObject{"type": "sleep", "ms": "long"})
			case "forever":
				ask(jsonObject{"type": "sleep", "ms": 0})
			}
		case "idle":
			switch how {
			case "silent":
			case "unaware":
				rawSend(id, m.Src, jsonObject{"type": "error", "code": 10, "in_reply_to": m.head.MsgID})
			default:
				rawSend(id, m.Src, jsonObject{"type": "idle_ok", "in_reply_to": m.head.MsgID})
			}
			if how == "hasty" {
				rawSend(id, "n1", jsonObject{"type": "hello"})
			}
		case "echo":
			if how == "unaware" {
				rawSend(id, m.Src, jsonObject{"type": "echo_ok", "echo": m.head.Echo, "in_reply_to": m.head.MsgID})
				return
			}
			ask(jsonObject{"type": "sleep", "ms": 100})
			requests[asked] = m
		case "sleep_ok":
			if how == "forever" {
				ask(jsonObject{"type": "sleep", "ms": 0})
				return
			}
			request := requests[*m.head.InReplyTo]
			ask(jsonObject{"type": "now"})
			requests[asked] = request
		case "now_ok":
			var answer struct{ Now float64 }
			must(json.Unmarshal(m.Body, &answer))
			if answer.Now < 100 {
				fmt.Fprintln(os.Stderr, "the time is", answer.Now, "after a sleep of 100 ms")
				os.Exit(1)
			}
			request := requests[*m.head.InReplyTo]
			rawSend(id, request.Src, jsonObject{"type": "echo_ok", "echo": request.head.Echo, "in_reply_to": request.head.MsgID})
		}
	})
}
