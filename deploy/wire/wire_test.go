package wire

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// message returns a message of the protocol.
func message(t testing.TB, src, dest, text string) Message {
	m, err := Parse(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{"type":"say","text":%q}}`, src, dest, text))
	require.NoError(t, err)
	return m
}

// heard collects what arrives.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) handle(m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, string(m.Line))
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.lines...)
}

func (h *heard) await(t *testing.T, count int) []string {
	require.Eventually(t, func() bool { return len(h.all()) >= count }, time.Minute, time.Millisecond)
	return h.all()
}

// newBroker returns a broker in this process.
func newBroker(t testing.TB, port int) *server.Server {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(s.Shutdown)
	require.True(t, s.ReadyForConnections(time.Minute))
	return s
}

func connect(t testing.TB, s *server.Server) *nats.Conn {
	c, err := nats.Connect(s.ClientURL(), Options()...)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// freePeers returns peers with addresses that are free at the moment.
func freePeers(t testing.TB, ids ...string) Peers {
	var text strings.Builder
	for _, id := range ids {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		fmt.Fprintln(&text, id, l.Addr())
	}
	p, err := ReadPeers(strings.NewReader(text.String()))
	require.NoError(t, err)
	return p
}

// wires returns, for each kind of wire, a function that makes ends of one network.
func wires(t *testing.T) map[string]func(t *testing.T) Wire {
	broker, peers := newBroker(t, server.RANDOM_PORT), freePeers(t, "n1", "n2")
	return map[string]func(t *testing.T) Wire{
		"nats": func(t *testing.T) Wire { return NATS(connect(t, broker), "test") },
		"tcp":  func(*testing.T) Wire { return TCP(peers) },
	}
}

// What every wire does.
func TestWires(t *testing.T) {
	for name, end := range wires(t) {
		t.Run(name, func(t *testing.T) {
			n1, n2, c1 := end(t), end(t), end(t)
			var at1, at2, atClient heard
			_, err := n1.Receive("n1", func(m Message) {
				at1.handle(m)
				if m.Src == "c1" {
					_ = n1.Send(message(t, "n1", "c1", "answer"))
				}
			})
			require.NoError(t, err)
			stop2, err := n2.Receive("n2", at2.handle)
			require.NoError(t, err)
			_, err = c1.Receive("c1", atClient.handle)
			require.NoError(t, err)
			flush(t, n1, n2, c1)

			// A client gets its answer.
			require.NoError(t, c1.Send(message(t, "c1", "n1", "question")))
			require.Equal(t, []string{string(message(t, "n1", "c1", "answer").Line)}, atClient.await(t, 1))
			require.Equal(t, []string{string(message(t, "c1", "n1", "question").Line)}, at1.all())

			// Many messages from several senders arrive, those of each in order, and nobody else gets them.
			const count = 200
			var sending sync.WaitGroup
			for _, src := range []string{"n1", "c1"} {
				w := map[string]Wire{"n1": n1, "c1": c1}[src]
				sending.Go(func() {
					for i := range count {
						if err := w.Send(message(t, src, "n2", fmt.Sprint(i))); err != nil {
							t.Error(err)
						}
					}
				})
			}
			sending.Wait()
			got := at2.await(t, 2*count)
			require.Len(t, got, 2*count)
			for _, src := range []string{"n1", "c1"} {
				next := 0
				for _, line := range got {
					if line == string(message(t, src, "n2", fmt.Sprint(next)).Line) {
						next++
					}
				}
				require.Equal(t, count, next, src)
			}
			require.Len(t, at1.all(), 1)

			// The longest message arrives.
			long := message(t, "n1", "n2", strings.Repeat("x", MaxLine-100))
			require.NoError(t, n1.Send(long))
			require.Equal(t, string(long.Line), at2.await(t, 2*count+1)[2*count])

			// Who has stopped gets nothing.
			stop2()
			stop2()
			_ = n1.Send(message(t, "n1", "n2", "too late"))
			_ = n1.Send(message(t, "n1", "n1", "to itself"))
			at1.await(t, 2)
			require.Len(t, at2.all(), 2*count+1)
			n1.Close()
			n2.Close()
			c1.Close()
		})
	}
}

// flush makes the broker know of what is subscribed.
func flush(t *testing.T, wires ...Wire) {
	for _, w := range wires {
		if n, ok := w.(*natsWire); ok {
			require.NoError(t, n.conn.Flush())
		}
	}
}

// Clusters on one broker do not hear each other.
func TestClustersAreSeparate(t *testing.T) {
	conn := connect(t, newBroker(t, server.RANDOM_PORT))
	a, b := NATS(conn, "a"), NATS(conn, "b")
	var atA, atB heard
	for w, h := range map[Wire]*heard{a: &atA, b: &atB} {
		_, err := w.Receive("n1", h.handle)
		require.NoError(t, err)
	}
	require.NoError(t, b.Send(message(t, "n2", "n1", "to b")))
	atB.await(t, 1)
	require.Empty(t, atA.all())
}

// A wire over a broker that goes away loses messages, says so, and works again when the broker is back.
func TestBrokerComesBack(t *testing.T) {
	broker := newBroker(t, server.RANDOM_PORT)
	port := broker.Addr().(*net.TCPAddr).Port
	w := NATS(connect(t, broker), "test")
	var at heard
	_, err := w.Receive("n1", at.handle)
	require.NoError(t, err)
	broker.Shutdown()
	broker.WaitForShutdown()
	require.Eventually(t, func() bool { return w.Send(message(t, "n2", "n1", "lost")) != nil }, time.Minute, time.Millisecond)
	require.ErrorContains(t, w.Send(message(t, "n2", "n1", "lost")), "a message from n2 to n1 is lost")
	require.GreaterOrEqual(t, w.Lost(), int64(2))
	newBroker(t, port)
	require.Eventually(t, func() bool {
		_ = w.Send(message(t, "n2", "n1", "again"))
		return len(at.all()) > 0
	}, time.Minute, 10*time.Millisecond)
}

// A node that listens again is found again, whoever was there first.
func TestPeersComeBack(t *testing.T) {
	peers := freePeers(t, "n1", "n2")
	n1 := TCP(peers)
	defer n1.Close()
	var first heard
	require.NoError(t, n1.Send(message(t, "n1", "n2", "early")), "it waits for n2")
	n2 := TCP(peers)
	_, err := n2.Receive("n2", first.handle)
	require.NoError(t, err)
	first.await(t, 1)
	n2.Close()

	var second heard
	n2 = TCP(peers)
	defer n2.Close()
	_, err = n2.Receive("n2", second.handle)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_ = n1.Send(message(t, "n1", "n2", "again"))
		return len(second.all()) > 0
	}, time.Minute, 10*time.Millisecond)
	require.Len(t, first.all(), 1)
}

// Nobody is held back by a party that does not read, or is not there.
func TestQueuesAreBounded(t *testing.T) {
	w := TCP(freePeers(t, "n1"))
	m := message(t, "n2", "n1", strings.Repeat("x", MaxLine-100))
	for range maxOutbox / len(m.Line) {
		require.NoError(t, w.Send(m))
	}
	require.EqualError(t, w.Send(m), "wire: a message from n2 to n1 is lost: what waits for it fills the queue")
	require.EqualValues(t, 1, w.Lost())
	require.EqualError(t, w.Send(message(t, "n2", "c9", "")), "wire: a message from n2 to c9 is lost: it has no address, and no connection is open over which it has sent anything")
	w.Close()
	require.ErrorIs(t, w.Send(m), net.ErrClosed)
}

// What is not a wire is hung up on.
func TestStrangers(t *testing.T) {
	peers := freePeers(t, "n1")
	w := TCP(peers)
	defer w.Close()
	var at heard
	_, err := w.Receive("n1", at.handle)
	require.NoError(t, err)
	for _, text := range []string{"GET / HTTP/1.1\r\n", strings.Repeat("x", MaxLine+10), `{"src":"a b","dest":"n1","body":{}}` + "\n"} {
		c, err := net.Dial("tcp", peers.Addresses["n1"])
		require.NoError(t, err)
		_, _ = c.Write([]byte(text))
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		_, err = c.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotErrorIs(t, err, net.ErrClosed)
		var timeout net.Error
		require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "it was hung up")
		_ = c.Close()
	}
	require.Empty(t, at.all())
}

func TestParse(t *testing.T) {
	for line, says := range map[string]string{
		`{"src":"n1","dest":"n2","body":{"type":"x"}}`: "",
		`hello`: "is not a message of the protocol",
		`{"src":"n1","dest":">","body":{"type":"x"}}`:   `has the address ">": want a name of letters, digits, hyphens and underscores`,
		`{"src":"n1","dest":"a.b","body":{"type":"x"}}`: `has the address "a.b"`,
		`{"src":"","dest":"n1","body":{"type":"x"}}`:    `has the address "": want a name of 1 to 64 characters`,
		strings.Repeat(" ", MaxLine+1):                  "has 1048577 bytes: a message has at most 1048576",
	} {
		_, err := Parse([]byte(line))
		if says == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, says)
		}
	}
}

func TestReadPeers(t *testing.T) {
	p, err := ReadPeers(strings.NewReader("# ours\n\nn2 127.0.0.1:2\n  n1\t[::1]:1  \n"))
	require.NoError(t, err)
	require.Equal(t, Peers{[]string{"n2", "n1"}, map[string]string{"n1": "[::1]:1", "n2": "127.0.0.1:2"}}, p)
	for text, says := range map[string]string{
		"":                         "there is no node in it",
		"n1":                       "line 1: 1 words: want an id and an address",
		"n1 a:1\nn*2 b:1":          `line 2: id "n*2"`,
		"n1 127.0.0.1":             `line 1: address "127.0.0.1"`,
		"n1 a:1\nn1 a:2":           "line 2: n1 is there twice",
		"n1 a:1\nn2 a:1":           "line 2: n1 and n2 have the same address",
		strings.Repeat("x", 70000): "line 1: bufio.Scanner: token too long",
	} {
		_, err := ReadPeers(strings.NewReader(text))
		require.ErrorContains(t, err, says)
	}
}

func FuzzReadPeers(f *testing.F) {
	f.Add("n1 127.0.0.1:1\nn2 [::1]:2")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPeers(strings.NewReader(text))
		if err == nil {
			require.Len(t, p.Addresses, len(p.IDs))
		}
	})
}
