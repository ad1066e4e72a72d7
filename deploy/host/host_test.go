package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/deploy/internal/testnode"
	"glomers/deploy/wire"
)

func TestMain(m *testing.M) { testnode.Main(m) }

// local is a wire within this process, that loses nothing.
type local struct {
	mu      sync.Mutex
	parties map[string]func(wire.Message)
}

func (l *local) Send(m wire.Message) error {
	m.Line = append([]byte{}, m.Line...)
	go func() {
		l.mu.Lock()
		handle := l.parties[m.Dest]
		l.mu.Unlock()
		if handle != nil {
			handle(m)
		}
	}()
	return nil
}

func (l *local) Receive(party string, handle func(wire.Message)) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.parties[party] != nil {
		return nil, fmt.Errorf("%s receives already", party)
	}
	l.parties[party] = handle
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.parties, party)
	}, nil
}

func (l *local) Lost() int64 { return 0 }
func (l *local) Close()      {}

// A bench is a host under test, with what it has said.
type bench struct {
	*Host
	*testing.T
	wire  *local
	notes chan string
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, wire: &local{parties: make(map[string]func(wire.Message))}, notes: make(chan string, 1000)}
	h, err := New(Config{Wire: b.wire, Dir: t.TempDir(), Note: func(id, text string) { b.notes <- id + " " + text }})
	require.NoError(t, err)
	b.Host = h
	t.Cleanup(h.Close)
	return b
}

func (b *bench) start(id string, things ...string) error {
	path, args := testnode.Program(things...)
	return b.Start(b.Context(), Spec{ID: id, IDs: []string{"n1", "n2"}, Path: path, Args: args})
}

// call sends a request to a node as a client, and returns the answer.
func (b *bench) call(dest, body string) string {
	answers := make(chan string, 1)
	stop, err := b.wire.Receive("c1", func(m wire.Message) { answers <- string(m.Line) })
	require.NoError(b, err)
	defer stop()
	require.NoError(b, b.wire.Send(message(b, "c1", dest, body)))
	select {
	case a := <-answers:
		return a
	case <-time.After(time.Minute):
		b.Fatal("no answer")
		return ""
	}
}

func (b *bench) note() string {
	select {
	case text := <-b.notes:
		return text
	case <-time.After(time.Minute):
		b.Fatal("nothing is said")
		return ""
	}
}

// A node finds its directory again after a kill.
func TestHost(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.start("n1"))
	require.NoError(t, b.start("n2"))
	require.EqualError(t, b.start("n1"), "host: node n1: it is running already")
	require.Contains(t, b.call("n1", `{"type":"relay","to":"n2","echo":"hello","msg_id":7}`), `"echo":"hello"`)
	require.Contains(t, b.call("n1", `{"type":"starts","msg_id":1}`), `"starts":1`)
	require.NoError(t, b.Kill("n1"))
	require.Equal(t, Killed, b.Status()[0].State)
	require.NoError(t, b.start("n1"))
	require.Contains(t, b.call("n1", `{"type":"starts","msg_id":1}`), `"starts":2`)

	status := b.Status()
	require.Len(t, status, 2)
	require.Equal(t, Up, status[0].State)
	require.Positive(t, status[0].PID)
	require.EqualValues(t, 1, status[1].Sent)
	require.EqualValues(t, 1, status[1].Received)
	require.Empty(t, b.notes)
	require.EqualError(t, b.Kill("n3"), "host: there is no node n3 here")
	log, err := os.ReadFile(filepath.Join(b.Dir, "logs", "n1.log"))
	require.NoError(t, err)
	require.Equal(t, "it begins\nit begins\n", string(log))

	b.Close()
	require.Equal(t, Killed, b.Status()[0].State)
	require.EqualError(t, b.start("n1"), "host: node n1: the host is closed")
}

// Messages to a node that is paused wait.
func TestPause(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.start("n1"))
	require.NoError(t, b.start("n2"))
	require.NoError(t, b.Pause("n2"))
	require.Equal(t, Paused, b.Status()[1].State)
	done := make(chan string)
	go func() { done <- b.call("n1", `{"type":"relay","to":"n2","echo":"hello","msg_id":7}`) }()
	require.Eventually(t, func() bool { return b.Status()[1].Received == 1 }, time.Minute, time.Millisecond)
	require.Zero(t, b.Status()[1].Sent)
	require.NoError(t, b.Resume("n2"))
	require.Contains(t, <-done, `"echo":"hello"`)
}

