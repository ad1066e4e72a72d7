package serve

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"glomers/internal/disk"
)

// An id says which run of a store.
type id struct {
	Workload string
	Name     string // of its directory: when it began
}

// String returns its path in the store.
func (i id) String() string { return path.Join(i.Workload, i.Name) }

// Path returns where the pages of the run are.
func (i id) Path() string { return "/run/" + i.Key() + "/" }

// Key returns the name of the run in forms. Unlike String, it is ASCII, which browsers send back as it is.
func (i id) Key() string { return escape(i.Workload) + "/" + escape(i.Name) }

// parseID reads what Key returned.
func parseID(key string) (id, bool) {
	first, second, _ := strings.Cut(key, "/")
	workload, err := url.PathUnescape(first)
	name, err2 := url.PathUnescape(second)
	return id{workload, name}, err == nil && err2 == nil && isPlain(workload) && isPlain(name)
}

// isPlain reports whether a name can be that of a file in a directory, and of no other one; it need not be UTF-8. Hidden ones are not
// ours.
func isPlain(name string) bool {
	return name != "" && !strings.HasPrefix(name, ".") && !strings.ContainsAny(name, "/\\\x00")
}

// A folder is the directory of a run. Nothing outside it can be reached through it.
type folder struct {
	id   id
	root *os.Root
}

// open opens a run. If it is none, the error is fs.ErrNotExist.
func (s *Server) open(run id) (*folder, error) {
	if !isPlain(run.Workload) || !isPlain(run.Name) {
		return nil, fs.ErrNotExist
	}
	store, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	for _, dir := range []string{run.Workload, run.String()} {
		if info, err := store.Lstat(dir); err != nil || !info.IsDir() { // a link, perhaps
			return nil, fs.ErrNotExist
		}
	}
	root, err := store.OpenRoot(run.String())
	if err != nil {
		return nil, err
	}
	f := &folder{run, root}
	if !f.has("test.json") {
		f.close()
		return nil, fs.ErrNotExist
	}
	return f, nil
}

func (f *folder) close() { _ = f.root.Close() } // nothing was written

// has reports whether there is a regular file of that name.
func (f *folder) has(name string) bool {
	info, err := f.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// openFile opens a regular file, through no link.
func (f *folder) openFile(name string) (*os.File, error) {
	before, err := f.root.Lstat(name)
	if err != nil || !before.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	file, err := disk.Open(f.root, name)
	if errors.Is(err, disk.ErrIrregular) { // another one by now
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	if after, err := file.Stat(); err != nil || !os.SameFile(before, after) { // as above: a link, perhaps
		_ = file.Close()
		return nil, fs.ErrNotExist
	}
	return file, nil
}

// read returns what is in a file that has at most that many bytes.
func (f *folder) read(name string, most int64) ([]byte, error) {
	file, err := f.openFile(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return disk.ReadAll(file, most)
}

// An entry is a file of a run.
type entry struct {
	Name string
	Size int64 // bytes
}

// files returns the regular files in a directory of the run that keep accepts, in alphabetical order, and how many there are beyond
// maxFiles.
func (f *folder) files(dir string, keep func(name string) bool) (files []entry, left int) {
	if info, err := f.root.Lstat(dir); err != nil || !info.IsDir() { // it has none to show
		return nil, 0
	}
	root, err := f.root.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil { // as above
		return nil, 0
	}
	defer root.Close()
	for err == nil {
		var entries []os.DirEntry
		entries, err = root.ReadDir(1000) // the error at the end, or another one
		for _, e := range entries {
			if !e.Type().IsRegular() || !isPlain(e.Name()) || !keep(e.Name()) {
				continue
			}
			if len(files) == maxFiles {
				left++
			} else if info, err := e.Info(); err == nil {
				files = append(files, entry{e.Name(), info.Size()})
			}
		}
	}
	slices.SortFunc(files, func(a, b entry) int { return strings.Compare(a.Name, b.Name) })
	return files, left
}
