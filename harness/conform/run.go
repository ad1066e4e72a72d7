package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"glomers/harness/workload"
	"glomers/internal/guard"
	"glomers/internal/proc"
)

// Options describe the program to check and the way to check it.
type Options struct {
	Path     string         // of the executable
	Args     []string       // its arguments
	Env      []string       // the part of the environment that it gets, as in harness.Test
	Cwd      string         // the working directory of its processes; "" means a temporary one for each. Paths are as in harness.Binary
	Workload string         // the workload that the node serves; "" means to find out
	Kinds    workload.Kinds // the known workloads; nil means workload.All
	Checks   []string       // the names of the checks to run; empty means all

	InitTimeout time.Duration // how long the node may take to answer init; 0 means 10 s
	Timeout     time.Duration // how long the node may be silent when an answer is due; 0 means 5 s, like Maelstrom's clients
	Parallel    int           // how many processes of the node run at a time; 0 means one per processor

	// Progress, if not nil, is called with each result, in the order in which the checks end, one call at a time.
	Progress func(r Result, done, all int)

	flood int // how many bytes are kept of the node's output, and of the input that it has not read yet; 0 means floodLimit
}

// A Report is the outcome of all checks.
type Report struct {
	Path     string        `json:"path"`
	Args     []string      `json:"args"`
	Workload string        `json:"workload"`       // the workload whose requests were used; "" if none was recognised
	Others   []string      `json:"others"`         // other workloads that the node serves as well
	Results  []Result      `json:"results"`        // in the order of Checks
	Left     []string      `json:"left,omitempty"` // sentences about processes that the node left behind outside its process group
	Took     time.Duration `json:"took-ns"`
}

// Failed returns the failed checks of the level least and of more important levels.
func (r Report) Failed(least Level) []Result {
	return slices.DeleteFunc(slices.Clone(r.Results), func(r Result) bool { return r.Status != Failed || r.Level > least })
}

// A runner carries out checks.
type runner struct {
	options Options
	profile *profile
	answers bool // the node answers the ping of the profile
	unready bool // the node always answers requests with error 11: it is never ready
	guard   proc.Guard
	place   *proc.Place
	slots   chan struct{} // holds one value for each running process

	started  atomic.Int64 // the number of processes started so far
	services atomic.Bool  // some process has used a service
	elects   atomic.Bool  // some process said with error 11 that it was not ready yet
}

// Run runs the checks. An error means that the program could not be started, that the options are wrong, or that ctx was
// cancelled.
func Run(ctx context.Context, o Options) (Report, error) {
	begin := time.Now()
	o.InitTimeout, o.flood = cmp.Or(o.InitTimeout, 10*time.Second), cmp.Or(o.flood, floodLimit)
	o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	o.Parallel = cmp.Or(o.Parallel, runtime.NumCPU())
	if o.Kinds == nil {
		o.Kinds = workload.All()
	}
	checks, err := choose(o.Checks)
	if err != nil {
		return Report{}, err
	}
	r := &runner{options: o, slots: make(chan struct{}, o.Parallel)}
	var p *profile
	if o.Workload != "" {
		if p, err = profileOf(o.Kinds, o.Workload); err != nil {
			return Report{}, err
		}
	}
	if r.place, err = proc.NewPlace(o.Env, o.Cwd); err != nil {
		return Report{}, fmt.Errorf("conform: %w", err)
	}
	defer r.place.Close() // if a temporary directory cannot be removed, the report is still good
	defer r.guard.Close()
	report := Report{Path: o.Path, Args: o.Args, Others: []string{}}
	known, err := r.findOut(ctx, p, &report)
	if err == nil {
		report.Results, err = r.all(ctx, checks, known)
	}
	switch {
	case ctx.Err() != nil:
		return Report{}, ctx.Err()
	case err != nil:
		return Report{}, err
	}
	report.Workload = r.profile.name
	report.Left = guard.Left("the node", r.guard.Collect())
	report.Took = time.Since(begin)
	return report, nil
}

// choose returns the named checks, or all checks if there are no names.
func choose(names []string) ([]Check, error) {
	all := Checks()
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("conform: no check %q: want %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(all, func(c Check) bool { return !slices.Contains(names, c.Name) }), nil
}

// findOut runs the checks on which others depend, init and request. Unless p is given, it also finds out which workloads the node
// serves.
func (r *runner) findOut(ctx context.Context, p *profile, report *Report) (known map[string]Result, err error) {
	known = map[string]Result{}
	r.profile = generic()
	find := func(c Check) (passed bool, err error) {
		known[c.Name], err = r.one(ctx, c)
		return known[c.Name].Status == Passed, err
	}
	initialised, err := find(initChecks[0])
	if err != nil {
		return nil, err
	}
	if p == nil && initialised {
		served, err := r.recognise(ctx)
		if err != nil {
			return nil, err
		}
		r.services.Store(false) // only the requests of the chosen workload count
		if len(served) > 0 {
			report.Others = served[1:]
			if p, err = profileOf(r.options.Kinds, served[0]); err != nil {
				return nil, err
			}
		}
	}
	if p != nil {
		r.profile = p
	}
	if initialised {
		if r.answers, err = find(initChecks[1]); r.unready {
			r.answers = true // though only with an error
			r.elects.Store(false)
		}
	}
	return known, err
}

// all runs the checks, except those whose results are known.
func (r *runner) all(ctx context.Context, checks []Check, known map[string]Result) ([]Result, error) {
	results := make([]Result, len(checks))
	errs := make([]error, len(checks))
	var mu sync.Mutex
	done := 0
	for _, last := range []bool{false, true} {
		var wave sync.WaitGroup
		for i, c := range checks {
			if c.last != last {
				continue
			}
			wave.Go(func() {
				results[i], errs[i] = r.outcome(ctx, c, known)
				mu.Lock()
				defer mu.Unlock()
				done++
				if r.options.Progress != nil && errs[i] == nil {
					r.options.Progress(results[i], done, len(checks))
				}
			})
		}
		wave.Wait()
	}
	return results, errors.Join(errs...)
}

// outcome returns the result of a check. It runs the check only if the check's needs are met.
func (r *runner) outcome(ctx context.Context, c Check, known map[string]Result) (Result, error) {
	initialised := known[initChecks[0].Name]
	result, done := known[c.Name]
	switch {
	case done:
		return result, nil
	case c.needs >= needsInit && initialised.Status != Passed:
		return c.result(skipf("it needs a node that answers init"), evidence{})
	case c.needs >= needsAnswer && !r.answers:
		return c.result(skipf("it needs a node that answers requests: see the check %s, and -w", initChecks[1].Name), evidence{})
	}
	return r.one(ctx, c)
}

// one runs a check.
func (r *runner) one(ctx context.Context, c Check) (Result, error) {
	var e evidence
	err := r.within(ctx, r.profile, func(s *session) error {
		var err error
		if !c.fresh {
			err = s.ready()
		}
		if err == nil {
			err = c.run(s)
		}
		e = s.evidence()
		return err
	})
	return c.result(err, e)
}

// within runs f with a new process, as soon as a slot is free.
func (r *runner) within(ctx context.Context, p *profile, f func(s *session) error) error {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.slots }()
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := r.start(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	s.profile = p
	return f(s)
}

func asFailure(err error) (*failure, bool) { return errors.AsType[*failure](err) }
