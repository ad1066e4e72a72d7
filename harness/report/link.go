package report

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// The two forms of import and the three forms of export that the linker supports, each on its own line.
var (
	importLine = regexp.MustCompile(`^import (?:\{([\w, ]+)\}|\* as (\w+)) from "\./(\w+\.js)";$`)
	exportLine = regexp.MustCompile(`^export ((?:(?:async )?function|class|const) (\w+).*)$`)
)

// link joins an ES module and all modules that it imports, directly or indirectly, into one script without imports. The page
// needs a single script: a page that is opened from a file cannot import modules, and a policy that allowed modules by their
// addresses would allow more than hashes do.
// hashes do.
// Each module becomes a function, so that names in different modules do not clash, and its exports become an entry in the
// object `modules`. The result is a classic script, not a module, so that the console and the tests of the page can reach
// that object.
//
// There are two differences from modules that a browser links: cycles are refused, and an import keeps its first value.
// Exports are therefore never assigned to.
func link(files fs.FS, entry string) (string, error) {
	l := linker{files: files, exports: make(map[string][]string)}
	if err := l.add(entry); err != nil {
		return "", fmt.Errorf("report: link: %w", err)
	}
	return "\"use strict\";\nconst modules = {};\n" + l.script.String(), nil
}

type linker struct {
	files   fs.FS
	exports map[string][]string // of each module; nil while its imports are being linked
	script  strings.Builder
}

// add links a module once, after the modules that it imports.
func (l *linker) add(name string) error {
	if exports, begun := l.exports[name]; begun && exports == nil {
		return fmt.Errorf("%s imports itself, by way of others", name)
	} else if begun {
		return nil
	}
	text, err := fs.ReadFile(l.files, name)
	if err != nil {
		return err
	}
	l.exports[name] = nil
	exports := []string{}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i, line := range lines {
		if m := importLine.FindStringSubmatch(line); m != nil {
			if lines[i], err = l.resolve(m[1], m[2], m[3]); err != nil {
				return fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		} else if m := exportLine.FindStringSubmatch(line); m != nil {
			lines[i] = m[1]
			exports = append(exports, m[2])
		} else if strings.HasPrefix(line, "import") || strings.HasPrefix(line, "export") {
			return fmt.Errorf("%s:%d: cannot link %q", name, i+1, line)
		}
	}
	l.exports[name] = exports
	fmt.Fprintf(&l.script, "\nmodules[%q] = (() => {\n%s\nreturn {%s};\n})();\n", name, strings.Join(lines, "\n"), strings.Join(exports, ", "))
	return nil
}

// resolve links an imported module and returns the declaration that replaces the import: of some of its exports, or of the
// whole module under one name.
func (l *linker) resolve(some, all, module string) (string, error) {
	if err := l.add(module); err != nil {
		return "", err
	}
	if all != "" {
		return fmt.Sprintf("const %s = modules[%q];", all, module), nil
	}
	for name := range strings.SplitSeq(some, ", ") {
		if !slices.Contains(l.exports[module], name) {
			return "", fmt.Errorf("%s does not export %q", module, name)
		}
	}
	return fmt.Sprintf("const {%s} = modules[%q];", some, module), nil
}
