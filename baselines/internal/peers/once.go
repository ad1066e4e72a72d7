package peers

import "glomers/node"

// A Number identifies a request of a node among the requests of all nodes. It is 0 for a client's own request, which is not
// repeated.
type Number uint64

// NewNumber draws a number. Two are the same with probability 2^-64.
func NewNumber(n *node.Node) Number { return Number(n.Rand().Uint64()) | 1 }

// Once carries out each request only once, although it may arrive several times. It remembers all replies for ever; a real
// system would forget those that the requester has received. The zero value is ready for use.
type Once[Resp any] struct{ replies map[Number]Resp }

// Do calls f and returns its result. If f has already been called for the same request, Do returns that result instead. f
// must not wait.
func (o *Once[Resp]) Do(request Number, f func() Resp) Resp {
	if reply, ok := o.replies[request]; ok {
		return reply
	}
	reply := f()
	if request != 0 {
		if o.replies == nil {
			o.replies = make(map[Number]Resp)
		}
		o.replies[request] = reply
	}
	return reply
}
