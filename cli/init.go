package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"glomers/internal/module"
	"glomers/internal/program"
	"glomers/internal/starter"
	"glomers/internal/starter/ci"
	"glomers/internal/wording"
)

func (c *cli) initCommand() *cobra.Command {
	o := starter.Options{Language: "go", Workload: "broadcast"}
	var source, modulePath string
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a node of your own, in a directory of your own",
		Long: `Make the directory DIR with a small complete node for one of the challenges, its tests, a README,
and settings for editors. In Go it is a module of its own, which uses the packages of glomers; in
other languages it needs nothing but their compilers. Files that are there already are not touched.

A directory inside the repository of glomers becomes a package of it.`,
		Example: `  glomers init ../mine
  glomers init ../counter --workload g-counter --ci github
  glomers init ../mine-too --lang python`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("want one directory, to be made: glomers init DIR")
			}
			return nil
		},
	}
	define(cmd, "lang", "", "name", o.Language, "the language: "+wording.Or(starter.Languages()), oneOf(&o.Language, starter.Languages()))
	define(cmd, "workload", "w", "name", o.Workload, "what the node does: "+wording.Or(starter.Workloads()), oneOf(&o.Workload, starter.Workloads()))
	define(cmd, "ci", "", "name", "", "make a pipeline that tests the node, too, for "+wording.Or(ci.Providers()), oneOf(&o.CI, ci.Providers()))
	cmd.Flags().StringVar(&modulePath, "module", "", "`path` of the Go module; without it, example/ and the name of the directory")
	cmd.Flags().StringVar(&source, "glomers", "", "`directory` of a clone of glomers, for the Go module to use; without it, the one that this program was built in")
	suggest(cmd, "lang", starter.Languages())
	suggest(cmd, "workload", starter.Workloads())
	suggest(cmd, "ci", ci.Providers())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		dir, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		o.Name = filepath.Base(dir)
		if err := checkName(o.Name); err != nil {
			return err
		}
		isPackage := o.Language == "go" && program.Inside(filepath.Dir(dir))
		switch {
		case o.Language != "go" && (modulePath != "" || source != ""):
			return fmt.Errorf("--module and --glomers are for Go: a node in %s is no module, and needs no clone", o.Language)
		case isPackage && (modulePath != "" || source != "" || o.CI != ""):
			return fmt.Errorf("%s is inside the repository of glomers, where a node is a package: leave out --module, --glomers and --ci, or choose another directory", dir)
		case o.Language == "go" && !isPackage:
			if o.Module, err = newModule(o.Name, modulePath, source); err != nil {
				return err
			}
		}
		p, err := starter.New(o)
		if err != nil {
			return err
		}
		if err := p.Write(dir); err != nil {
			return err
		}
		return c.sayMade(args[0], p, isPackage)
	}
	return cmd
}

// checkName returns an error for a name that is not good for a directory, a program and a module in every language.
func checkName(name string) error {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(name) {
		return fmt.Errorf("%q is the name of the node: want lower-case letters, digits and single hyphens, a letter first", name)
	}
	if slices.Contains([]string{"internal", "testdata", "vendor", module.Path()}, name) {
		return fmt.Errorf("%q: this name means something else to the go command: choose another one", name)
	}
	return nil
}

// newModule describes a module that uses the packages of glomers. source is where the user says that they are, or "".
func newModule(name, path, source string) (*starter.Module, error) {
	m := &starter.Module{Path: path, Glomers: module.Path(), Version: "v0.0.0"}
	if path == "" {
		m.Path = "example/" + name // the go command leaves this prefix to its users: a name alone may be that of a standard package
	}
	if !regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9._~]*(/[-A-Za-z0-9._~]+)*$`).MatchString(m.Path) || m.Path == module.Path() {
		return nil, fmt.Errorf("--module: %q: want letters, digits and -._~ in parts with slashes between them, such as example.org/mine, and not the path of glomers", m.Path)
	}
	info, ok := debug.ReadBuildInfo()
	// A module can be downloaded by its path only if the path begins with the name of a host.
	host, _, _ := strings.Cut(module.Path(), "/")
	published := ok && strings.Contains(host, ".") && info.Main.Path == module.Path() && info.Main.Version != "(devel)"
	downloaded := published && info.Main.Sum != "" // by go install: the source is where the go command keeps modules
	if source == "" && !downloaded {
		if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
			if root := filepath.Dir(filepath.Dir(file)); program.IsRoot(root) {
				source = root
			}
		}
	}
	if source == "" {
		if published {
			m.Version = info.Main.Version
			return m, nil
		}
		return nil, errors.New("a node in Go uses the packages of glomers, and the clone that this program was built in is not here: say where a clone is, with --glomers DIR")
	}
	dir, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	if !program.IsRoot(dir) {
		return nil, fmt.Errorf("--glomers: %s is not a clone of glomers: it has no go.mod of the module %s", dir, module.Path())
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return nil, err
	}
	m.Dir, m.Sum = quotePath(dir), string(sum)
	m.Direct, m.Indirect = requirements(string(mod))
	return m, nil
}

// quotePath writes a directory for a go.mod file.
func quotePath(dir string) string {
	dir = filepath.ToSlash(dir)
	if strings.ContainsAny(dir, " \t\"'`,()[]{}") || strings.Contains(dir, "//") {
		return strconv.Quote(dir)
	}
	return dir
}

// requirements returns what a module requires that uses the module of the given go.mod file, and that itself imports only its
// packages and those of testify: a line for each direct requirement, and a line for each indirect one, sorted.
func requirements(mod string) (direct, indirect []string) {
	block := false
	for line := range strings.Lines(mod) {
		line = strings.TrimSpace(line)
		one, single := strings.CutPrefix(line, "require ")
		switch {
		case line == "require (":
			block = true
		case line == ")":
			block = false
		case !block && !single:
		default:
			one, _, _ = strings.Cut(one, " //")
			if strings.HasPrefix(one, "github.com/stretchr/testify ") {
				direct = append(direct, one)
			} else {
				indirect = append(indirect, one)
			}
		}
	}
	slices.Sort(indirect)
	return direct, indirect
}

// sayMade says what was made in dir, and what to do next.
func (c *cli) sayMade(dir string, p *starter.Project, isPackage bool) error {
	var b strings.Builder
	var paths []string
	for _, f := range p.Files {
		paths = append(paths, f.Path)
	}
	fmt.Fprintf(&b, "Made %s, a node of %s in %s:\n  %s\n\n", dir, p.Workload.Name, p.Language.Title, strings.Join(paths, "\n  "))
	if _, err := exec.LookPath(p.Language.Needs); err != nil {
		fmt.Fprintf(&b, "It needs %s, which is not on PATH.\n\n", p.Language.Needs)
	}
	fmt.Fprintln(&b, "Now:")
	if !isPackage {
		fmt.Fprintln(&b, "  cd", program.Quote(dir))
	}
	if p.Module != nil && p.Module.Dir == "" {
		fmt.Fprintln(&b, "  go mod tidy")
	}
	if p.Build != "" {
		fmt.Fprintln(&b, " ", p.Build)
	}
	fmt.Fprintln(&b, " ", p.Test)
	fmt.Fprintln(&b, " ", p.Command(p.Workload.Challenge))
	watch := p.Glomers + " watch"
	if isPackage {
		watch += " --bin " + p.Bin
	}
	fmt.Fprintf(&b, "\nAnd while you work on it, this runs the challenges after each change:\n  %s\n", watch)
	_, err := fmt.Fprint(c.stdout, b.String())
	return err
}
