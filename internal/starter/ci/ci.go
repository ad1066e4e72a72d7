// Package ci writes the pipelines that "glomers init --ci" puts into a new repository.
//
// A pipeline clones glomers from the address in the variable GLOMERS_GIT, because the module path of glomers is no address,
// and the directory in a learner's go.mod exists on the learner's machine only.
package ci

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"text/template"

	"glomers/internal/wording"
)

// A Pipeline describes the repository whose node the pipeline tests.
type Pipeline struct {
	Module    string // the name of the repository's module or directory, for a comment
	Language  string // one of Languages
	Workload  string
	Challenge string // the id of the challenge to run; "" runs a test of the workload under partition
	Build     string // the command that builds the node; "" if there is none
	Test      string // the command of the tests of its own; "" if there are none
	Bin       string // the argument of --bin; words after " -- " are arguments of the node
}

// goVersion is the release of Go that builds glomers.
const goVersion = "1.26"

// toolchains maps each language to the version and the image in which its node is built and run. Runners of GitHub have
// Rust, gcc and make.
var toolchains = map[string]struct{ version, image string }{
	"go":         {goVersion, "golang:" + goVersion},
	"python":     {"3.13", "python:3.13"},
	"javascript": {"24", "node:24"},
	"rust":       {"", "rust:1"},
	"java":       {"21", "eclipse-temurin:21"},
	"c":          {"", "gcc:15"},
}

// Languages returns the languages of nodes that pipelines exist for.
func Languages() []string { return slices.Sorted(maps.Keys(toolchains)) }

//go:embed github.yml
var github string

//go:embed gitlab.yml
var gitlab string

// providers maps the name of a CI system to the path of its pipeline in a repository, and to the template.
var providers = map[string]struct{ path, text string }{
	"github": {".github/workflows/glomers.yml", github},
	"gitlab": {".gitlab-ci.yml", gitlab},
}

// Providers returns the names of the CI systems.
func Providers() []string { return slices.Sorted(maps.Keys(providers)) }

// plain matches what means nothing to YAML, to a workflow's expressions or to the shell, beyond words and a list of commands.
var plain = regexp.MustCompile(`^[\w./][\w ./@+=,&-]*$|^$`)

// Write returns the pipeline for a CI system, and the slash-separated path of its file in the repository.
func (p Pipeline) Write(provider string) (path string, text []byte, err error) {
	system, ok := providers[provider]
	if !ok {
		return "", nil, fmt.Errorf("ci: no pipeline for %q: want %s", provider, wording.Or(Providers()))
	}
	if _, ok := toolchains[p.Language]; !ok {
		return "", nil, fmt.Errorf("ci: no pipeline for the language %q: want %s", p.Language, wording.Or(Languages()))
	}
	if p.Bin == "" || p.Workload == "" {
		return "", nil, fmt.Errorf("ci: a pipeline needs a node and its workload, not %q and %q", p.Bin, p.Workload)
	}
	for _, word := range []string{p.Module, p.Workload, p.Challenge, p.Build, p.Test, p.Bin} {
		if !plain.MatchString(word) {
			return "", nil, fmt.Errorf("ci: %q has characters that mean something to YAML or to a shell", word)
		}
	}
	t, err := template.New(provider).Delims("[[", "]]").Parse(system.text)
	if err != nil {
		return "", nil, fmt.Errorf("ci: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page{p}); err != nil {
		return "", nil, fmt.Errorf("ci: %w", err)
	}
	return system.path, b.Bytes(), nil
}

// A page is a Pipeline as templates see it.
type page struct{ Pipeline }

func (p page) GoVersion() string { return goVersion }
func (p page) Version() string   { return toolchains[p.Language].version }
func (p page) Image() string     { return toolchains[p.Language].image }

// Run returns the command of glomers that judges the node, without --bin.
func (p page) Run() string {
	if p.Challenge != "" {
		return "challenge " + p.Challenge
	}
	return "test -w " + p.Workload + " --nemesis partition --time-limit 20"
}
