package explore

import (
	"context"
	"time"
)

// Run explores the scope until it is exhausted, an execution fails, or ctx ends. The error is that of a scope that makes no sense,
// or of a node that cannot be explored.
func Run(ctx context.Context, s Scope) (Report, error) { return run(ctx, s, Pattern{}) }

// run is Run, or looks for a goal: then an execution in which the goal is reached counts as a failure, and no other does.
func run(ctx context.Context, s Scope, goal Pattern) (Report, error) {
	if goal != (Pattern{}) {
		s.Invariant = nil
	}
	p, err := newPlan(s)
	if err != nil {
		return Report{}, err
	}
	defer p.crew.dismiss()
	if err := p.deterministic(); err != nil {
		return Report{Bound: p.String()}, err
	}
	p.seen = newProperties()
	if goal != (Pattern{}) {
		p.goal = &goal
	}
	x := &explorer{plan: p, ctx: ctx, report: Report{Bound: p.String(), began: time.Now()}}
	p.Strategy.search(x)
	x.report.Elapsed = time.Since(x.report.began)
	x.report.Properties = p.seen.list()
	if ctx.Err() != nil {
		x.report.Exhausted, x.report.Why = false, "it was interrupted"
	}
	if f := x.report.Failure; f != nil {
		x.report.Exhausted, x.report.Why = false, "an execution failed"
		p.shrink(f)
	}
	return x.report, x.report.Err
}
