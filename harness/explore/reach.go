package explore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"glomers/harness/choice"
	"glomers/internal/wording"
)

// A Reached is the outcome of a search for a pattern.
type Reached struct {
	Found      bool   `json:"found"`
	Decisions  string `json:"decisions"`
	At         int    `json:"at"`         // number of decisions up to the pattern; -1 for the end
	Executions int    `json:"executions"` // that were begun
	Text       string `json:"text"`       // the outcome in words
}

// Reach looks for an execution with the pattern: among all executions for half of the time, and then among executions at random.
func Reach(ctx context.Context, s Scope, goal Pattern, patience time.Duration) (Reached, error) {
	original, err := newPlan(s)
	if err != nil {
		return Reached{}, err
	}
	defer original.close()
	if err := goal.check(original.parties()); err != nil {
		return Reached{}, err
	}
	s.Memory = min(cmp.Or(s.Memory, defaultMemory), defaultMemory/4)
	var done Reached
	for _, strategy := range []Strategy{Exhaustive(), POS(max(1, s.Seed))} {
		s.Strategy, s.Most = strategy, 1<<40
		limited, cancel := context.WithTimeout(ctx, patience/2)
		r, err := run(limited, s, goal)
		cancel()
		if err != nil {
			return Reached{}, err
		}
		done.Executions += r.Executions + r.Pruned
		switch {
		case r.Failure != nil:
			return done.found(original, r.Failure.Decisions, goal)
		case r.Exhausted:
			done.Text = fmt.Sprintf("there is none in this scope: all of its executions were explored, with %s", wording.Plural(r.States, "state"))
			return done, nil
		case ctx.Err() != nil:
			return done, fmt.Errorf("explore: the search was interrupted: %w", ctx.Err())
		}
	}
	done.Text = fmt.Sprintf("not found in %s, in %s; there may be one", wording.Plural(done.Executions, "execution"), wording.Duration(patience))
	return done, nil
}

// found notes the execution that was found, and where in it the pattern is complete.
func (r Reached) found(p *plan, d choice.List, goal Pattern) (Reached, error) {
	d = p.translated(d)
	v, err := p.look(d, -1)
	if err != nil {
		return r, err
	}
	r.Found, r.Decisions, r.At = true, d.String(), -1
	if places := goal.In(v.Actions); len(places) > 0 {
		r.At = places[0][1] + 1
	}
	r.Text = "found after " + wording.Plural(r.Executions, "execution")
	return r, nil
}

// translated returns decisions of an exhaustive strategy as decisions of p, whose strategy may have more to decide before an execution
// begins.
func (p *plan) translated(d choice.List) choice.List {
	at := 0
	for i, n := range p.beginnings() {
		if n == 1 {
			continue
		}
		if i > 0 {
			d = append(slices.Clone(d), make(choice.List, max(0, at-len(d)))...)
			d = slices.Insert(d, at, 0)
		}
		at++
	}
	return d.Trim()
}
