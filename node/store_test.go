package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
	"glomers/node/nodetest"
)

// A diskInMemory is a Disk whose writes end when the test says so.
type diskInMemory struct {
	mu     sync.Mutex
	file   []byte
	writes int         // begun
	done   func(error) // of the present one
	after  []byte      // the file after it
}

func (d *diskInMemory) Load() ([]byte, error) { return slices.Clone(d.file), nil }

func (d *diskInMemory) Write(offset int64, p []byte, done func(error)) {
	d.begin(append(slices.Clone(d.file[:offset]), p...), done)
}

func (d *diskInMemory) Replace(p []byte, done func(error)) { d.begin(slices.Clone(p), done) }

func (d *diskInMemory) begin(after []byte, done func(error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.done != nil {
		panic("two writes at once")
	}
	d.writes++
	d.after, d.done = after, done
}

// finish ends the present write.
func (d *diskInMemory) finish(err error) {
	d.mu.Lock()
	done := d.done
	if err == nil {
		d.file = d.after
	}
	d.done = nil
	d.mu.Unlock()
	done(err)
}

// A notebook is a node that promises to keep words.
type notebook struct {
	store *node.Store
	words []string
}

type wordsReply struct {
	Words []string `json:"words"`
}

func (b *notebook) serve(n *node.Node, dir string) {
	b.store = node.OpenStore(n, dir)
	n.OnInit(func(context.Context) error {
		return b.store.Replay(
			func(state []byte) error { return json.Unmarshal(state, &b.words) },
			func(record []byte) error { b.words = append(b.words, string(record)); return nil },
		)
	})
	node.HandleRPC(n, "keep", func(ctx context.Context, w word) (struct{}, error) {
		if err := b.store.Full(); err != nil {
			return struct{}{}, err
		}
		b.words = append(b.words, w.Word)
		b.store.Append([]byte(w.Word))
		return struct{}{}, b.store.Sync(ctx)
	})
	node.HandleRPC(n, "checkpoint", func(context.Context, struct{}) (struct{}, error) {
		state, err := json.Marshal(b.words)
		b.store.Checkpoint(state)
		return struct{}{}, err
	})
	node.HandleRPC(n, "words", func(context.Context, struct{}) (wordsReply, error) { return wordsReply{b.words}, nil })
}

// startNotebook starts a life of the node on the directory.
func startNotebook(t *testing.T, dir string) (*nodetest.Client, *notebook) {
	t.Helper()
	b := new(notebook)
	c := nodetest.New(t, func(n *node.Node) { b.serve(n, dir) })
	c.Init("n0")
	return c, b
}

func TestStoreSurvives(t *testing.T) {
	dir := t.TempDir()
	for life := range 3 {
		synctest.Test(t, func(t *testing.T) {
			c, b := startNotebook(t, dir)
			require.Len(t, nodetest.Request[wordsReply](c, "words", struct{}{}).Words, 2*life)
			nodetest.Request[struct{}](c, "keep", word{fmt.Sprint("a", life)})
			if life == 1 {
				nodetest.Request[struct{}](c, "checkpoint", struct{}{})
			}
			nodetest.Request[struct{}](c, "keep", word{fmt.Sprint("b", life)})
			require.EqualValues(t, 2, b.store.Stats().Records)
			c.Close()
		})
		require.FileExists(t, filepath.Join(dir, "n0.store"))
		require.NoFileExists(t, filepath.Join(dir, "n0.new"))
	}
	synctest.Test(t, func(t *testing.T) {
		c, _ := startNotebook(t, dir)
		require.Equal(t, []string{"a0", "b0", "a1", "b1", "a2", "b2"}, nodetest.Request[wordsReply](c, "words", struct{}{}).Words)
		c.Close()
	})
}

// Without a directory, a store forgets, and promises nothing.
func TestStoreInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, b := startNotebook(t, "")
		nodetest.Request[struct{}](c, "keep", word{"a"})
		nodetest.Request[struct{}](c, "checkpoint", struct{}{})
		require.Zero(t, b.store.Size())
		c.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		c, _ := startNotebook(t, "")
		require.Empty(t, nodetest.Request[wordsReply](c, "words", struct{}{}).Words)
		c.Close()
	})
}

func TestDamagedStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "n0.store")
	require.NoError(t, os.WriteFile(file, []byte("glomers store 1\nand then something else"), 0o600))
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.New(t, func(n *node.Node) { new(notebook).serve(n, dir) })
		c.Deliver(`{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}`)
		require.Contains(t, string(c.Expect("c1", "error").Body), "the store is damaged at byte 16")
		c.Close()
	})
	left, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "glomers store 1\nand then something else", string(left), "it is there to be looked at")
}

func TestDirectoryThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := nodetest.New(t, func(n *node.Node) { new(notebook).serve(n, filepath.Join(t.TempDir(), "nowhere")) })
		c.Deliver(`{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}`)
		require.Contains(t, string(c.Expect("c1", "error").Body), "the directory of the store")
		c.Close()
	})
}

// onDisk runs a node on a disk that the test controls.
func onDisk(t *testing.T, d node.Disk, register func(n *node.Node)) (mem *node.Mem, replies func() []string, end func() error) {
	t.Helper()
	var mu sync.Mutex
	var lines []string
	mem = node.NewMem(func(line []byte) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, string(line))
	})
	n := node.New(node.Options{Transport: mem, Disk: d, Seed: 1})
	register(n)
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	mem.Deliver([]byte(`{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1"]}}`))
	replies = func() []string {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		all := lines
		lines = nil
		return all
	}
	require.Len(t, replies(), 1)
	return mem, replies, func() error {
		mem.CloseInput()
		return <-ended
	}
}

func keep(mem *node.Mem, id int) {
	mem.Deliver(fmt.Appendf(nil, `{"src":"c1","dest":"n0","body":{"type":"keep","word":"w%d","msg_id":%d}}`, id, id))
}

// A sync carries all requests that came while the one before it was under way.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, b := new(diskInMemory), new(notebook)
		mem, replies, end := onDisk(t, d, func(n *node.Node) { b.serve(n, "") })
		for i := range 5 {
			keep(mem, i+2)
		}
		require.Empty(t, replies())
		d.finish(nil)
		require.Len(t, replies(), 1)
		d.finish(nil)
		require.Len(t, replies(), 4)
		require.Equal(t, 2, d.writes)
		require.Equal(t, node.StoreStats{Records: 5, Syncs: 2, Bytes: int64(len(d.file))}, b.store.Stats())
		require.NoError(t, end())
	})
}

// Requests wait for room on a full disk, new ones are refused, and nothing is lost, also if a state comes meanwhile.
func TestFullDisk(t *testing.T) {
	for _, state := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d, b := new(diskInMemory), new(notebook)
			mem, replies, end := onDisk(t, d, func(n *node.Node) { b.serve(n, "") })
			keep(mem, 2)
			keep(mem, 3)
			require.Empty(t, replies())
			d.finish(fmt.Errorf("%w: no room", node.ErrDiskFull))
			keep(mem, 4)
			require.Contains(t, replies()[0], `"in_reply_to":4,"type":"error","code":11,"text":"the disk of n0 is full"`)
			if state {
				mem.Deliver([]byte(`{"src":"c1","dest":"n0","body":{"type":"checkpoint"}}`))
			}
			time.Sleep(time.Second)
			require.Empty(t, replies())
			d.finish(nil)
			require.Len(t, replies(), 2)
			keep(mem, 5)
			require.Empty(t, replies())
			d.finish(nil)
			require.Len(t, replies(), 1)
			require.NoError(t, end())

			again := new(notebook)
			_, _, end = onDisk(t, d, func(n *node.Node) { again.serve(n, "") })
			require.Equal(t, []string{"w2", "w3", "w5"}, again.words)
			require.NoError(t, end())
		})
	}
}

// After any other error it is not known what the file has: the node ends, and says why.
func TestBrokenDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(diskInMemory)
		mem, replies, end := onDisk(t, d, func(n *node.Node) { new(notebook).serve(n, "") })
		keep(mem, 2)
		require.Empty(t, replies())
		d.finish(errors.New("input/output error"))
		require.EqualError(t, end(), "node: the store of n0: input/output error")
	})
}
