package shrink

import (
	"context"

	"glomers/harness"
)

// Whole returns the excerpt of a run that has everything, and the result of the run.
func Whole(o Options, test harness.Test) (*harness.Excerpt, harness.Result, error) {
	s := &shrinker{Options: o, test: test}
	record, res, err := s.watch(context.Background(), test)
	return s.whole(record).of(test).Excerpt, res, err
}
