package service

import (
	"encoding/json"

	"glomers/harness/choice"
	"glomers/node"
)

// replicas is the number of replicas of lww-kv.
const replicas = 2

// lwwKV is the last-write-wins store: two replicas, each with a Lamport clock that stamps its writes. Before every operation,
// one random replica is merged into another (possibly the same): for each key, the value with the higher stamp wins. Then the
// operation is carried out on a random replica.
//
// The store can lose a write. A replica that does not know of an earlier write at the other replica may give a later write the
// same stamp or a lower one. When the replicas are merged, the later write can then be overwritten by the earlier.
type lwwKV struct {
	choices choice.Stream
	clocks  [replicas]int // the stamp of the replica's next write; from 1
	keys    map[string]*copies
	bytes   int // size of the keys and of both copies of their values, although two copies may share memory

	// Invariant: holds every key whose copies differ, so that the cost of a merge depends on the number of these keys, not on the
	// number of all keys.
	diverged map[string]*copies
}

// copies are a key's values at the replicas.
type copies [replicas]stamped

// A stamped is a value with the Lamport time of its write. The zero stamped, older than any other, means that the key does not
// exist.
type stamped struct {
	stamp int
	value json.RawMessage
}

func newLWWKV(choices choice.Stream) *lwwKV {
	return &lwwKV{
		choices:  choices,
		clocks:   [replicas]int{1, 1},
		keys:     make(map[string]*copies),
		diverged: make(map[string]*copies),
	}
}

func (l *lwwKV) size() int { return l.bytes }

func (l *lwwKV) do(_ string, op operation) (json.RawMessage, *node.RPCError) {
	source, dest := l.choices.IntN(replicas), l.choices.IntN(replicas)
	l.merge(source, dest)
	return l.doAt(l.choices.IntN(replicas), op)
}

// merge copies newer values from source to dest. If stamps are equal, the value of source wins.
func (l *lwwKV) merge(source, dest int) {
	if source == dest {
		return
	}
	l.clocks[dest] = max(l.clocks[dest], l.clocks[source])
	for key, c := range l.diverged {
		if c[dest].stamp <= c[source].stamp {
			l.bytes += len(c[source].value) - len(c[dest].value)
			c[dest] = c[source]
			delete(l.diverged, key)
		}
	}
}

// doAt carries out op on one replica.
func (l *lwwKV) doAt(replica int, op operation) (json.RawMessage, *node.RPCError) {
	op.create = false // lww-kv does not support it
	c := l.keys[op.key]
	if c == nil {
		c = &copies{}
	}
	out, fault := op.apply(c[replica].value)
	if out.store != nil {
		if l.keys[op.key] == nil {
			l.bytes += len(op.key) + keyCost
		}
		l.bytes += len(out.store) - len(c[replica].value)
		c[replica] = stamped{l.clocks[replica], out.store}
		l.clocks[replica]++
		l.keys[op.key], l.diverged[op.key] = c, c
	}
	return out.value, fault
}
