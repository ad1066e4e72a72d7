package serve

import (
	"fmt"
	"io/fs"
	"net/http"

	"glomers/internal/figure"
)

// show shows a run.
func (s *Server) show(w http.ResponseWriter, r *http.Request) error {
	f, err := s.openRun(r)
	if err != nil {
		return err
	}
	defer f.close()
	one := f.summary()
	before, err := s.before(one)
	if err != nil {
		return err
	}
	s.render(w, http.StatusOK, "run.html", map[string]any{
		"Title":   one.Workload + " " + one.Test.Began(),
		"Run":     one,
		"Figures": figure.Compare(one.Results, nil),
		"Before":  before,
		"Files":   f.files(".", func(name string) bool { return contentType(name) != "" }),
		"Logs":    f.files("nodes", isLog),
	})
	return nil
}

// before returns the other runs of the same workload that have results, the newest first; not more than a menu can hold.
func (s *Server) before(one run) ([]run, error) {
	const most = 50
	all, err := s.runs(one.Workload)
	if err != nil {
		return nil, err
	}
	newestFirst(all)
	var others []run
	for _, other := range all {
		if other.Name != one.Name && other.Results != nil && len(others) < most {
			others = append(others, other)
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
	for i, text := range chosen {
		var err error
		if two[i], err = s.judged(text); err != nil {
			return err
		}
	}
	s.render(w, http.StatusOK, "compare.html", map[string]any{
		"Title":   "Comparison",
		"A":       two[0],
		"B":       two[1],
		"Figures": figure.Compare(two[0].Results, two[1].Results),
	})
	return nil
}

// judged returns a run that has results.
func (s *Server) judged(text string) (run, error) {
	which, ok := parseID(text)
	if !ok {
		return run{}, fs.ErrNotExist
	}
	f, err := s.open(which)
	if err != nil {
		return run{}, err
	}
	defer f.close()
	one := f.summary()
	if one.Results == nil {
		return run{}, &failure{http.StatusConflict, fmt.Sprintf("The run %s has no results: it is %s.", which, one.State)}
	}
	return one, nil
}
