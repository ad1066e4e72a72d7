package harness

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"glomers/harness/check"
	"glomers/harness/record"
	"glomers/harness/report"
	"glomers/harness/why"
	"glomers/internal/pretty"
	"glomers/internal/proc"
	"glomers/internal/wording"
)

// newStore makes the directory of a run, if the test has a store.
func newStore(t Test, place *proc.Place) (*record.Writer, error) {
	w, err := record.Create(t.Store, t.meta(place), record.Limits{Journal: t.Limits.Journal, Logs: t.Limits.Logs, Reason: t.Limits.logsReason()})
	if err != nil {
		return nil, fmt.Errorf("harness: store: %w", err)
	}
	if place != nil && w.Dir() != "" {
		if err := place.Settle(filepath.Join(w.Dir(), workDir)); err != nil {
			return nil, errors.Join(fmt.Errorf("harness: store: %w", err), w.Close())
		}
	}
	return w, nil
}

// finish writes the outcome of the run. If others have changed the files of the run, finish adds warnings to res. After an
// error, finish still writes as many files as possible, and returns the first error.
func (r *run) finish(res *Result) error {
	w := r.store
	if w.Dir() == "" {
		return nil
	}
	warnings, err := w.Seal(r.history)
	res.Warnings = append(res.Warnings, warnings...)
	errs := []error{err, r.explain(res)}
	errs = append(errs, writeJSON(w, "results.json", *res), writeArtifacts(w, res.Workload), writeLikeMaelstrom(w, *res, r.history))
	errs = append(errs, w.WithRoot(report.Files(), report.WriteIn), w.Close())
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("harness: store: %w", err)
		}
	}
	return nil
}

// explain fills in why the run is not valid.
func (r *run) explain(res *Result) error {
	if res.Valid == check.Valid {
		return nil
	}
	dir, err := record.Open(r.store.Dir())
	if err != nil {
		return err
	}
	defer dir.Close() // it was only read
	recorded, err := why.Load(dir, r.history, why.Findings{
		Workload: res.Workload, Stats: res.Stats, Availability: res.Availability, Exceptions: res.Exceptions,
	})
	if err == nil {
		res.Why = why.Explain(recorded)
	}
	return err
}

// writeArtifacts writes the pictures of a result, if it has any.
func writeArtifacts(w *record.Writer, res check.Result) error {
	illustrated, ok := res.(check.Illustrated)
	if !ok {
		return nil
	}
	artifacts := illustrated.Artifacts()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		errs = append(errs, writeFile(w, name, artifacts[name]))
	}
	return errors.Join(errs...)
}

func writeJSON(w *record.Writer, name string, v any) error {
	b, err := pretty.JSON(v)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return writeFile(w, name, append(b, '\n'))
}

func writeFile(w *record.Writer, name string, text []byte) error {
	return w.Replace(name, func(out io.Writer) error { _, err := out.Write(text); return err })
}

// warnJournal says from which time on messages are missing in the journal.
func (r *run) warnJournal() []string {
	since, full := r.store.JournalFull()
	if !full {
		return nil
	}
	return []string{fmt.Sprintf("journal.jsonl and the report have the messages until %.3f s, when the journal had %s; figures, hash and verdict are those of all. "+
		"--max-journal (Limits.Journal) raises that", since.Seconds(), wording.Limit(r.test.Limits.Journal))}
}

// warnLogs says how much of the nodes' stderr is missing in their logs.
func (r *run) warnLogs() []string {
	var total, most int64
	var loudest string
	nodes := 0
	for _, m := range r.nodes {
		n := m.log.lost()
		if n == 0 {
			continue
		}
		nodes++
		if total += n; n > most {
			most, loudest = n, m.id
		}
	}
	if nodes == 0 {
		return nil
	}
	by := "all by " + loudest
	if nodes > 1 {
		by = fmt.Sprintf("by %d nodes, most by %s: %s", nodes, loudest, wording.Bytes(int(most)))
	}
	return []string{fmt.Sprintf("%s that nodes wrote to stderr (%s) are not in their logs, as %s", wording.Bytes(int(total)), by, r.test.Limits.logsReason())}
}
