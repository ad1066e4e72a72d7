package node_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// Each test below is about one defect of the official Go library, at the version that go.mod
// names. With requireDefect the library itself is asked, too.

// handleEcho makes the node answer echo requests.
func (h *host) handleEcho() {
	h.Handle("echo", func(msg maelstrom.Message) error {
		return h.Reply(msg, map[string]any{"type": "echo_ok"})
	})
}

// requireAlive asks for an echo.
func (h *host) requireAlive() error {
	r, err := h.ask(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":77}}`)
	if err == nil && (r.Body.Type != "echo_ok" || *r.Body.InReplyTo != 77) {
		err = fmt.Errorf("the reply to echo is %s", r.line)
	}
	return err
}

func TestDefectLineOver64KiBEndsTheNode(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.handleEcho()
		_, err := h.ask(`{"src":"c1","body":{"type":"echo","msg_id":1,"x":"` + strings.Repeat("x", 64<<10) + `"}}`)
		return err
	})
}

func TestDefectReplyRoundsIntegersAbove2To53(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.Handle("get", func(msg maelstrom.Message) error {
			return h.Reply(msg, map[string]any{"type": "get_ok", "value": int64(9007199254740993)})
		})
		r, err := h.ask(`{"src":"c1","body":{"type":"get","msg_id":1}}`)
		if err == nil && string(r.Body.Value) != "9007199254740993" {
			err = fmt.Errorf("9007199254740993 became %s", r.Body.Value)
		}
		return err
	})
}

func TestDefectRPCRoundsIntegersAbove2To53(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		body := map[string]any{"type": "put", "value": int64(9223372036854775807)}
		if err := h.RPC("n2", body, func(maelstrom.Message) error { return nil }); err != nil {
			return err
		}
		h.start()
		r, err := h.next()
		if err == nil && string(r.Body.Value) != "9223372036854775807" {
			err = fmt.Errorf("9223372036854775807 became %s", r.Body.Value)
		}
		return err
	})
}

// This is for the race detector, to which the official library shows its race as well; that
// cannot be asserted, as it would fail this test.
func TestDefectInitRacesWithID(t *testing.T) {
	require.NoError(t, against(t, ours, func(t *testing.T, h *host) error {
		stop := make(chan struct{})
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						if ids := h.NodeIDs(); h.ID() == "" && len(ids) > 0 {
							t.Error("the node ids were known before the node's own")
						}
						runtime.Gosched()
					}
				}
			})
		}
		_, err := h.ask(`{"src":"c0","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}`)
		close(stop)
		readers.Wait()
		return err
	}))
}

func TestDefectMessagesOfOneSenderAreReordered(t *testing.T) {
	const burst = 100
	message := func(i int) string { return fmt.Sprintf(`{"src":"n2","body":{"type":"put","value":%d}}`, i) }
	disorder := func(order []int) bool {
		for i, v := range order {
			if i != v {
				return true
			}
		}
		return false
	}

	var order []int
	c := nodetest.Start(t, func(n *node.Node) {
		node.Receive(n, "put", func(_ context.Context, m struct{ Value int }) { order = append(order, m.Value) })
	})
	for i := range burst {
		c.Deliver(message(i))
	}
	c.Close()
	require.Len(t, order, burst)
	require.False(t, disorder(order))

	// The official handlers run in goroutines; that they do not run in order is a matter of time.
	rounds := 0
	require.NoError(t, against(t, official, func(t *testing.T, h *host) error {
		var mu sync.Mutex
		var order []int
		h.Handle("put", func(msg maelstrom.Message) error {
			mu.Lock()
			defer mu.Unlock()
			var v int
			if _, err := fmt.Sscanf(string(msg.Body), `{"type":"put","value":%d}`, &v); err != nil {
				return err
			}
			order = append(order, v)
			return nil
		})
		for {
			var lines []string
			for i := range burst {
				lines = append(lines, message(i))
			}
			if err := h.send(strings.Join(lines, "\n")); err != nil {
				return err
			}
			synctest.Wait()
			if rounds++; disorder(order) {
				return nil
			}
			order = nil
		}
	}))
	t.Logf("official library: reordered in round %d", rounds)
}

func TestDefectAbsentMsgIDIsTakenForZero(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.handleEcho()
		if r, err := h.ask(`{"src":"c1","body":{"type":"echo","msg_id":0}}`); err != nil || r.Body.InReplyTo == nil || *r.Body.InReplyTo != 0 {
			return fmt.Errorf("the reply to msg_id 0 is %s: %w", r.line, err)
		}
		r, err := h.ask(`{"src":"c1","body":{"type":"echo"}}`)
		if err == nil && r.Body.InReplyTo != nil {
			err = fmt.Errorf("what asked for no reply got one to %d", *r.Body.InReplyTo)
		}
		return err
	})
}

