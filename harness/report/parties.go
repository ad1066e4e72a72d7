package report

import (
	"cmp"
	"slices"
	"strings"
)

// names gives numbers to names, from 0. Those for which there is no room share a last one.
type names struct {
	list   []string
	index  map[string]int
	limit  int
	others string
}

const (
	maxParties = 1 << 16 // the page has 16 bits for them
	maxTypes   = 64      // more are no help to anybody
)

func newNames(limit int, others string) *names {
	return &names{index: make(map[string]int), limit: limit, others: others}
}

// number returns the number of a name, a new one if it has none yet.
func (n *names) number(name []byte) int {
	if len(name) > maxName {
		name = append(name[:maxName:maxName], "…"...)
	}
	if i, ok := n.index[string(name)]; ok {
		return i
	}
	if len(n.list) == n.limit {
		return n.limit - 1
	}
	s := strings.ToValidUTF8(string(name), "\uFFFD")
	if len(n.list) == n.limit-1 {
		s = n.others
	}
	n.index[string(name)] = len(n.list)
	n.list = append(n.list, s)
	return len(n.list) - 1
}

// A party is somebody who sends or receives.
type party struct {
	ID   string `json:"id"`
	Role string `json:"role"` // "node", "service" or "client"
}

// arrange returns the parties in the order in which people look for them: nodes, services, clients, each by their
// names. places has the place of every number.
func arrange(ids, nodes []string) (parties []party, places []int) {
	isNode := make(map[string]bool, len(nodes))
	for _, id := range nodes {
		isNode[id] = true
	}
	order := make([]int, len(ids))
	all := make([]party, len(ids))
	for i, id := range ids {
		order[i] = i
		all[i] = party{id, role(id, isNode)}
	}
	rank := map[string]int{"node": 0, "service": 1, "client": 2}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank[all[a].Role], rank[all[b].Role]), natural(ids[a], ids[b]), cmp.Compare(a, b))
	})
	places = make([]int, len(ids))
	for place, i := range order {
		parties = append(parties, all[i])
		places[i] = place
	}
	return parties, places
}

// role guesses it if test.json does not say who the nodes are.
func role(id string, isNode map[string]bool) string {
	switch {
	case isNode[id], len(isNode) == 0 && isNumbered("n", id):
		return "node"
	case isNumbered("c", id), id == "others":
		return "client"
	}
	return "service"
}

func isNumbered(letter, id string) bool {
	digits, ok := strings.CutPrefix(id, letter)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// natural compares names so that n10 comes after n9.
func natural(a, b string) int {
	stemA, stemB := strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	if stemA != stemB {
		return cmp.Compare(a, b)
	}
	a, b = strings.TrimLeft(a[len(stemA):], "0"), strings.TrimLeft(b[len(stemB):], "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
