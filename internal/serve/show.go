package serve

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"

	"glomers/internal/compare"
)

// show shows a run.
func (s *Server) show(w http.ResponseWriter, r *http.Request, f *folder) error {
	var one run
	pairs, moreFigures, err := s.pairs(r.Context(), func() (compare.Results, compare.Results, error) {
		one = f.summary()
		results := one.Results
		one.Results = nil
		return results, nil, nil
	})
	if err != nil {
		return err
	}
	before, err := s.before(r.Context(), one)
	if err != nil {
		return err
	}
	files, more := f.files(".", func(name string) bool { _, ok := kindOf(name); return ok })
	logs, moreLogs := f.files("nodes", isLog)
	s.render(w, http.StatusOK, "run.html", map[string]any{
		"Title":   plain(one.Workload) + " " + one.Test.Began(),
		"Run":     one,
		"Report":  f.has(reportName),
		"Token":   s.token,
		"Figures": pairs,
		"Before":  before,
		"Files":   files,
		"Logs":    logs,

		"MoreFigures": moreFigures,
		"MoreFiles":   more + moreLogs,
	})
	return nil
}

// before returns the other runs of the same workload that have results, the newest first; not more than a menu can hold.
func (s *Server) before(ctx context.Context, one run) ([]*line, error) {
	const most = 50
	store, err := s.runs.look(ctx)
	if err != nil {
		return nil, err
	}
	var others []*line
	for _, k := range store.runs {
		if len(others) == most {
			break
		}
		if k.Workload != one.Workload || k.Name == one.Name {
			continue
		}
		l, err := s.lines(ctx, store, []*known{k}, 1)
		if err != nil {
			return nil, err
		}
		if len(l) == 1 && l[0].Judged {
			others = append(others, l[0])
		}
	}
	return others, nil
}

// compare shows the figures of two runs side by side.
func (s *Server) compare(w http.ResponseWriter, r *http.Request) error {
	chosen := r.URL.Query()["run"]
	if len(chosen) != 2 {
		return &failure{http.StatusBadRequest, "Choose two runs of the list to compare them."}
	}
	var two [2]run
	pairs, more, err := s.pairs(r.Context(), func() (a, b compare.Results, err error) {
		for i, key := range chosen {
			if two[i], err = s.judged(key); err != nil {
				return nil, nil, err
			}
		}
		a, b = two[0].Results, two[1].Results
		two[0].Results, two[1].Results = nil, nil
		return a, b, nil
	})
	if err != nil {
		return err
	}
	s.render(w, http.StatusOK, "compare.html", map[string]any{
		"Title":       "Comparison",
		"A":           two[0],
		"B":           two[1],
		"Figures":     pairs,
		"MoreFigures": more,
	})
	return nil
}

// pairs returns the figures of one or two results, and how many there are beyond maxFigures. Results may take much memory, so few are there
// at the same time.
func (s *Server) pairs(ctx context.Context, read func() (a, b compare.Results, err error)) (pairs []compare.Pair, more int, err error) {
	select {
	case s.parsing <- struct{}{}:
		defer func() { <-s.parsing }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	a, b, err := read()
	if err != nil {
		return nil, 0, err
	}
	pairs = compare.Pairs(s.figures, a, b)
	if n := len(pairs); n > maxFigures {
		pairs, more = slices.Clone(pairs[:maxFigures]), n-maxFigures
	}
	return pairs, more, nil
}

// judged returns a run that has results.
func (s *Server) judged(key string) (run, error) {
	which, ok := parseID(key)
	if !ok {
		return run{}, fs.ErrNotExist
	}
	f, err := s.open(which)
	if err != nil {
		return run{}, err
	}
	defer f.close()
	one := f.summary()
	if !one.Judged {
		return run{}, &failure{http.StatusConflict, fmt.Sprintf("The run %s has no results: it is %s.", plain(which.String()), one.State)}
	}
	return one, nil
}
