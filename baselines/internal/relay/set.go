package relay

import (
	"context"

	"glomers/node"
)

// The bodies of the workload broadcast.
type (
	// Topology tells each node its neighbours.
	Topology struct {
		Topology map[string][]string `json:"topology"`
	}
	// Message carries a value.
	Message struct {
		Message int64 `json:"message"`
	}
	// List carries values in any order.
	List struct {
		Messages []int64 `json:"messages"`
	}
)

// A Set is a set of values that only grows. The zero value is empty. It is not safe for concurrent use.
type Set struct {
	has   map[int64]bool
	order []int64 // in the order of arrival
}

// Add puts v into the set and reports whether it is new there.
func (s *Set) Add(v int64) bool {
	if s.has[v] {
		return false
	}
	if s.has == nil {
		s.has = make(map[int64]bool)
	}
	s.has[v] = true
	s.order = append(s.order, v)
	return true
}

// List returns the values in the order in which they came. An empty list marshals to an array, not to null.
func (s *Set) List() List { return List{append([]int64{}, s.order...)} }

// ServeSet registers handlers of the workload g-set, whose clients add to the set and read it.
func ServeSet(n *node.Node, s *Set) {
	type (
		addition struct {
			Element int64 `json:"element"`
		}
		elements struct {
			Value []int64 `json:"value"`
		}
	)
	node.HandleRPC(n, "add", func(_ context.Context, a addition) (struct{}, error) {
		s.Add(a.Element)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (elements, error) {
		return elements{s.List().Messages}, nil
	})
}
