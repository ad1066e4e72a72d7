package harness

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/report"
	"glomers/internal/disk"
	"glomers/internal/pretty"
)

// finish writes the outcome and closes all files. What somebody else has done to the files of the run becomes warnings of res. It goes
// on after an error, so that as much is there as can be, and returns the first.
func (s *store) finish(res *Result, ops []history.Op) error {
	if s.dir == "" {
		return nil
	}
	errs := []error{s.history.flush(), s.journal.flush()}
	for _, f := range s.logs {
		errs = append(errs, f.Close())
	}
	s.logs = nil
	if errors.Join(errs...) == nil { // else the disk may be full, and these are not whole
		errs = append(errs, s.reclaim(res, ops))
	}
	errs = append(errs, s.writeJSON("results.json", *res), s.writeArtifacts(res.Workload), s.writeLikeMaelstrom(*res, ops), s.writeReport(), s.link("latest"))
	errs = append(errs, s.inPlace(), s.close()) // in the end, for the lock of the history
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("harness: store: %w", err)
		}
	}
	return nil
}

// close closes what is open.
func (s *store) close() error {
	var errs []error
	for _, f := range []*lineFile{s.journal, s.history} {
		if f != nil {
			errs = append(errs, f.close())
		}
	}
	if s.files != nil {
		errs = append(errs, s.files.Close())
	}
	return errors.Join(errs...)
}

// inPlace returns an error if the name of the run's directory leads to another one. A node can do that, and put what it likes there.
func (s *store) inPlace() error {
	ours, err := s.files.Stat(".")
	if err != nil {
		return err
	}
	named, err := os.Stat(s.dir)
	if err != nil {
		return fmt.Errorf("the directory of the run was moved or removed during it: %w", err)
	}
	if !os.SameFile(ours, named) {
		return fmt.Errorf("the directory of the run was replaced during it: what is in %s is not from the harness, but from a node perhaps", s.dir)
	}
	return nil
}

// reclaim sees to it that the records of the run are under their names, as they were written. A node that replaces or changes them would
// otherwise have the report, and later judgements, tell its own story.
func (s *store) reclaim(res *Result, ops []history.Op) error {
	var errs []error
	warn := func(name, so string) {
		res.Warnings = append(res.Warnings, fmt.Sprintf("somebody else than the harness, a node perhaps, changed or replaced %s during the run: %s", name, so))
	}
	if text, err := disk.Read(s.files, "test.json", int64(len(s.test))); err != nil || string(text) != string(s.test) {
		errs = append(errs, s.replace("test.json", func(w io.Writer) error { _, err := w.Write(s.test); return err }))
		warn("test.json", "it is as it was again")
	}
	for _, f := range []struct {
		name  string
		lines *lineFile
		again func(io.Writer) error // nil if it cannot be written again
	}{
		{"history.jsonl", s.history, func(w io.Writer) error { return history.Write(w, ops) }},
		{"journal.jsonl", s.journal, nil},
	} {
		unchanged := f.lines.unchanged()
		switch {
		case unchanged && s.named(f.name, f.lines):
		case unchanged:
			whole := io.NewSectionReader(f.lines.file, 0, f.lines.size)
			errs = append(errs, s.replace(f.name, func(w io.Writer) error { _, err := io.Copy(w, whole); return err }))
			warn(f.name, "it is as it was again")
		case f.again != nil:
			errs = append(errs, s.replace(f.name, f.again))
			warn(f.name, "it is as it was again")
		default:
			warn(f.name, "what it shows is not what happened, as the hash in results.json tells")
		}
	}
	return errors.Join(errs...)
}

// named tells whether the name in the run's directory is that of the file.
func (s *store) named(name string, l *lineFile) bool {
	ours, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := s.files.Lstat(name)
	return err == nil && os.SameFile(ours, there)
}

// replace writes a file of the run.
func (s *store) replace(name string, write func(io.Writer) error) error {
	if err := s.makeWay(name); err != nil {
		return err
	}
	return disk.Replace(s.files, name, write)
}

// writeReport writes the report, from the files.
func (s *store) writeReport() error {
	for _, name := range report.Files() {
		if err := s.makeWay(name); err != nil {
			return err
		}
	}
	return report.WriteIn(s.files)
}

// makeWay renames a directory that is where a file of ours will be; anything else there can be replaced.
func (s *store) makeWay(name string) error {
	if info, err := s.files.Lstat(name); err != nil || !info.IsDir() {
		return nil // writing will tell what is wrong
	}
	for i := 1; ; i++ {
		aside := fmt.Sprintf("%s.not-ours-%d", name, i)
		if _, err := s.files.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return s.files.Rename(name, aside)
		} else if err != nil {
			return err
		}
	}
}

// writeArtifacts writes the files that a result has, if it has any.
func (s *store) writeArtifacts(res check.Result) error {
	illustrated, ok := res.(check.Illustrated)
	if !ok {
		return nil
	}
	artifacts := illustrated.Artifacts()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		errs = append(errs, s.replace(name, func(w io.Writer) error { _, err := w.Write(artifacts[name]); return err }))
	}
	return errors.Join(errs...)
}

func (s *store) writeJSON(name string, v any) error {
	b, err := marshal(name, v)
	if err != nil {
		return err
	}
	return s.replace(name, func(w io.Writer) error { _, err := w.Write(b); return err })
}

func marshal(name string, v any) ([]byte, error) {
	b, err := pretty.JSON(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return append(b, '\n'), nil
}

// link makes root/name lead to the run. The new link replaces the old one at once, so that it always
// leads somewhere; it is relative, so that the store can be moved.
func (s *store) link(name string) error {
	target, err := filepath.Rel(s.root, s.dir)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(s.root)
	if err != nil {
		return err
	}
	defer root.Close() // nothing is written through it any more
	return disk.Link(root, target, name)
}
