package harness

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"glomers/node"
)

// nodeIDs returns n0 … n(k-1) if NodeCount is set, otherwise Nodes or, if that is empty, n1 … n5. NodeCount has precedence, as
// in the reference.
func (t Test) nodeIDs() []string {
	first, count := 0, t.NodeCount
	switch {
	case count > 0:
	case len(t.Nodes) > 0:
		return slices.Clone(t.Nodes)
	default:
		first, count = 1, 5
	}
	ids := make([]string, count)
	for i := range ids {
		ids[i] = "n" + strconv.Itoa(first+i)
	}
	return ids
}

var (
	plainID  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`) // the id is also used as the name of a file
	clientID = regexp.MustCompile(`^c[0-9]+$`)
)

// checkNodes returns an error if an id in Nodes cannot be used. The reference accepts any id, and then counts a node whose id
// begins with c as a client.
func (t Test) checkNodes() error {
	services := []string{node.LinKV, node.SeqKV, node.LWWKV, node.LinTSO, propertiesID}
	for i, id := range t.Nodes {
		switch {
		case !plainID.MatchString(id):
			return fmt.Errorf("node %q: want letters, digits, '_', '-' and '.', at most 100 of them", id)
		case clientID.MatchString(id):
			return fmt.Errorf("node %q: c0, c1, … are the clients; want another id", id)
		case slices.Contains(services, id):
			return fmt.Errorf("node %q: that is a service, as are %s; want another id", id, strings.Join(services, ", "))
		case slices.Contains(t.Nodes[:i], id):
			return fmt.Errorf("node %q is given twice", id)
		}
	}
	return nil
}
