package service

import (
	"strconv"

	"glomers/node"
)

// oracle is the backend of lin-tso, the timestamp oracle.
type oracle struct {
	next uint64
}

func (o *oracle) size() int { return 0 }

func (o *oracle) serve(_ string, r request) (payload, *node.RPCError) {
	if r.kind != "ts" {
		return payload{}, r.unsupported("ts")
	}
	ts := strconv.AppendUint(nil, o.next, 10)
	o.next++
	return payload{"ts", ts}, nil
}
