package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"glomers/harness"
	"glomers/harness/record"
)

// excerpt reduces a test to the part of it that the run in a directory had, as glomers sweep --shrink has left it.
func excerpt(t harness.Test, dir string) (harness.Test, error) {
	if !t.Virtual {
		return t, errors.New("--excerpt: only with --virtual, as in real time a seed does not repeat a run")
	}
	run, err := record.Open(dir)
	if err != nil {
		return t, fmt.Errorf("--excerpt: %w", err)
	}
	defer run.Close() // it was only read
	m, err := run.Meta()
	if err != nil {
		return t, fmt.Errorf("--excerpt: %w", err)
	}
	limit, err := time.ParseDuration(m.TimeLimit)
	switch {
	case m.Excerpt == nil:
		return t, fmt.Errorf("--excerpt: the run in %s was a whole one: want the directory of one that glomers sweep --shrink made small", dir)
	case m.Workload != t.Workload:
		return t, fmt.Errorf("--excerpt: the run in %s has the workload %s, not %s", dir, m.Workload, t.Workload)
	case err != nil || !slices.IsSorted(m.Excerpt.Ops) || len(m.Nodes) == 0:
		return t, fmt.Errorf("--excerpt: %s is damaged", dir)
	}
	t.NodeCount, t.Nodes = 0, m.Nodes
	t.Concurrency, t.TimeLimit, t.Nemesis, t.Excerpt, t.Choices = m.Concurrency, limit, m.Nemesis, m.Excerpt, m.Choices
	return t, nil
}
