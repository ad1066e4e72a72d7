package peers

import "glomers/node"

// A Number tells a request that a node makes from all others that any node makes; 0 is that of a client's
// own request, which is not repeated.
type Number uint64

// NewNumber draws a number. Two are the same with probability 2^-64.
func NewNumber(n *node.Node) Number { return Number(n.Rand().Uint64()) | 1 }

// Once carries requests out that may arrive several times. It remembers all replies, for ever. A real system
// would let those go that the asker has seen. The zero value is ready for use.
type Once[Resp any] struct{ replies map[Number]Resp }

// Do calls f, unless it has been called for the same request: then it returns what that gave. f must not wait.
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
