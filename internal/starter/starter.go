// Package starter makes the files of a new node: a small complete program in one of several languages, with its tests, for one
// of the workloads of the challenges.
//
// The directory of a language has a directory for each workload, and perhaps a directory lib, whose files every workload gets.
// They are copied as they are, so they are programs that can be read and tested here. Files whose names end with .tmpl are
// templates of text/template; their data is the Project.
package starter

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"

	"glomers/internal/starter/ci"
	"glomers/internal/starter/vscode"
	"glomers/internal/wording"
)

//go:embed all:c all:common all:go all:java all:javascript all:python all:rust
var embedded embed.FS

// Options say what to make.
type Options struct {
	Name     string  // of the program: lower-case letters, digits and hyphens
	Language string  // one of Languages
	Workload string  // one of Workloads
	CI       string  // one of ci.Providers, or "" for no pipeline
	Module   *Module // of a Go program; nil makes a directory of the module that glomers is in
}

// A Module says how a Go program finds the packages of glomers.
type Module struct {
	Path     string   // of the new module
	Glomers  string   // the path of the module glomers
	Version  string   // the version of glomers
	Dir      string   // a directory with the source of glomers; "" means that the go command downloads it
	Direct   []string // what the program requires besides glomers: paths and versions
	Indirect []string // what glomers requires
	Sum      string   // the go.sum file of glomers
}

// A Project is a new program.
type Project struct {
	Options
	Language language
	Workload task
	Build    string   // the command that builds it; "" if nothing has to be built
	Test     string   // the command that runs its tests
	Bin      string   // the words after --bin
	Glomers  string   // the command that runs glomers
	Mistake  *Mistake // to make in a Go program; nil if there is none
	Files    []File   // sorted by path
}

// A File is a file of a project.
type File struct {
	Path       string // relative, with slashes
	Data       []byte
	Executable bool
}

// New makes a program in memory.
func New(o Options) (*Project, error) {
	l, err := find("language", languages, o.Language, func(l language) string { return l.Name })
	if err != nil {
		return nil, err
	}
	w, err := find("workload", tasks, o.Workload, func(w task) string { return w.Name })
	if err != nil {
		return nil, err
	}
	named := strings.NewReplacer("NAME", o.Name)
	p := &Project{
		Options: o, Language: l, Workload: w, Glomers: "glomers",
		Build: named.Replace(l.build), Test: named.Replace(l.test), Bin: named.Replace(l.bin), Mistake: mistakes[w.Name],
	}
	dirs := []string{"common/all", l.Name + "/lib", l.Name + "/" + w.Name}
	switch {
	case o.Language == "go" && o.Module == nil: // everything but the program is there
		dirs = []string{l.Name + "/" + w.Name}
		p.Test, p.Bin = "go test ./"+o.Name, o.Name
	case o.Language == "go":
		dirs = append(dirs, "common/module")
		p.Glomers = "go run " + o.Module.Glomers + "/cmd/glomers"
	}
	for _, dir := range dirs {
		if err := p.add(dir); err != nil {
			return nil, err
		}
	}
	if err := p.render("README.md", "common/README.md.tmpl"); err != nil {
		return nil, err
	}
	if o.Language != "go" || o.Module != nil {
		if err := p.addSettings(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(p.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return p, nil
}

// Command returns the command that runs a challenge on the program, in its directory.
func (p *Project) Command(id string) string {
	return fmt.Sprintf("%s challenge %s --bin %s", p.Glomers, id, p.Bin)
}

// add makes the files for those of an embedded directory, which need not exist.
func (p *Project) add(dir string) error {
	if _, err := fs.Stat(embedded, dir); err != nil {
		return nil
	}
	return fs.WalkDir(embedded, dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return p.render(strings.TrimSuffix(strings.TrimPrefix(name, dir+"/"), ".tmpl"), name)
	})
}

// addSettings makes the settings of editors, and the pipeline.
func (p *Project) addSettings() error {
	bin, args, _ := strings.Cut(p.Bin, " -- ")
	settings, err := vscode.Files(vscode.Project{
		Language: p.Language.Name, Workload: p.Workload.Name, Challenge: p.Workload.Challenge,
		Bin: bin, Args: strings.Fields(args), Build: p.Build, Glomers: p.Glomers,
	})
	if err != nil {
		return err
	}
	for name, data := range settings {
		p.Files = append(p.Files, File{Path: ".vscode/" + name, Data: data})
	}
	if p.CI == "" {
		return nil
	}
	module := p.Name
	if p.Module != nil {
		module = p.Module.Path
	}
	name, data, err := ci.Pipeline{
		Module: module, Language: p.Language.Name, Workload: p.Workload.Name, Challenge: p.Workload.Challenge,
		Build: p.Build, Test: p.Test, Bin: p.Bin,
	}.Write(p.CI)
	p.Files = append(p.Files, File{Path: name, Data: data})
	return err
}

// render makes a file from an embedded one.
func (p *Project) render(to, from string) error {
	data, err := embedded.ReadFile(from)
	if err != nil {
		return err
	}
	if path.Ext(from) == ".tmpl" {
		t, err := template.New(from).Option("missingkey=error").Delims("[[", "]]").Parse(string(data))
		if err != nil {
			return fmt.Errorf("starter: %w", err)
		}
		var out bytes.Buffer
		if err := t.Execute(&out, p); err != nil {
			return fmt.Errorf("starter: %w", err)
		}
		data = out.Bytes()
	}
	p.Files = append(p.Files, File{to, data, bytes.HasPrefix(data, []byte("#!"))})
	return nil
}

// find returns the one of all with a name.
func find[T any](what string, all []T, name string, nameOf func(T) string) (T, error) {
	if i := slices.IndexFunc(all, func(t T) bool { return nameOf(t) == name }); i >= 0 {
		return all[i], nil
	}
	var none T
	return none, fmt.Errorf("no %s is called %q: want %s", what, name, wording.Or(names(all, nameOf)))
}

func names[T any](all []T, nameOf func(T) string) (names []string) {
	for _, t := range all {
		names = append(names, nameOf(t))
	}
	return names
}
