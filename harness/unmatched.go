package harness

import (
	"fmt"
	"slices"
	"time"
)

// An Unmatched counts messages that a node sent to clients that got no reply in time, and that none of them could take for its
// reply. A node that answers, but with a wrong in_reply_to, is no silent one.
type Unmatched struct {
	Node    string        `json:"node"`    // that was asked
	Problem string        `json:"problem"` // why a message does not answer the request
	Count   int           `json:"count"`
	Client  string        `json:"client"`  // that got the first
	Time    time.Duration `json:"time-ns"` // when that was
	Example string        `json:"example"` // the first, cut if it is long
}

const (
	maxUnmatched = 16  // kinds; there are four for each node
	exampleWidth = 200 // bytes
)

// String says it in a line.
func (u Unmatched) String() string {
	return fmt.Sprintf("%s did answer, but not in a way that a client can match with its request: %s; there were %d such, the first to %s at %.3f s: %s",
		u.Node, u.Problem, u.Count, u.Client, u.Time.Seconds(), u.Example)
}

// noteUnmatched counts u.
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

// An unmatchedList has what came in place of the replies of a run that did not come.
type unmatchedList []Unmatched

func (l *unmatchedList) add(us []Unmatched) {
	for _, u := range us {
		*l = noteUnmatched(*l, u)
	}
}
