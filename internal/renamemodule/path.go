package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

var (
	majorSuffix = regexp.MustCompile(`/v[0-9]+$`)
	domain      = regexp.MustCompile(`^[a-z0-9.-]+$`)
)

// checkPath returns an error that says what is wrong with a module path.
func checkPath(path string) error {
	if path == "" {
		return errors.New("the new module path is empty: want one such as example.org/you/glomers")
	}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%q is no module path for this module: "+format, append([]any{path}, args...)...)
	}
	if strings.Contains(path, "://") {
		return fail("want it without %s", path[:strings.Index(path, "://")+3])
	}
	// The go command knows the rules.
	if _, err := editMod("module m\n", "-module="+path); err != nil {
		reason := err.Error()
		if _, malformed, ok := strings.Cut(reason, fmt.Sprintf("import path %q: ", path)); ok {
			reason = malformed
		}
		return fail("%s", reason)
	}

	first, _, _ := strings.Cut(path, "/")
	if strings.Contains(first, ".") && !domain.MatchString(first) {
		return fail("want lower-case letters, digits, dots and hyphens in %s", first)
	}
	if majorSuffix.MatchString(path) || first == "gopkg.in" {
		// Nested modules would have other paths than the directories they are in, and all versions would begin with v2 or so.
		return fail("a path with a major version is not supported: publish as v0 or v1, without %s", cmp.Or(majorSuffix.FindString(path), first))
	}
	std, err := standard()
	if err != nil {
		return err
	}
	if std[first] {
		return fail("%s belongs to Go's standard library", first)
	}
	return nil
}

// editMod returns the text of a go.mod after an edit by "go mod edit". An error says what that said.
func editMod(text, edit string) (string, error) {
	temp, err := os.MkdirTemp("", "rename-module-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp) // what stays behind is small
	mod := filepath.Join(temp, "go.mod")
	if err := os.WriteFile(mod, []byte(text), 0o600); err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "mod", "edit", edit, mod).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go mod edit: %w: %s", err, bytes.TrimSpace(out))
	}
	edited, err := os.ReadFile(mod)
	return string(edited), err
}

// standard returns the first elements of the paths that belong to Go's standard library.
var standard = sync.OnceValues(func() (map[string]bool, error) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		return nil, fmt.Errorf("go list std: %w", err)
	}
	first := map[string]bool{"cmd": true} // the tools of the distribution
	for _, path := range strings.Fields(string(out)) {
		path, _, _ = strings.Cut(path, "/")
		first[path] = true
	}
	return first, nil
})
