package record

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"glomers/harness/history"
	"glomers/internal/disk"
)

// Seal ends the records of the run: its history, its journal, and the logs of its nodes. What somebody else has done to its files it repairs as
// far as it can, and tells in warnings. Seal goes on after an error, so that as much is there as can be, and returns the first.
func (w *Writer) Seal(ops []history.Op) (warnings []string, err error) {
	errs := []error{w.history.flush(), w.journal.flush()}
	for _, f := range w.logs {
		errs = append(errs, f.Close())
	}
	w.logs = nil
	if errors.Join(errs...) == nil { // else the disk may be full, and these are not whole
		warnings, err = w.reclaim(ops)
		errs = append(errs, err)
	}
	return warnings, cmp.Or(errs...)
}

// Close makes the run the latest of its store, and closes its files. It returns an error, too, if the name of the run's directory leads to
// another one.
func (w *Writer) Close() error {
	return cmp.Or(w.link("latest"), w.inPlace(), w.close()) // close in the end, for the lock of the history
}

// close closes what is open.
func (w *Writer) close() error {
	var errs []error
	if w.history != nil {
		unlockRun(w.history.file)
	}
	for _, f := range []*lineFile{w.journal, w.history} {
		if f != nil {
			errs = append(errs, f.close())
		}
	}
	if w.files != nil {
		errs = append(errs, w.files.Close())
	}
	return errors.Join(errs...)
}

// inPlace returns an error if the name of the run's directory leads to another one. A node can do that, and put what it likes there.
func (w *Writer) inPlace() error {
	ours, err := w.files.Stat(".")
	if err != nil {
		return err
	}
	named, err := os.Stat(w.dir)
	if err != nil {
		return fmt.Errorf("the directory of the run was moved or removed during it: %w", err)
	}
	if !os.SameFile(ours, named) {
		return fmt.Errorf("the directory of the run was replaced during it: what is in %s is not from the harness, but from a node perhaps", w.dir)
	}
	return nil
}

// reclaim sees to it that the records of the run are under their names, as they were written. A node that replaces or changes them would
// otherwise have the report, and later judgements, tell its own story.
func (w *Writer) reclaim(ops []history.Op) (warnings []string, _ error) {
	var errs []error
	warn := func(name, so string) {
		warnings = append(warnings, fmt.Sprintf("somebody else than the harness, a node perhaps, changed or replaced %s during the run: %s", name, so))
	}
	if text, err := disk.Read(w.files, "test.json", int64(len(w.test))); err != nil || string(text) != string(w.test) {
		errs = append(errs, w.Replace("test.json", func(out io.Writer) error { _, err := out.Write(w.test); return err }))
		warn("test.json", "it is as it was again")
	}
	for _, f := range []struct {
		name  string
		lines *lineFile
		again func(io.Writer) error // nil if it cannot be written again
	}{
		{"history.jsonl", w.history, func(w io.Writer) error { return history.Write(w, ops) }},
		{"journal.jsonl", w.journal, nil},
	} {
		unchanged := f.lines.unchanged()
		switch {
		case unchanged && w.named(f.name, f.lines):
		case unchanged:
			whole := io.NewSectionReader(f.lines.file, 0, f.lines.size)
			errs = append(errs, w.Replace(f.name, func(w io.Writer) error { _, err := io.Copy(w, whole); return err }))
			warn(f.name, "it is as it was again")
		case f.again != nil:
			errs = append(errs, w.Replace(f.name, f.again))
			warn(f.name, "it is as it was again")
		default:
			warn(f.name, "what it shows is not what happened, as the hash in results.json tells")
		}
	}
	return warnings, errors.Join(errs...)
}

// named reports whether the name in the run's directory is that of the file.
func (w *Writer) named(name string, l *lineFile) bool {
	ours, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := w.files.Lstat(name)
	return err == nil && os.SameFile(ours, there)
}

// Replace writes a file of the run.
func (w *Writer) Replace(name string, write func(io.Writer) error) error {
	if err := w.makeWay(name); err != nil {
		return err
	}
	return disk.Replace(w.files, name, write)
}

// WithRoot lets f write files of these names into the directory itself.
func (w *Writer) WithRoot(names []string, f func(*os.Root) error) error {
	for _, name := range names {
		if err := w.makeWay(name); err != nil {
			return err
		}
	}
	return f(w.files)
}

// makeWay renames a directory that is where a file of ours will be; anything else there can be replaced.
func (w *Writer) makeWay(name string) error {
	if info, err := w.files.Lstat(name); err != nil || !info.IsDir() {
		return nil // writing will tell what is wrong
	}
	for i := 1; ; i++ {
		aside := fmt.Sprintf("%s.not-ours-%d", name, i)
		if _, err := w.files.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return w.files.Rename(name, aside)
		} else if err != nil {
			return err
		}
	}
}

// link makes root/name lead to the run.
func (w *Writer) link(name string) error { return link(w.root, w.dir, name) }

// MakeLatest makes the run in a directory the latest of its store.
func MakeLatest(store, dir string) error { return link(store, dir, "latest") }

// link makes store/name lead to the directory of a run, by a relative path, so that the store can be moved.
func link(store, dir, name string) error {
	target, err := filepath.Rel(store, dir)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(store)
	if err != nil {
		return err
	}
	defer root.Close() // nothing is written through it any more
	return disk.Point(root, target, name)
}
