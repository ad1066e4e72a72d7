package why

import (
	"fmt"

	"glomers/harness/history"
	"glomers/internal/wording"
)

// A guess is a sum that a wrong read may have by a mistake that people make.
type guess struct {
	pattern string
	sum     int64
	story   []Step
	so      string
}

// bySums explains a wrong read by its value alone: it is exactly the sum of some of the adds.
func (t *tally) bySums(w *wrong) (Cause, bool) {
	for _, g := range t.guesses(w) {
		if g.sum == w.value {
			return Cause{Pattern: g.pattern, Story: g.story, So: g.so}, true
		}
	}
	return Cause{}, false
}

// guesses returns the sums of mistakes, the simplest ones first.
func (t *tally) guesses(w *wrong) []guess {
	node := w.node
	own := t.counted(node, w.end)
	var up, down int64
	for _, a := range t.adds {
		switch {
		case !a.counts() || a.begin > w.end:
			continue
		case a.delta > 0:
			up += a.delta
		default:
			down += a.delta
		}
	}
	all := up + down
	guesses := t.guessRestart(w, own, all)
	guesses = append(guesses, guess{
		"alone", own, t.example(func(a *add) bool { return a.node != node }),
		fmt.Sprintf("%d is exactly the sum of the adds that %s was itself asked for: of those of the other nodes it counts none%s", own, node, t.silence(node)),
	})
	if down != 0 && up != 0 {
		guesses = append(guesses,
			guess{"only up", up, t.example(func(a *add) bool { return a.delta < 0 }), fmt.Sprintf("%d is exactly the sum of the adds of more than 0: those of less than 0, which come to %d, are acknowledged and not counted", up, down)},
			guess{"only down", down, t.example(func(a *add) bool { return a.delta > 0 }), fmt.Sprintf("%d is exactly the sum of the adds of less than 0: those of more than 0, which come to %d, are acknowledged and not counted", down, up)},
			guess{"sign", up - down, t.example(func(a *add) bool { return a.delta < 0 }), fmt.Sprintf("%d is exactly what the adds come to without their signs: those of less than 0 are added, and not subtracted", up-down)},
		)
	}
	guesses = append(guesses, t.guessNodes(w, all)...)
	if w.value == 0 {
		guesses = append(guesses, guess{"zero", 0, nil, fmt.Sprintf("%s answers 0: it counts none of the adds%s", node, t.silence(node))})
	}
	return append(guesses, t.guessOne(w)...)
}

// guessRestart returns the sums of a node that forgot something when it was killed.
func (t *tally) guessRestart(w *wrong, own, all int64) (guesses []guess) {
	for _, f := range t.hit("kill", w.node, 0, w.end) {
		if f.End > w.end {
			continue
		}
		before := t.counted(w.node, f.End)
		if before == 0 {
			continue
		}
		step := begins(f, fmt.Sprintf("%s is killed; it is started again at %s", w.node, seconds(f.End)))
		until := fmt.Sprintf("the adds that %s had been asked for when it was killed come to %d", w.node, before)
		guesses = append(guesses,
			guess{"restart", all - before, []Step{step}, fmt.Sprintf("%s, and exactly these are missing on %s: it had acknowledged them, and kept them nowhere that outlives it", until, w.node)},
			guess{"restart alone", own - before, []Step{step}, fmt.Sprintf("%d is exactly the sum of the adds that %s was asked for since then: it counts from 0 after a restart, and gets nothing back from others", own-before, w.node)},
		)
	}
	return guesses
}

// guessNodes returns the sums without the adds of a node, and with them twice.
func (t *tally) guessNodes(w *wrong, all int64) (guesses []guess) {
	seen := make(map[int64]bool) // sums of nodes
	for _, x := range t.Nodes {
		sum := t.counted(x, w.end)
		if sum == 0 || seen[sum] {
			continue
		}
		seen[sum] = true
		of := t.example(func(a *add) bool { return a.node == x })
		guesses = append(guesses,
			guess{"without " + x, all - sum, of, fmt.Sprintf("the adds that %s was asked for come to %d, and exactly these are missing on %s%s", x, sum, w.node, t.silenceFrom(x, w.node))},
			guess{"twice " + x, all + sum, of, fmt.Sprintf("the adds that %s was asked for come to %d: exactly that is too much on %s, so these seem to count twice", x, sum, w.node)},
		)
	}
	return guesses
}

// guessOne returns the sums without one add and with one add twice, if only one has the right size.
func (t *tally) guessOne(w *wrong) []guess {
	var missing, twice []*add
	for _, a := range t.adds {
		if a.outcome == history.OK && a.delta == -w.off {
			missing = append(missing, a)
		}
		if a.counts() && a.delta == w.off {
			twice = append(twice, a)
		}
	}
	switch {
	case len(missing) == 1 && len(twice) == 0:
		a := missing[0]
		return []guess{{"one missing", w.value, []Step{t.adding(a, "")}, fmt.Sprintf("only one add of the run is of %d, which is what is missing: if it is a single add that %s lacks, then this one of %s%s", a.delta, w.node, a.node, t.faultAt(a))}}
	case len(twice) == 1 && len(missing) == 0:
		a := twice[0]
		return []guess{{"one twice", w.value, []Step{t.adding(a, "")}, fmt.Sprintf("only one add of the run is of %d, which is what is too much: if it is a single add that counts twice on %s, then this one of %s%s", a.delta, w.node, a.node, t.faultAt(a))}}
	}
	return nil
}

// example returns the step of the first add of some kind that counts.
func (t *tally) example(of func(*add) bool) []Step {
	for _, a := range t.adds {
		if a.counts() && of(a) {
			return []Step{t.adding(a, ", the first of its kind")}
		}
	}
	return nil
}

// faultAt says which faults were in force at an add.
func (t *tally) faultAt(a *add) string {
	var names []string
	for _, f := range t.Faults {
		if f.Begin <= a.end && f.End >= a.begin {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" (there was a fault at that time: %s)", wording.And(names))
}

// silence says whether a node got no message of another one.
func (t *tally) silence(node string) string {
	for _, at := range t.byParty[node].got {
		if m := &t.Messages[at]; m.Src != node && t.IsNode(m.Src) {
			return ""
		}
	}
	if !t.Whole {
		return ""
	}
	return fmt.Sprintf(". No other node sent %s a message in the whole run", node)
}

// silenceFrom says whether a node sent another one no message.
func (t *tally) silenceFrom(from, to string) string {
	if !t.silent(from, to) {
		return ""
	}
	return fmt.Sprintf(". %s sent %s no message in the whole run", from, to)
}