// A node that does not begin is not left behind.
func TestBadBeginnings(t *testing.T) {
	b := newBench(t)
	require.ErrorContains(t, b.start("n1", "refuses"), `host: node n1: did not answer init with init_ok, but with {"src":"n1","dest":"host"`)
	ctx, cancel := context.WithCancel(t.Context())
	path, args := testnode.Program("silent")
	time.AfterFunc(10*time.Millisecond, cancel)
	require.ErrorIs(t, b.Start(ctx, Spec{ID: "n1", IDs: []string{"n1"}, Path: path, Args: args}), context.Canceled)
	require.ErrorContains(t, b.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1"}, Path: "/nothing/here"}), "host: node n1: ")
	require.EqualError(t, b.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n2"}}), `host: node "n1" is not one of the nodes ["n2"]`)
	require.EqualError(t, b.Start(t.Context(), Spec{ID: "n1", IDs: []string{"../n1"}}), `host: id "../n1": want a name of letters, digits, hyphens and underscores`)
	require.ErrorContains(t, b.Start(t.Context(), Spec{ID: "n1", IDs: []string{"n1"}, Path: path, Args: []string{"-test.run=^$"}}), "host: node n1: ended: ")
	require.Empty(t, b.Status())
	require.NoError(t, b.start("n1"))
}

// A node that ends by itself is seen, with its last words.
func TestEnd(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.start("n1", "ends"))
	require.Regexp(t, `^n1 ended: .*exit status 3.*; the last that it wrote:\n(?s:.*)it begins`, b.note())
	s := b.Status()[0]
	require.Equal(t, Ended, s.State)
	require.Contains(t, s.Why, "exit status 3")
	require.NoError(t, b.start("n1"), "it can be started again")
}

// Lines that are no messages of the node's own go nowhere, and are told.
func TestHostileOutput(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.start("n1", "hostile"))
	require.Contains(t, b.note(), "n1 wrote a line to stdout that is not a message of the protocol")
	require.Contains(t, b.note(), "n1 wrote a message in the name of n9; it goes nowhere: ")
	require.Contains(t, b.note(), `n1 wrote a line to stdout that has the address "*": want a name`)
	require.Contains(t, b.note(), "n1 wrote a line of 2.1 MB to stdout: a message has 1.05 MB at most; it goes nowhere: xxx")
	require.Contains(t, b.call("n1", `{"type":"echo","echo":"still here","msg_id":7}`), "still here")
	require.EqualValues(t, 4, b.Status()[0].Refused)
}

// A node that does not read loses messages, and nothing else.
func TestDeafNode(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.start("n1"))
	require.NoError(t, b.Pause("n1"))
	m, err := wire.Parse(fmt.Appendf(nil, `{"src":"n2","dest":"n1","body":{"type":"x","text":%q}}`, strings.Repeat("x", 1_000_000)))
	require.NoError(t, err)
	for range 40 {
		require.NoError(t, b.wire.Send(m))
	}
	require.Contains(t, b.note(), "n1 does not read its input: 16.8 MB wait for it")
	require.Eventually(t, func() bool { s := b.Status()[0]; return s.Received+s.Lost == 40 }, time.Minute, time.Millisecond)
	require.GreaterOrEqual(t, b.Status()[0].Lost, int64(3))
}

func TestReadLines(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                     nil,
		"a\nbc\n\nd":                           {"a", "bc", ""},
		"12345678\n":                           {"12345678"},
		"123456789\nx\n":                       {"9: 123456789", "x"},
		"1234567890123":                        nil,
		strings.Repeat("y", 200_000) + "\nz\n": {"200000: " + strings.Repeat("y", 1024), "z"},
	} {
		var got []string
		readLines(strings.NewReader(text), 8, func(line []byte) { got = append(got, string(line)) }, func(begin []byte, size int) {
			got = append(got, fmt.Sprintf("%d: %s", size, begin))
		})
		require.Equal(t, want, got)
	}
	long := strings.Repeat("y", 200_000)
	readLines(strings.NewReader(long+"\n"), 200_000, func(line []byte) { require.Equal(t, long, string(line)) }, func([]byte, int) { t.Error("it is not too long") })
}

// A log that is full becomes the earlier one.
func TestLogRotates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n1.log")
	failed := make(chan error, 10)
	l, err := openLog(path, func(err error) { failed <- err })
	require.NoError(t, err)
	text := []byte(strings.Repeat("x", 1<<20))
	for range 17 {
		_, err := l.Write(text)
		require.NoError(t, err)
	}
	l.close()
	for name, size := range map[string]int64{path: 1 << 20, path + ".1": maxLog} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, size, info.Size())
	}
	l, err = openLog(path, func(err error) { failed <- err })
	require.NoError(t, err)
	require.NoError(t, l.file.Close()) // as if the disk had failed
	for range 2 {
		_, err := l.Write(text)
		require.NoError(t, err)
	}
	require.ErrorContains(t, <-failed, "log: write ")
	require.Empty(t, failed)
}
