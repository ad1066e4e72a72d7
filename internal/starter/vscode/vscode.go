// Package vscode writes the tasks and the launch configurations of a new project for Visual Studio Code.
package vscode

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"

	"glomers/internal/debugger"
)

//go:embed tasks.json launch.json
var templates embed.FS

// A Project is a new project with one node program.
type Project struct {
	Language  string   // one of Languages
	Workload  string   // that the node serves
	Challenge string   // the id of the challenge that the node solves; "" if there is none
	Bin       string   // the node, as in --bin, from the directory of the project
	Args      []string // the arguments of the node
	Build     string   // the command that builds the node; "" if there is nothing to build
	Glomers   string   // the words that run glomers
}

// Languages returns the languages for which there are launch configurations.
func Languages() []string { return []string{"go", "python", "javascript", "rust", "java", "c"} }

// Files returns the contents of the files of a project, by their names in the directory .vscode.
func Files(p Project) (map[string][]byte, error) {
	if !slices.Contains(Languages(), p.Language) {
		return nil, fmt.Errorf("vscode: no launch configuration for the language %q", p.Language)
	}
	files := make(map[string][]byte)
	for _, name := range []string{"tasks.json", "launch.json"} {
		t, err := template.New(name).Funcs(template.FuncMap{"json": asJSON}).ParseFS(templates, name)
		if err != nil {
			return nil, fmt.Errorf("vscode: %w", err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, p); err != nil {
			return nil, fmt.Errorf("vscode: %w", err)
		}
		files[name] = b.Bytes()
	}
	return files, nil
}

// Waiting is a regular expression for the line in which glomers says that the nodes are there and wait for a debugger.
const Waiting = "waiting for a debugger"

// Waiting and JavaPort are for the templates.
func (Project) Waiting() string { return Waiting }

func (Project) JavaPort() int { return debugger.JavaPort }

// Command returns the fields of a task that runs glomers with these words.
func (p Project) Command(words ...string) (string, error) {
	all := append(strings.Fields(p.Glomers), words...)
	if len(all) == len(words) {
		return "", errors.New("the project does not say how to run glomers")
	}
	command, err := asJSON(all[0])
	if err != nil {
		return "", err
	}
	args, err := asJSON(all[1:])
	return fmt.Sprintf(`"command": %s, "args": %s`, command, args), err
}

// OnNode returns the fields of a task that runs glomers with these words on the node of the project, once that is built.
func (p Project) OnNode(words ...string) (string, error) {
	words = append(slices.Clone(words), "--bin", p.Bin)
	if len(p.Args) > 0 {
		words = append(append(words, "--"), p.Args...)
	}
	command, err := p.Command(words...)
	if p.Build != "" {
		command += `, "dependsOn": "build"`
	}
	return command, err
}

// Executable returns the path of the node for a launch configuration.
func (p Project) Executable() string { return "${workspaceFolder}/" + path.Clean(p.Bin) }

// ForDebugger returns the fields of a task that runs glomers test and has n1 wait for a debugger.
func (p Project) ForDebugger() (string, error) {
	words := []string{"test", "-w", p.Workload, "--attach", "n1"}
	if p.Language == "java" {
		words = append(words, "--env", debugger.JavaOptions)
	}
	return p.OnNode(words...)
}

func asJSON(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
