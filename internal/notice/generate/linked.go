package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// programs are the programs that people build or download.
var programs = []string{"./cmd/glomers", "./echo", "./unique-ids", "./broadcast", "./g-counter", "./kafka-log", "./txn-kv"}

// systems are the systems for which programs are built. Some modules are linked on only one of them.
var systems = []string{"linux", "darwin", "windows"}

// A component is third-party work that our programs contain.
type component struct {
	Name, Version, Source string
	files                 []string // licences and notices
}

// A listed is the part of the output of go list about a package that we need.
type listed struct {
	Dir        string
	EmbedFiles []string
	Standard   bool
	Module     *struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path, Version string }
	}
}

// linked returns the modules that are linked into the programs on any of the systems, then the third-party components that
// the programs embed.
func linked(root string) ([]component, error) {
	modules := map[string]*component{}
	embedded := map[string]*component{}
	for _, system := range systems {
		packages, err := list(root, system)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			switch {
			case p.Standard:
			case p.Module == nil:
				return nil, fmt.Errorf("the package in %s is of no module", p.Dir)
			case p.Module.Main:
				if err := addEmbedded(embedded, root, p); err != nil {
					return nil, err
				}
			default:
				if err := addModule(modules, p); err != nil {
					return nil, err
				}
			}
		}
	}
	return append(sorted(modules), sorted(embedded)...), nil
}

// list returns the packages of the programs, with everything that they import, for one system.
func list(root, system string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=Dir,EmbedFiles,Standard,Module"}, programs...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w: %s", system, err, stderr.Bytes())
	}
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		packages = append(packages, p)
	}
}

// addModule adds the module of a package: the licences at the module's root, and those beside the package, which may have
// another author.
func addModule(to map[string]*component, p listed) error {
	m := p.Module
	c := to[m.Path]
	if c == nil {
		if m.Replace != nil {
			return fmt.Errorf("%s is replaced by %s: say whose licence holds", m.Path, m.Replace.Path)
		}
		c = &component{Name: m.Path, Version: m.Version, Source: "https://pkg.go.dev/" + m.Path + "@" + m.Version}
		to[m.Path] = c
	}
	for _, dir := range []string{m.Dir, p.Dir} {
		files, err := licences(dir, "")
		if err != nil {
			return err
		}
		c.add(files)
	}
	if len(c.files) == 0 {
		return fmt.Errorf("%s has no licence in %s", m.Path, m.Dir)
	}
	return nil
}

// addEmbedded adds the components that a package of ours embeds from a directory named vendor. The licence of vendor/NAME.…
// is vendor/LICENSE-NAME.
func addEmbedded(to map[string]*component, root string, p listed) error {
	for _, file := range p.EmbedFiles {
		dir, base := filepath.Split(filepath.Join(p.Dir, file))
		if filepath.Base(dir) != "vendor" || strings.HasPrefix(base, "LICENSE-") {
			continue
		}
		name, _, _ := strings.Cut(base, ".")
		files, err := licences(dir, "-"+name)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("%s has no licence: want LICENSE-%s beside it", filepath.Join(dir, base), name)
		}
		if to[name] == nil {
			place, err := filepath.Rel(root, dir)
			if err != nil {
				return err
			}
			to[name] = &component{Name: name, Source: "embedded, from " + filepath.ToSlash(place)}
		}
		to[name].add(files)
	}
	return nil
}

func (c *component) add(files []string) {
	for _, f := range files {
		if !slices.Contains(c.files, f) {
			c.files = append(c.files, f)
		}
	}
}

// licences returns the files of licences and notices in a directory. If suffix is not empty, only names that end with it
// count.
func licences(dir, suffix string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries { // sorted by name
		name, ok := strings.CutSuffix(e.Name(), suffix)
		stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
		switch stem {
		case "LICENSE", "LICENCE", "UNLICENSE", "COPYING", "NOTICE", "PATENTS":
			if ok && e.Type().IsRegular() {
				files = append(files, filepath.Join(dir, e.Name()))
			}
		}
	}
	return files, nil
}

func sorted(components map[string]*component) []component {
	var all []component
	for _, c := range components {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b component) int { return strings.Compare(a.Name, b.Name) })
	return all
}
