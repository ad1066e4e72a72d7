package node_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// The defects of the official library in calls and in the clients of services; the others are
// in official_defects_test.go.

func TestDefectSyncRPCLeaksItsCallback(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.start()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := h.SyncRPC(ctx, "n2", map[string]any{"type": "ask"}); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("unexpected error %w", err)
		}
		if n := waitingCallbacks(h); n != 0 {
			return fmt.Errorf("%d callback waits for ever", n)
		}
		return nil
	})
}

// A reply that comes after SyncRPC has given up blocks the official callback for ever, and Run
// waits for that. In a bubble this would be fatal, so the official library is looked at outside.
func TestDefectLateReplyToSyncRPCHangsRun(t *testing.T) {
	abandon := func(h *host) {
		ctx, cancel := context.WithCancel(context.Background())
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			_, err := h.SyncRPC(ctx, "n2", map[string]any{"type": "ask"})
			require.ErrorIs(t, err, context.Canceled)
		}()
		<-h.lines
		cancel()
		<-asked
		require.NoError(t, h.send(`{"src":"n2","dest":"n1","body":{"type":"ask_ok","in_reply_to":1}}`))
		require.NoError(t, h.in.Close())
	}
	require.NoError(t, against(t, ours, func(t *testing.T, h *host) error {
		abandon(h)
		<-h.ended
		return h.err
	}))

	log.SetOutput(io.Discard)
	h := newHost(official)
	h.start()
	abandon(h)
	require.Eventually(t, func() bool {
		return strings.Contains(goroutines(), "maelstrom/demo/go.(*Node).SyncRPC.func1") &&
			strings.Contains(goroutines(), "maelstrom/demo/go.(*Node).Run+")
	}, 10*time.Second, time.Millisecond)
	select {
	case <-h.ended:
		t.Fatal("the official library does not have this defect any more")
	default:
	}
}

func goroutines() string {
	var s strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&s, 1) // writing to a Builder cannot fail
	return s.String()
}

func TestDefectReadIntTurnsAWrongTypeIntoZero(t *testing.T) {
	for _, value := range []string{`"text"`, `null`, `[1]`, `true`, `1.5`, `9223372036854775808`} {
		requireDefect(t, func(t *testing.T, h *host) error {
			got := make(chan error, 1)
			go func() {
				i, err := h.kv.ReadInt(context.Background(), "k")
				if err == nil {
					got <- fmt.Errorf("%s was read as %d", value, i)
					return
				}
				got <- nil
			}()
			h.start()
			if _, err := h.next(); err != nil {
				return err
			}
			if err := h.send(`{"src":"seq-kv","body":{"type":"read_ok","in_reply_to":1,"value":` + value + `}}`); err != nil {
				return err
			}
			return <-got
		})
	}
}

func TestDefectReadRoundsIntegersAbove2To53(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		got := make(chan any, 1)
		go func() {
			v, _ := h.kv.Read(context.Background(), "k")
			got <- v
		}()
		h.start()
		if _, err := h.next(); err != nil {
			return err
		}
		if err := h.send(`{"src":"seq-kv","body":{"type":"read_ok","in_reply_to":1,"value":9007199254740993}}`); err != nil {
			return err
		}
		if v := <-got; v != 9007199254740993 {
			return fmt.Errorf("9007199254740993 was read as %v", v)
		}
		return nil
	})
}

func TestDefectErrorWithCodeZeroIsLost(t *testing.T) {
	t.Run("sent", func(t *testing.T) {
		requireDefect(t, func(t *testing.T, h *host) error {
			h.Handle("ask", func(maelstrom.Message) error { return maelstrom.NewRPCError(maelstrom.Timeout, "late") })
			r, err := h.ask(`{"src":"c1","body":{"type":"ask","msg_id":1}}`)
			if err == nil && r.Body.Code == nil {
				err = fmt.Errorf("an error reply without a code: %s", r.line)
			}
			return err
		})
	})
	t.Run("received", func(t *testing.T) {
		requireDefect(t, func(t *testing.T, h *host) error {
			got := make(chan error, 1)
			go func() {
				_, err := h.SyncRPC(context.Background(), "n2", map[string]any{"type": "ask"})
				got <- err
			}()
			h.start()
			if _, err := h.next(); err != nil {
				return err
			}
			if err := h.send(`{"src":"n2","body":{"type":"error","in_reply_to":1,"code":0,"text":"late"}}`); err != nil {
				return err
			}
			if err := <-got; err == nil {
				return errors.New("an error reply was taken for success")
			}
			return nil
		})
	})
}

func TestDefectNoDefaultTimeout(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		h.start()
		got := make(chan error, 1)
		go func() {
			_, err := h.SyncRPC(context.Background(), "n2", map[string]any{"type": "ask"})
			got <- err
		}()
		select {
		case err := <-got:
			if node.ErrorCode(err) != node.Timeout {
				return fmt.Errorf("unexpected error %w", err)
			}
			return nil
		case <-time.After(time.Hour):
			// Let it go, for the sake of the bubble.
			if err := h.send(`{"src":"n2","body":{"type":"ask_ok","in_reply_to":1}}`); err != nil {
				return err
			}
			<-got
			return errors.New("it has waited for an hour")
		}
	})
}

func TestDefectNoRetry(t *testing.T) {
	requireDefect(t, func(t *testing.T, h *host) error {
		got := make(chan error, 1)
		go func() {
			_, err := h.kv.Read(context.Background(), "k")
			got <- err
		}()
		h.start()
		first, err := h.next() // is lost
		if err != nil {
			return err
		}
		verdict := error(nil)
		again, err := h.next()
		if err != nil {
			again, verdict = first, fmt.Errorf("a lost read was not repeated: %w", err)
		}
		if err := h.send(fmt.Sprintf(`{"src":"seq-kv","body":{"type":"read_ok","in_reply_to":%d,"value":1}}`, *again.Body.MsgID)); err != nil {
			return err
		}
		return errors.Join(verdict, <-got)
	})
}

func TestDefectNoTimestampClient(t *testing.T) {
	var got []int64
	c := nodetest.New(t, func(n *node.Node) {
		ts := node.NewLinTSO(n)
		n.OnInit(func(ctx context.Context) error {
			for range 3 {
				next, err := ts.Next(ctx)
				if err != nil {
					return err
				}
				got = append(got, next)
			}
			return nil
		})
	})
	next := int64(1<<53 - 1)
	c.Service(node.LinTSO, func(req node.Message) any {
		require.Equal(t, "ts", req.Type())
		next++
		return map[string]any{"ts": next}
	})
	c.Init()
	require.Equal(t, []int64{1 << 53, 1<<53 + 1, 1<<53 + 2}, got)
}
