package conform

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"glomers/harness/workload"
	"glomers/internal/proc"
)

// quickChecks are the checks of Quick, in their order. All but the first need a node that is ready.
var quickChecks = []string{"init", "request", "reply-fields", "reply-envelope", "stdout"}

// Quick carries out the most telling checks of level Must with a single process of the node, for somebody who waits for the results: it
// takes hardly longer than the node takes to start. It ends with the first failure. The node must serve Options.Workload.
func Quick(ctx context.Context, o Options) (results []Result, err error) {
	err = single(ctx, o, func(s *session) error {
		chosen, err := choose(quickChecks)
		if err != nil {
			return err
		}
		for i, c := range chosen {
			if i == 1 {
				err = s.requestSetUp()
			}
			if err == nil {
				s.begin()
				err = c.run(s)
			}
			result, err := c.result(err, s.evidence())
			if err != nil {
				return err
			}
			results = append(results, result)
			s.run.answers = s.run.answers || c.Name == "request"
			if result.Status == Failed {
				break
			}
		}
		return nil
	})
	return results, err
}

// A Sense is what a program makes of the question whether it is at rest, which virtual time depends on.
type Sense string

// clockID is the party that asks.
const clockID = "clock"

// The senses.
const (
	SenseOfRest  Sense = "idle_ok" // it takes its time from the harness
	SenseUnaware Sense = "error"   // it does not know the question, and answers with an error
	SenseNone    Sense = ""        // it gives no answer
)

// SenseOf finds out whether a program is made for virtual time (docs/virtual-time.md).
func SenseOf(ctx context.Context, o Options) (sense Sense, err error) {
	o.Env = append(o.Env, "GLOMERS_CLOCK=virtual")
	err = single(ctx, o, func(s *session) error {
		s.change(func() { s.id, s.world, s.virtual = "n1", newWorld([]string{"n1"}), true })
		idle := s.callFrom(clockID, `{"type":"idle"}`, "1000000")
		begin := s.callWithID(`{"type":"init","node_id":"n1","node_ids":["n1"]}`, "1")
		s.send(with(begin.line, `"now":0`), with(idle.line, `"now":0`))
		m, err := s.replyWithin(begin, s.run.options.InitTimeout) // the program has to start
		if err == nil {
			m, err = s.reply(idle)
		}
		switch _, failed := asFailure(err); {
		case failed:
			return nil
		case err != nil:
			return err
		case m.isError():
			sense = SenseUnaware
		case m.kind() == "idle_ok":
			sense = SenseOfRest
		}
		return nil
	})
	return sense, err
}

// single runs f with one process of the node.
func single(ctx context.Context, o Options, f func(s *session) error) error {
	o.InitTimeout, o.flood = cmp.Or(o.InitTimeout, 10*time.Second), cmp.Or(o.flood, floodLimit)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	if o.Kinds == nil {
		o.Kinds = workload.All()
	}
	r := &runner{options: o, slots: make(chan struct{}, 1), profile: generic()}
	var err error
	if o.Workload != "" {
		if r.profile, err = profileOf(o.Kinds, o.Workload); err != nil {
			return err
		}
	}
	if r.place, err = proc.NewPlace(o.Env, o.Cwd); err != nil {
		return fmt.Errorf("conform: %w", err)
	}
	defer r.place.Close() // if a temporary directory cannot be removed, the results are still good
	defer r.guard.Close()
	err = r.within(ctx, r.profile, f)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
