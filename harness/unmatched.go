package harness

import (
	"fmt"
	"slices"
	"time"
)

// An Unmatched counts messages to clients that got no reply in time, where the messages had the same problem that kept clients
// from accepting them as replies. It distinguishes a node that answers with a wrong in_reply_to from a silent node.
type Unmatched struct {
	Node    string        `json:"node"`    // the node that was asked
	Problem string        `json:"problem"` // why a message does not answer the request
	Count   int           `json:"count"`
	Client  string        `json:"client"`  // the client that got the first message
	Time    time.Duration `json:"time-ns"` // the time of the first message
	Example string        `json:"example"` // the first message, cut if it is long
}

const (
	maxUnmatched = 16  // the most pairs of node and problem; each node can have four
	exampleWidth = 200 // bytes
)

// String describes u in one line.
func (u Unmatched) String() string {
	return fmt.Sprintf("%s did answer, but not in a way that a client can match with its request: %s; there were %d such, the first to %s at %.3f s: %s",
		u.Node, u.Problem, u.Count, u.Client, u.Time.Seconds(), u.Example)
}

// noteUnmatched adds u to all: to the entry of the same node and problem or, if there is room, as a new entry.
func noteUnmatched(all []Unmatched, u Unmatched) []Unmatched {
	i := slices.IndexFunc(all, func(v Unmatched) bool { return v.Node == u.Node && v.Problem == u.Problem })
	switch {
	case i >= 0:
		all[i].Count += u.Count
	case len(all) < maxUnmatched:
		all = append(all, u)
	}
	return all
}

// An unmatchedList holds the unmatched messages of a whole run.
type unmatchedList []Unmatched

func (l *unmatchedList) add(us []Unmatched) {
	for _, u := range us {
		*l = noteUnmatched(*l, u)
	}
}
