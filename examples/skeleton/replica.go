package main

import "slices"

// A replica decides what a node answers. It does no I/O and has no clock, so that it is tested as a function.
//
// Of n nodes, the one with index i gives out i, i+n, i+2n and so on: none has the ids of another.
type replica struct {
	id     int64 // the next one
	stride int64 // the number of nodes
}

// newReplica returns the replica of the node self among nodes.
func newReplica(self string, nodes []string) *replica {
	return &replica{id: int64(slices.Index(nodes, self)), stride: int64(len(nodes))}
}

// next returns an id that no other node gives out, and that this one has not given out since it was started.
func (r *replica) next() int64 {
	id := r.id
	r.id += r.stride
	return id
}
