package explore

import (
	"context"
	"time"
)

// Run explores the scope until it is exhausted, an execution fails, or ctx ends. The error is that of a scope that makes no sense,
// or of a node that cannot be explored.
func Run(ctx context.Context, s Scope) (Report, error) {
	p, err := newPlan(s)
	if err != nil {
		return Report{}, err
	}
	defer p.crew.dismiss()
	if err := p.deterministic(); err != nil {
		return Report{Bound: p.String()}, err
	}
	p.seen = newProperties()
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
