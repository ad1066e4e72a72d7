// Package hint has hints for the challenges and for each kind of failure: a ladder of three rungs each. The first says where to look,
// the second has the idea, the third the paper and its section. None has code.
package hint

import (
	"slices"
	"strings"
)

// Rungs is the number of rungs of each ladder.
const Rungs = 3

// A Ladder has the hints about one topic. Each rung says more than the one before it.
type Ladder struct {
	Topic string   // an id of a challenge, or a kind of failure
	About string   // the topic in a few words
	Rungs []string // where to look, the idea, the paper: plain sentences
}

// Titles name the rungs.
var Titles = [Rungs]string{"Where to look", "The idea", "To read"}

// All returns all ladders: the challenges in their order, and then the kinds of failures.
func All() []Ladder {
	return slices.Concat(challenges, general, sets, logs, transactions)
}

// Topics returns the topics of all ladders.
func Topics() []string {
	var all []string
	for _, l := range All() {
		all = append(all, l.Topic)
	}
	return all
}

// Find returns the ladder of a topic. An anomaly of transactions that contradicts the order of a process or real time has the ladder of
// the plain one. Letters may be of either case.
func Find(topic string) (Ladder, bool) {
	for _, suffix := range []string{"", "-process", "-realtime"} {
		base := strings.TrimSuffix(topic, suffix)
		for _, l := range All() {
			if strings.EqualFold(l.Topic, base) {
				return l, true
			}
		}
	}
	return Ladder{}, false
}

// ladder makes a Ladder.
func ladder(topic, about, where, idea, paper string) Ladder {
	return Ladder{topic, about, []string{where, idea, paper}}
}
