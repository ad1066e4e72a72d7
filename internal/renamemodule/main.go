// Command renamemodule changes the path of this module: in go.mod and in the modules nested in it, in imports, commands,
// templates, documents and generated files. The word glomers stays where it is the name of the program or of a directory.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"glomers/internal/module"
	"glomers/internal/program"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

const usage = `usage: scripts/rename-module [--force] [--from OLD] PATH

Changes the module path to PATH, such as example.org/you/glomers, everywhere in this checkout: in go.mod and in the
modules nested in it, in imports, commands, templates, documents and generated files. Renaming once more, or back, works as well.

  --force      although there are changes that are not in a commit, or no git to tell
  --from OLD   replace this path, and not the one in go.mod: for files that came from a module with another path, by a merge
`

// statusBroken is the exit status after wrong input, and when something else is broken.
const statusBroken = 3

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	err := command(args, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "rename-module: %s\n", terminal.Escape(err.Error()))
		return statusBroken
	}
	return 0
}

func command(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("rename-module", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	force := flags.Bool("force", false, "")
	from := flags.String("from", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("want one module path, not %d\n%s", flags.NArg(), strings.TrimSuffix(usage, "\n"))
	}
	root, err := program.Root()
	if err != nil {
		return err
	}
	return renameIn(root, *from, flags.Arg(0), *force, stdout)
}

// renameIn changes the module path of the checkout in root.
func renameIn(root, from, to string, force bool, stdout io.Writer) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	declared := module.Declared(string(mod))
	if from == "" {
		from = declared
	}
	if err := checkPath(to); err != nil {
		return err
	}
	if !force {
		if err := checkClean(root); err != nil {
			return err
		}
	}
	t, err := readTree(root)
	if err != nil {
		return err
	}
	if to != declared {
		if _, places := t.rename(to, to); len(places) > 0 {
			return fmt.Errorf("%s is in use already: %s:%d. Renaming again, or back, could not tell apart what it is there: choose another path, or change that line",
				to, places[0].name, places[0].line)
		}
	}
	changed, places := t.rename(from, to)
	if err := sortModFiles(changed); err != nil {
		return err
	}
	if err := write(changed, t); err != nil {
		return err
	}
	return report(stdout, changed, len(places), t.owned(), from, to)
}

// checkClean returns an error if there are changes that are not in a commit: they could not be told apart from a renaming.
func checkClean(root string) error {
	out, err := git(root, "status", "--porcelain")
	if errors.Is(err, errNoGit) {
		return fmt.Errorf("%s is not a git repository, so that nothing could be taken back: commit it to one, or use --force", root)
	}
	if err != nil {
		return err
	}
	if out != "" {
		first, more, _ := strings.Cut(strings.TrimRight(out, "\n"), "\n")
		if more != "" {
			first += ", …"
		}
		return fmt.Errorf("there are changes that are not in a commit (%s): commit them, or use --force", strings.TrimSpace(first))
	}
	return nil
}

// report says what has changed and what comes next.
func report(w io.Writer, changed tree, places int, owned []place, from, to string) error {
	if len(changed.names) == 0 {
		_, err := fmt.Fprintf(w, "Nothing to do: no file has %s as the path of a module other than %s.\n", from, to)
		return err
	}
	fmt.Fprintf(w, "The module path %s is now %s, in %s of %s.\n", from, to, wording.Plural(places, "place"), wording.Plural(len(changed.names), "file"))
	if first, _, _ := strings.Cut(to, "/"); !strings.Contains(first, ".") {
		fmt.Fprintf(w, "\nNobody can download a module whose path does not begin with a domain: other modules need a replace directive for %s.\n", to)
	}
	if len(owned) > 0 {
		fmt.Fprint(w, "\nThese lines say OWNER where the name of whoever publishes belongs:\n")
		for _, p := range owned {
			fmt.Fprintf(w, "  %s:%d\n", terminal.Line(p.name), p.line)
		}
	}
	_, err := fmt.Fprint(w, `
Next:
  go vet ./... && go test ./...     they pass as before
  git add -A && git commit          then push, and tag a version, such as v0.1.0

docs/publish.md has the rest: what to change by hand, and the tags of nested modules.
`)
	return err
}
