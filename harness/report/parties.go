package report

import (
	"cmp"
	"slices"
	"strings"

	"glomers/harness/record"
)

// names numbers names from 0. Names that do not fit share a last number.
type names struct {
	list   []string
	index  map[string]int
	limit  int
	others string
}

const (
	maxParties = 1 << 16 // the page has 16 bits for a party
	maxTypes   = 64      // more would not help a reader
)

func newNames(limit int, others string) *names {
	return &names{index: make(map[string]int), limit: limit, others: others}
}

// number returns the number of a name, and assigns one if the name is new.
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

// A party is a sender or receiver of messages.
type party struct {
	ID   string `json:"id"`
	Role string `json:"role"` // record.Node, Service or Client
}

// arrange returns the parties in the order in which readers look for them: nodes, services, clients, each sorted by name.
// places maps numbers to positions in this order.
func arrange(ids []string, role func(id string) string) (parties []party, places []int) {
	order := make([]int, len(ids))
	all := make([]party, len(ids))
	for i, id := range ids {
		order[i] = i
		all[i] = party{id, role(id)}
	}
	rank := map[string]int{record.Node: 0, record.Service: 1, record.Client: 2}
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

// natural compares names so that n10 comes after n9.
func natural(a, b string) int {
	stemA, stemB := strings.TrimRight(a, "0123456789"), strings.TrimRight(b, "0123456789")
	if stemA != stemB {
		return cmp.Compare(a, b)
	}
	a, b = strings.TrimLeft(a[len(stemA):], "0"), strings.TrimLeft(b[len(stemB):], "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
