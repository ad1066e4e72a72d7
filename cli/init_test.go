package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/module"
	"glomers/internal/program"
	"glomers/internal/starter"
)

// initIn runs the init command.
func initIn(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	status = Run(t.Context(), append([]string{"init"}, args...), &o, &e)
	return status, o.String(), e.String()
}

// A new module compiles, its tests pass in virtual time, and its node passes a challenge, with the commands that init prints.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mine")
	status, out, errs := initIn(t, dir)
	require.Zero(t, status, errs)
	_, now, found := strings.Cut(out, "Now:\n")
	require.True(t, found, out)
	now, meanwhile, found := strings.Cut(now, "\n\n")
	require.True(t, found, out)
	require.Contains(t, meanwhile, "\n  go run "+module.Path()+"/cmd/glomers watch\n")
	commands := strings.Split(strings.TrimSpace(now), "\n")
	require.Equal(t, "cd "+program.Quote(dir), commands[0])
	require.Equal(t, "go run "+module.Path()+"/cmd/glomers challenge 3b --bin .", strings.TrimSpace(commands[2]))
	commands[1] += " -short"
	commands[2] += " --time-limit 1"
	for _, command := range commands[1:] {
		words := strings.Fields(command)
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
		text, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", command, text)
	}
}

// In the repository of glomers, a node is a package; nothing else is made.
func TestInitInside(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	mod := filepath.Join(root, "go.mod")
	require.NoError(t, os.WriteFile(mod, []byte("module "+module.Path()+"\n\ngo 1.26.0\n"), 0o600))
	status, out, errs := initIn(t, filepath.Join(root, "my-node"), "-w", "g-counter")
	require.Zero(t, status, errs)
	require.Contains(t, out, "Now:\n  go test ./my-node\n  glomers challenge 4 --bin my-node\n")
	require.Contains(t, out, "\n  glomers watch --bin my-node\n")
	made, err := os.ReadDir(filepath.Join(root, "my-node"))
	require.NoError(t, err)
	var names []string
	for _, e := range made {
		names = append(names, e.Name())
	}
	require.Equal(t, []string{"README.md", "explore_test.go", "main.go", "replica.go", "replica_test.go", "sim_test.go"}, names)

	for _, flag := range []string{"--ci=github", "--module=x", "--glomers=.."} {
		status, _, errs = initIn(t, filepath.Join(root, "other"), flag)
		require.Equal(t, statusBroken, status)
		require.Contains(t, errs, "inside the repository of glomers, where a node is a package")
	}
	status, out, errs = initIn(t, filepath.Join(root, "snake"), "--lang", "python", "--ci", "github")
	require.Zero(t, status, errs)
	require.Contains(t, out, "Now:\n  cd ", "a program in another language is no package")
	require.NoError(t, os.Mkdir(filepath.Join(root, "nested"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "nested", "go.mod"), []byte("module nested\n"), 0o600))
	require.False(t, program.Inside(filepath.Join(root, "nested", "a", "b")))
}

func TestInitRefuses(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{
		"My-node":     "want lower-case letters",
		"2pc":         "want lower-case letters",
		"a--b":        "want lower-case letters",
		"vendor":      "means something else to the go command",
		module.Path(): "means something else to the go command",
	} {
		status, _, errs := initIn(t, filepath.Join(t.TempDir(), name))
		require.Equal(t, statusBroken, status, name)
		require.Contains(t, errs, says, name)
	}
	dir := filepath.Join(t.TempDir(), "x")
	for says, args := range map[string][]string{
		"want one directory":                {},
		"want letters, digits and -._~":     {dir, "--module", "a b"},
		"and not the path of glomers":       {dir, "--module", module.Path()},
		"is not a clone of glomers":         {dir, "--glomers", t.TempDir()},
		"--lang":                            {dir, "--lang", "cobol"},
		"--workload":                        {dir, "--workload", "lin-kv"},
		"--ci":                              {dir, "--ci", "jenkins"},
		"--module and --glomers are for Go": {dir, "--lang", "python", "--module", "x"},
	} {
		status, _, errs := initIn(t, args...)
		require.Equal(t, statusBroken, status, says)
		require.Contains(t, errs, says)
	}
	require.NoDirExists(t, dir)

	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), nil, 0o600))
	status, _, errs := initIn(t, dir)
	require.Equal(t, statusBroken, status)
	require.Contains(t, errs, "has main.go already, so nothing was made")
}

func TestQuotePath(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/home/me/glomers", quotePath("/home/me/glomers"))
	require.Equal(t, `"/home/my self/glomers"`, quotePath("/home/my self/glomers"))
}

// The new module requires what ours requires, so that the go command has nothing to look up.
func TestRequirements(t *testing.T) {
	t.Parallel()
	const mod = `module glomers

go 1.26.0

require a.example/one v1.0.0

require (
	github.com/stretchr/testify v1.12.1
	b.example/two v1.2.0 // indirect
)
`
	direct, indirect := requirements(mod)
	require.Equal(t, []string{"github.com/stretchr/testify v1.12.1"}, direct)
	require.Equal(t, []string{"a.example/one v1.0.0", "b.example/two v1.2.0"}, indirect)
}

// Every workload and language can be had by its flag.
func TestInitOffersEverything(t *testing.T) {
	t.Parallel()
	_, help, _ := initIn(t, "--help")
	for _, name := range append(starter.Workloads(), starter.Languages()...) {
		require.Contains(t, help, name)
	}
}
