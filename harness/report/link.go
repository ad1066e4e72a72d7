package report

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// The two forms of import and the three of export that the linker knows, each on a line of its own.
var (
	importLine = regexp.MustCompile(`^import (?:\{([\w, ]+)\}|\* as (\w+)) from "\./(\w+\.js)";$`)
	exportLine = regexp.MustCompile(`^export ((?:(?:async )?function|class|const) (\w+).*)$`)
)

// link joins an ES module and the modules that it imports, directly or not, into one script without imports. The page needs that:
// a page that was opened from a file may not import, and a policy that allowed modules by their addresses would allow more than
// hashes do.
//
// Each module becomes a function, so that names of different modules never clash, and its exports become an entry of the object
// `modules`. The script is a classic one, and not itself a module, so that the console and the tests of the page can reach that object.
//
// What differs from modules that a browser links: cycles are refused, and an import keeps its first value. No export is ever assigned to.
func link(files fs.FS, entry string) (string, error) {
	l := linker{files: files, exports: make(map[string][]string)}
	if err := l.add(entry); err != nil {
		return "", fmt.Errorf("report: link: %w", err)
	}
	return "\"use strict\";\nconst modules = {};\n" + l.script.String(), nil
}

type linker struct {
	files   fs.FS
	exports map[string][]string // of each module; nil while those that it imports are linked
	script  strings.Builder
}

// add links a module after those that it imports, once.
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

// resolve links a module that another imports, and returns the declaration that stands for the import: of some of its exports, or of all under one name.
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
