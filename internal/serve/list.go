package serve

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// pageLength is how many runs a page lists.
const pageLength = 200

// list shows the runs. If no verdict is asked for, the files of those are read that the page has.
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	store, err := s.runs.look(ctx)
	if err != nil {
		return err
	}
	workload, state := r.FormValue("workload"), r.FormValue("verdict")
	if text, err := url.PathUnescape(workload); err == nil { // as the page's own form escapes it
		workload = text
	}
	workloads := make(map[string]bool)
	var found []*known
	for _, k := range store.runs {
		if len(workloads) < maxChoices {
			workloads[k.Workload] = true
		}
		if workload == "" || k.Workload == workload {
			found = append(found, k)
		}
	}
	if state != "" {
		if found, err = s.inState(ctx, store, found, state); err != nil {
			return err
		}
	}
	count := len(found)
	from, _ := strconv.Atoi(r.FormValue("from")) // 0 if there is none
	from = min(max(from, 0), count)
	shown, err := s.lines(ctx, store, found[from:], pageLength)
	if err != nil {
		return err
	}
	to := min(from+pageLength, count)
	query := r.URL.Query()
	query.Set("from", strconv.Itoa(to))
	s.render(w, http.StatusOK, "list.html", map[string]any{
		"Title":     "Runs",
		"Runs":      shown,
		"Count":     count,
		"Older":     count - to,
		"Next":      "/?" + query.Encode(),
		"Store":     s.dir,
		"Empty":     len(store.runs) == 0,
		"Make":      s.command,
		"Notes":     store.notes,
		"Workloads": slices.Sorted(maps.Keys(workloads)),
		"Workload":  workload,
		"States":    states(),
		"State":     state,
	})
	return nil
}