func TestDefectInReplyToZeroIsTakenForAbsent(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.handleEcho()
		if err := h.send(`{"src":"n2","body":{"type":"echo","msg_id":5,"in_reply_to":0}}`); err != nil {
			return err
		}
		synctest.Wait()
		if len(h.lines) > 0 {
			return fmt.Errorf("a reply was taken for a request and answered: %s", <-h.lines)
		}
		return h.requireAlive()
	})
}

func TestDefectUnknownTypeKillsTheNode(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.handleEcho()
		r, err := h.ask(`{"src":"c1","body":{"type":"what","msg_id":3}}`)
		if err != nil {
			return err
		}
		if r.Body.Code == nil || *r.Body.Code != node.NotSupported || *r.Body.InReplyTo != 3 {
			return fmt.Errorf("the reply is %s", r.line)
		}
		return h.requireAlive()
	})
}

func TestDefectBadLineKillsTheNode(t *testing.T) {
	for _, line := range []string{``, `rubbish`, `{"src":"c1","body":`, `{"src":"c1","body":"text"}`, `{"src":1,"body":{}}`, `{"src":"c1","body":{"type":7}}`} {
		requireDefect(t, func(t *testing.T, h *host) error {
			h.handleEcho()
			if err := h.send(line); err != nil {
				return err
			}
			return h.requireAlive()
		})
	}

	// Whoever can be told is told.
	require.NoError(t, against(t, ours, func(t *testing.T, h *host) error {
		r, err := h.ask(`{"src":"c1","body":{"type":7,"msg_id":3}}`)
		if err == nil && (r.Body.Code == nil || *r.Body.Code != node.MalformedRequest || *r.Body.InReplyTo != 3) {
			err = fmt.Errorf("the reply is %s", r.line)
		}
		return err
	}))
}

func TestDefectWrappedRPCErrorTurnsIntoCrash(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.Handle("cas", func(maelstrom.Message) error {
			return fmt.Errorf("cannot swap: %w", maelstrom.NewRPCError(maelstrom.PreconditionFailed, "changed"))
		})
		r, err := h.ask(`{"src":"c1","body":{"type":"cas","msg_id":1}}`)
		if err == nil && *r.Body.Code != maelstrom.PreconditionFailed {
			err = fmt.Errorf("code %d turned into %d", maelstrom.PreconditionFailed, *r.Body.Code)
		}
		return err
	})
}

// The official library logs two lines per message; each is a system call. Ours is quiet by default.
func TestDefectEveryMessageIsLogged(t *testing.T) {
	logged := func(create func(in io.Reader, out io.Writer) officialAPI) string {
		file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
		require.NoError(t, err)
		stderr := os.Stderr
		os.Stderr = file
		log.SetOutput(file)
		defer func() {
			os.Stderr = stderr
			log.SetOutput(io.Discard)
		}()
		var out strings.Builder
		n := create(strings.NewReader(`{"src":"c1","body":{"type":"echo","msg_id":1}}`+"\n"), &out)
		n.Handle("echo", func(msg maelstrom.Message) error { return n.Reply(msg, map[string]any{"type": "echo_ok"}) })
		require.NoError(t, n.Run())
		require.Contains(t, out.String(), "echo_ok")
		text, err := os.ReadFile(file.Name())
		require.NoError(t, err)
		return string(text)
	}
	require.Empty(t, logged(func(in io.Reader, out io.Writer) officialAPI {
		n := node.NewNode() // has the default logger
		n.Stdin, n.Stdout = in, out
		n.Init("n1", []string{"n1"})
		return n
	}))
	text := logged(func(in io.Reader, out io.Writer) officialAPI {
		n, _ := official.new(in, out)
		return n
	})
	require.Equal(t, 2, strings.Count(text, "\n"), text)
}

// Reply has to add one field. The official library decodes and encodes the body again for that, at a cost that grows
// with the number of values in it.
func TestDefectBodyIsParsedAgainAndAgain(t *testing.T) {
	body := make([]int, 1000)
	for i := range body {
		body[i] = 1000 + i // smaller ones need no allocation in an any
	}
	allocations := func(lib library) float64 {
		log.SetOutput(io.Discard)
		n, _ := lib.new(strings.NewReader(""), io.Discard)
		req := maelstrom.Message{Src: "c1", Body: []byte(`{"type":"read","msg_id":1}`)}
		return testing.AllocsPerRun(10, func() {
			require.NoError(t, n.Reply(req, map[string]any{"type": "read_ok", "messages": body}))
		})
	}
	require.Less(t, allocations(ours), 50.0)
	require.Greater(t, allocations(official), 1000.0)
}
