package serve

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An id says which run of a store.
type id struct {
	Workload string
	Name     string // of its directory: when it began
}

// String returns its path in the store.
func (i id) String() string { return path.Join(i.Workload, i.Name) }

// parseID reads what String returned.
func parseID(text string) (id, bool) {
	workload, name, _ := strings.Cut(text, "/")
	return id{workload, name}, isPlain(workload) && isPlain(name)
}

// isPlain tells whether a name can be that of a file in a directory, and of no other one. Hidden ones are not ours.
func isPlain(name string) bool {
	return fs.ValidPath(name) && !strings.HasPrefix(name, ".") && !strings.ContainsAny(name, "/\\\x00")
}

// A folder is the directory of a run. Nothing outside it can be reached through it.
type folder struct {
	id   id
	root *os.Root
}

// openRun opens the run that the path of a request names.
func (s *Server) openRun(r *http.Request) (*folder, error) {
	return s.open(id{r.PathValue("workload"), r.PathValue("name")})
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

// has tells whether there is a regular file of that name.
func (f *folder) has(name string) bool {
	info, err := f.root.Lstat(name)
	return err == nil && info.Mode().IsRegular()
}

// openFile opens a regular file.
func (f *folder) openFile(name string) (*os.File, error) {
	if !f.has(name) { // opening a pipe would wait
		return nil, fs.ErrNotExist
	}
	return f.root.Open(name)
}

// read returns what is in a file.
func (f *folder) read(name string) ([]byte, error) {
	file, err := f.openFile(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

// An entry is a file of a run.
type entry struct {
	Name string
	Size int64 // bytes
}

// files returns the regular files in a directory of the run that keep accepts, in alphabetical order.
func (f *folder) files(dir string, keep func(name string) bool) []entry {
	var files []entry
	entries, _ := fs.ReadDir(f.root.FS(), dir) // what cannot be read has none to show
	for _, e := range entries {
		if !e.Type().IsRegular() || !isPlain(e.Name()) || !keep(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil {
			files = append(files, entry{e.Name(), info.Size()})
		}
	}
	return files
}

// runs returns the runs of the store, or those of one workload if there is a name. Those that have just been deleted are left out.
func (s *Server) runs(workload string) ([]run, error) {
	workloads := []string{workload}
	if workload == "" {
		var err error
		if workloads, err = directories(s.dir); err != nil {
			return nil, err
		}
	}
	var runs []run
	for _, workload := range workloads {
		names, err := directories(filepath.Join(s.dir, workload))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, name := range names {
			f, err := s.open(id{workload, name})
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			runs = append(runs, f.summary())
			f.close()
		}
	}
	return runs, nil
}

// directories returns the names of the directories in dir, without those that are links.
func directories(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && isPlain(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
