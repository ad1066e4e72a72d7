package workload

import (
	"fmt"
	"strings"
)

// Topologies returns the names of the topologies that NewTopology accepts, the
// default first.
func Topologies() []string {
	return []string{"grid", "line", "total", "tree", "tree2", "tree3", "tree4"}
}

// NewTopology returns the neighbours of each node in the topology with this name. The neighbours and their order are those of the
// reference. Neighbours are mutual.
//
//   - "grid" or "": a square, in which each node has up to four neighbours;
//   - "line": each node is a neighbour of the nodes before and after it (a single node has no entry);
//   - "total": all other nodes are neighbours;
//   - "tree2" or "tree", "tree3", "tree4": a tree, filled row by row, in which each parent has up to 2, 3 or 4 children.
func NewTopology(name string, nodes []string) (map[string][]string, error) {
	switch name {
	case "", "grid":
		return grid(nodes), nil
	case "line":
		return line(nodes), nil
	case "total":
		return total(nodes), nil
	case "tree", "tree2":
		return tree(nodes, 2), nil
	case "tree3":
		return tree(nodes, 3), nil
	case "tree4":
		return tree(nodes, 4), nil
	}
	return nil, fmt.Errorf("workload: no topology %q: want %s", name, strings.Join(Topologies(), ", "))
}

// pick returns the nodes at the given positions, and skips positions that do not exist.
func pick(nodes []string, positions ...int) []string {
	picked := []string{} // marshals to [], not null
	for _, i := range positions {
		if 0 <= i && i < len(nodes) {
			picked = append(picked, nodes[i])
		}
	}
	return picked
}

func grid(nodes []string) map[string][]string {
	side := 0 // the square root of the number of nodes, rounded up
	for side*side < len(nodes) {
		side++
	}
	t := make(map[string][]string, len(nodes))
	for i, n := range nodes {
		right, left := i+1, i-1
		if right%side == 0 {
			right = -1
		}
		if i%side == 0 {
			left = -1
		}
		t[n] = pick(nodes, i+side, i-side, right, left)
	}
	return t
}

func line(nodes []string) map[string][]string {
	t := make(map[string][]string, len(nodes))
	if len(nodes) < 2 {
		return t
	}
	for i, n := range nodes {
		t[n] = pick(nodes, i-1, i+1)
	}
	return t
}

func total(nodes []string) map[string][]string {
	t := make(map[string][]string, len(nodes))
	for i, n := range nodes {
		t[n] = append(append([]string{}, nodes[:i]...), nodes[i+1:]...)
	}
	return t
}

// tree arranges the nodes like the array of a heap with this arity.
func tree(nodes []string, arity int) map[string][]string {
	t := make(map[string][]string, len(nodes))
	for i, n := range nodes {
		var around []int
		if i > 0 {
			around = append(around, (i-1)/arity)
		}
		for child := range arity {
			around = append(around, arity*i+1+child)
		}
		t[n] = pick(nodes, around...)
	}
	return t
}
