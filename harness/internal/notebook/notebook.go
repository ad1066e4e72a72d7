// Package notebook has a node that keeps what it has promised, for tests of the disks that a harness gives to nodes, and the same node
// with mistakes.
package notebook

import (
	"context"
	"encoding/binary"
	"time"

	"glomers/node"
)

// A Mistake is what a notebook does wrong.
type Mistake string

const (
	None      Mistake = ""
	Forgets   Mistake = "forgets"   // it opens no store
	Hasty     Mistake = "hasty"     // it acknowledges before the sync
	Impatient Mistake = "impatient" // it waits for the sync for a while, and acknowledges in any case
)

// patience is how long an Impatient notebook waits.
const patience = 5 * time.Millisecond

// A notebook is a node of the workload g-set. It tells the others of its elements at once, and of all elements now and then.
type notebook struct {
	n        *node.Node
	store    *node.Store // nil if it forgets
	mistake  Mistake
	elements []int64 // that reads return
	known    map[int64]bool
}

type (
	element struct {
		Element int64 `json:"element"`
	}
	elements struct {
		Value []int64 `json:"value"`
	}
)

// Serve returns the function that makes a node a notebook.
func Serve(m Mistake) func(n *node.Node) {
	return func(n *node.Node) {
		b := &notebook{n: n, mistake: m, elements: []int64{}, known: make(map[int64]bool)}
		if m != Forgets {
			b.store = node.OpenStore(n, "")
			n.OnInit(func(context.Context) error { return b.store.Replay(b.restore, b.apply) })
		}
		node.HandleRPC(n, "add", b.add)
		node.HandleRPC(n, "read", func(context.Context, struct{}) (elements, error) { return elements{b.elements}, nil })
		node.Receive(n, "gossip", b.hear)
		n.Every(200*time.Millisecond, func(context.Context) { b.tell(b.elements) })
	}
}

func (b *notebook) add(ctx context.Context, e element) (struct{}, error) {
	if b.store != nil {
		if err := b.store.Full(); err != nil {
			return struct{}{}, err
		}
		b.store.Append(encode(e.Element))
	}
	if err := b.sync(ctx); err != nil {
		return struct{}{}, err
	}
	b.learn(e.Element) // not before: nobody reads what a kill could undo
	b.tell([]int64{e.Element})
	return struct{}{}, nil
}

// sync waits until everything appended is on the disk.
func (b *notebook) sync(ctx context.Context) error {
	switch b.mistake {
	case None:
		return b.store.Sync(ctx)
	case Hasty:
		b.n.After(0, func(ctx context.Context) { _ = b.store.Sync(ctx) }) // fails only when the node ends
	case Impatient:
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_ = b.store.Sync(ctx) // the mistake
	}
	return nil
}

// hear learns elements of others, which they tell of again if a kill undoes that.
func (b *notebook) hear(_ context.Context, e elements) {
	for _, v := range e.Value {
		if b.learn(v) && b.store != nil {
			b.store.Append(encode(v))
		}
	}
}

func (b *notebook) learn(v int64) (news bool) {
	if b.known[v] {
		return false
	}
	b.known[v] = true
	b.elements = append(b.elements, v)
	return true
}

func encode(v int64) []byte { return binary.AppendVarint(nil, v) }

func (b *notebook) tell(values []int64) {
	for _, peer := range b.n.Others() {
		_ = node.Notify(b.n, peer, "gossip", elements{values}) // fails only when the node ends
	}
}

// restore never happens: there are no checkpoints.
func (b *notebook) restore([]byte) error { return nil }

func (b *notebook) apply(record []byte) error {
	v, _ := binary.Varint(record)
	b.learn(v)
	return nil
}
