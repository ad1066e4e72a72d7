package vscode

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/debugger"
)

// A configuration has those fields of a task or of a launch configuration that refer to others, and those that start a program.
type configuration struct {
	Label, Name, Type, Command string
	Args                       []string
	DependsOn, PreLaunchTask   string
	IsBackground               bool
	ProcessID, Program, PID    string
	Port                       int
}

// read decodes both files strictly as JSON. VS Code also accepts comments and trailing commas; the files have neither.
func read(t *testing.T, p Project) (tasks map[string]configuration, launches []configuration) {
	t.Helper()
	files, err := Files(p)
	require.NoError(t, err)
	require.Len(t, files, 2)
	var task struct{ Tasks []configuration }
	require.NoError(t, json.Unmarshal(files["tasks.json"], &task), "%s", files["tasks.json"])
	var launch struct{ Configurations []configuration }
	require.NoError(t, json.Unmarshal(files["launch.json"], &launch), "%s", files["launch.json"])
	tasks = make(map[string]configuration)
	for _, c := range task.Tasks {
		require.NotContains(t, tasks, c.Label, "two tasks have one name")
		tasks[c.Label] = c
	}
	return tasks, launch.Configurations
}

// projects returns a project for each language, all with characters that JSON escapes.
func projects() []Project {
	var all []Project
	for _, language := range Languages() {
		all = append(all, Project{Language: language, Workload: "broadcast", Challenge: "3b", Bin: `a "b"\c`, Args: []string{"<x>", `"y"`}, Build: `make "all" && true`, Glomers: "go run glomers/cmd/glomers"})
	}
	return all
}

// For every language, the files are JSON and refer only to tasks that exist.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		t.Run(p.Language, func(t *testing.T) {
			t.Parallel()
			tasks, launches := read(t, p)
			require.Len(t, tasks, 6)
			for label, task := range tasks {
				require.NotEmpty(t, task.Command, label)
				if task.DependsOn != "" {
					require.Contains(t, tasks, task.DependsOn)
				}
			}
			require.Equal(t, p.Build, tasks["build"].Command)
			challenge := tasks["run challenge"]
			require.Equal(t, "go", challenge.Command)
			require.Equal(t, []string{"run", "glomers/cmd/glomers", "challenge", "3b", "--bin", p.Bin, "--", "<x>", `"y"`}, challenge.Args)
			require.Equal(t, "build", challenge.DependsOn)
			require.Empty(t, tasks["open the last report"].DependsOn)

			require.Len(t, launches, 1)
			launch := launches[0]
			require.Equal(t, "debug node n1 under the harness", launch.Name)
			require.NotEmpty(t, launch.Type)
			require.True(t, launch.ProcessID != "" || launch.PID != "" || launch.Port != 0, "which process it attaches to")
			before := tasks[launch.PreLaunchTask]
			require.True(t, before.IsBackground, "VS Code would wait for its end")
			require.Subset(t, before.Args, []string{"test", "--attach", "n1"})
		})
	}
}

// A project without a build and without a challenge has no such tasks, and none depends on them.
func TestFilesWithoutBuild(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		p.Build, p.Challenge, p.Args, p.Glomers = "", "", nil, "glomers"
		tasks, _ := read(t, p)
		require.Len(t, tasks, 4)
		for label, task := range tasks {
			require.Empty(t, task.DependsOn, label)
			require.Equal(t, "glomers", task.Command)
		}
		require.Equal(t, []string{"conform", "-w", "broadcast", "--bin", p.Bin}, tasks["conform"].Args)
	}
}

// Only a Java program needs options for a debugger, and its port is the one that VS Code connects to.
func TestJava(t *testing.T) {
	t.Parallel()
	for _, p := range projects() {
		tasks, launches := read(t, p)
		debugged := tasks[launches[0].PreLaunchTask]
		if p.Language != "java" {
			require.NotContains(t, debugged.Args, "--env")
			continue
		}
		require.Contains(t, debugged.Args, debugger.JavaOptions)
		require.Equal(t, 5005, launches[0].Port)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	_, err := Files(Project{Language: "cobol", Glomers: "glomers"})
	require.EqualError(t, err, `vscode: no launch configuration for the language "cobol"`)
	_, err = Files(Project{Language: "go", Workload: "echo", Bin: "."})
	require.ErrorContains(t, err, "the project does not say how to run glomers")
}
