package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Missed guesses, from the last output of a failed program, which variable or file the program missed, and returns advice,
// which begins with a semicolon; "" if it has no guess.
func (p *Place) Missed(args []string, log string) string {
	words := wordPattern.FindAllString(log, -1)
	for _, name := range p.env.Withheld {
		// A short or lower-case name may be an ordinary word.
		if len(name) > 2 && strings.ToLower(name) != name && slices.Contains(words, name) {
			return fmt.Sprintf("; %s is set here, but nodes get only some variables: --env %s (in Go, Test.Env) passes it on", name, name)
		}
	}
	if p.dir != "" || !missingPattern.MatchString(log) {
		return ""
	}
	for _, word := range p.candidates(args, log) {
		return fmt.Sprintf("; %s is in %s, but nodes run in directories of their own: --cwd . (in Go, Test.Cwd) has them run there", word, p.user)
	}
	return ""
}

var (
	wordPattern = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	// Texts by which interpreters and libraries report that something is missing.
	missingPattern = regexp.MustCompile(`(?i)no such file|enoent|cannot open|can't open|cannot find|can't find|could not find|unable to access|no module named|not find module|cannot load|not found|does not exist|can't locate`)
	pathPattern    = pathPatternOf(runtime.GOOS)
)

// pathPatternOf matches the paths of a system that are made of plain characters.
func pathPatternOf(goos string) *regexp.Regexp {
	if goos == "windows" {
		return regexp.MustCompile(`(?:\b[A-Za-z]:)?[A-Za-z0-9_./\\-]+`)
	}
	return regexp.MustCompile(`[A-Za-z0-9_./-]+`)
}

// candidates returns relative paths that exist in the user's directory and that the program may not have found: those among its
// arguments, and those that its output mentions.
func (p *Place) candidates(args []string, log string) []string {
	var found []string
	for _, a := range args {
		if p.isPath(a) {
			continue // the program got an absolute path for it
		}
		for _, part := range strings.FieldsFunc(a, func(r rune) bool { return r == '=' || r == ',' || r == os.PathListSeparator }) {
			if p.here(part) {
				found = append(found, part)
			}
		}
	}
	for _, word := range pathPattern.FindAllString(log, -1) {
		if runtime.GOOS == "windows" {
			word = strings.ReplaceAll(word, `\\`, `\`) // some programs quote the path
		}
		// Some programs report the absolute path at which they looked.
		if filepath.IsAbs(word) {
			rest, ok := p.ownPath(word)
			if !ok {
				continue
			}
			word = rest
		}
		word = strings.TrimRight(word, ".-") // possibly the end of a sentence
		if strings.ContainsAny(word, "./"+string(filepath.Separator)) && p.here(word) {
			found = append(found, word)
		}
	}
	return found
}

// ownPath returns a path relative to the directory of the program that the path lies in.
func (p *Place) ownPath(path string) (string, bool) {
	p.mu.Lock()
	root := p.root
	p.mu.Unlock()
	if root == "" {
		return "", false
	}
	inRoot, ok := strings.CutPrefix(path, root+string(filepath.Separator))
	if !ok {
		return "", false
	}
	_, rest, ok := strings.Cut(inRoot, string(filepath.Separator))
	return rest, ok
}

// here reports whether a relative path exists in the user's directory. The file extension may be left out, as in the name of a
// module.
func (p *Place) here(path string) bool {
	if path == "" || !filepath.IsLocal(path) {
		return false
	}
	full := filepath.Join(p.user, path)
	if _, err := os.Stat(full); err == nil {
		return true
	}
	entries, _ := os.ReadDir(filepath.Dir(full)) // a directory that cannot be read counts as empty
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())) == filepath.Base(full)
	})
}
