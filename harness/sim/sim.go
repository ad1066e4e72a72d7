package sim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/internal/shrink"
)

// Run carries out test in virtual time, in a separate bubble, and returns the results of harness.Run. It does not fail t
// because of the verdict. Several runs may go on at the same time. The virtual wall clock begins in 2026.
func Run(t *testing.T, test harness.Test) (res harness.Result, err error) {
	t.Helper()
	test.Settle = synctest.Wait
	synctest.Test(t, func(*testing.T) {
		// A bubble begins in the year 2000, and a node whose clock is behind would be in the previous century.
		time.Sleep(time.Until(time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)))
		res, err = harness.Run(context.Background(), test)
	})
	return res, err
}

// Check runs test with its seed, and fails t unless the verdict is Valid. It returns the result.
func Check(t *testing.T, test harness.Test) harness.Result {
	t.Helper()
	res, err := Run(t, test)
	if problem := failure(res, err); problem != "" {
		t.Errorf("%s: %s\n%s", tellRun(test), problem, shrink.Describe(test))
		keep(t, test)
	}
	return res
}

// failure describes the failure of a run; "" if the run did not fail.
func failure(res harness.Result, err error) string {
	switch {
	case err != nil:
		return "broken: " + err.Error()
	case res.Valid != check.Valid:
		return fmt.Sprintf("%v: %s", res.Valid, strings.Join(res.Reasons, "\n\t"))
	}
	return ""
}

// WithFaults returns the excerpt of a run that has its operations, the first 30,000, and these faults in place of those drawn.
func WithFaults(faults ...harness.FaultWindow) *harness.Excerpt {
	e := &harness.Excerpt{Faults: faults, Ops: make([]int, 30_000)}
	for i := range e.Ops {
		e.Ops[i] = i
	}
	return e
}
