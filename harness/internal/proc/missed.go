package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Missed guesses, from what a program that failed wrote last, which variable or file it missed, and says what to do about that; "" if it cannot tell. It begins
// with a semicolon.
func (p *Place) Missed(args []string, log string) string {
	words := wordPattern.FindAllString(log, -1)
	for _, name := range p.env.Withheld {
		// A short name, or one that is a word of English, may be there for another reason.
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
	// How interpreters and libraries say that something is not there.
	missingPattern = regexp.MustCompile(`(?i)no such file|enoent|cannot open|can't open|cannot find|can't find|could not find|unable to access|no module named|not find module|cannot load|not found|does not exist|can't locate`)
	pathPattern    = regexp.MustCompile(`[A-Za-z0-9_./-]+`)
)

// candidates returns names of what is where the user is and the program did not find: those that were given to it as they are, and those of which it spoke.
func (p *Place) candidates(args []string, log string) []string {
	var found []string
	for _, a := range args {
		if p.isPath(a) {
			continue // it got where that is
		}
		for _, part := range strings.FieldsFunc(a, func(r rune) bool { return r == '=' || r == ',' || r == os.PathListSeparator }) {
			if p.here(part) {
				found = append(found, part)
			}
		}
	}
	for _, word := range pathPattern.FindAllString(log, -1) {
		// Some name what they look for by where they look.
		if strings.HasPrefix(word, "/") {
			rest, ok := p.ownPath(word)
			if !ok {
				continue
			}
			word = rest
		}
		word = strings.TrimRight(word, ".-") // of a sentence, perhaps
		if strings.ContainsAny(word, "./") && p.here(word) {
			found = append(found, word)
		}
	}
	return found
}

// ownPath returns what a path is within a program's own directory.
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

// here tells whether a relative path leads to something where the user is. The ending may be left out, as in the name of a module.
func (p *Place) here(path string) bool {
	if path == "" || !filepath.IsLocal(path) {
		return false
	}
	full := filepath.Join(p.user, path)
	if _, err := os.Stat(full); err == nil {
		return true
	}
	entries, _ := os.ReadDir(filepath.Dir(full)) // what cannot be read has nothing
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())) == filepath.Base(full)
	})
}
