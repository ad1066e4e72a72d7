package explore

import (
	"context"
	"errors"
	"time"
)

// interrupted is why an exploration whose context has ended has not exhausted its scope.
const interrupted = "it was interrupted"

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
	defer p.close()
	if p.farm != nil {
		p.farm.ctx = ctx
	}
	if err := p.deterministic(); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return Report{Bound: p.String(), Ends: true, Why: interrupted}, nil
		}
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
		x.report.Exhausted, x.report.Why = false, interrupted
	}
	if f := x.report.Failure; f != nil {
		x.report.Exhausted, x.report.Why = false, "an execution failed"
		p.shrink(f)
	}
	if p.farm != nil {
		x.report.Processes, x.report.Warnings = p.farm.started, p.farm.warnings()
	}
	if r := &x.report; !x.worked && r.Executions > 0 && r.Failure == nil && p.Operations > 0 {
		r.Warnings = append(r.Warnings, "no operation of the explored part has succeeded in any execution, so this shows little: are the operations right?")
	}
	return x.report, x.report.Err
}
