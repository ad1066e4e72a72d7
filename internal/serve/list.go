package serve

import (
	"net/http"
	"slices"
	"strconv"
)

// pageLength is how many runs a page lists.
const pageLength = 200

// list shows the runs.
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	all, err := s.runs("")
	if err != nil {
		return err
	}
	newestFirst(all)
	workload, state := r.FormValue("workload"), r.FormValue("verdict")
	var shown []run
	var workloads []string
	for _, run := range all {
		workloads = append(workloads, run.Workload)
		if (workload == "" || run.Workload == workload) && (state == "" || run.State == state) {
			shown = append(shown, run)
		}
	}
	slices.Sort(workloads)
	from, _ := strconv.Atoi(r.FormValue("from")) // 0 if there is none
	from = min(max(from, 0), len(shown))
	to := min(from+pageLength, len(shown))
	query := r.URL.Query()
	query.Set("from", strconv.Itoa(to))
	s.render(w, http.StatusOK, "list.html", map[string]any{
		"Title":     "Runs",
		"Runs":      shown[from:to],
		"Count":     len(shown),
		"Older":     len(shown) - to,
		"Next":      "/?" + query.Encode(),
		"Store":     s.dir,
		"Empty":     len(all) == 0,
		"Workloads": slices.Compact(workloads),
		"Workload":  workload,
		"States":    states(),
		"State":     state,
	})
	return nil
}
