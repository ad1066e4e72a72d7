package main

import (
	"go/format"
	"go/scanner"
	"go/token"
	"path"
	"regexp"
	"strings"
)

// A renaming changes one module path into another in the files of a module.
type renaming struct {
	old, new string
	top      map[string]bool // the directories of the root that contain packages: what follows the module path in an import path
}

// file returns the content of a file after the renaming, and the lines in which the old path was.
func (r renaming) file(name, text string) (renamed string, lines []int) {
	if !strings.Contains(text, r.old) {
		return text, nil
	}
	base := path.Base(name)
	switch {
	case strings.HasSuffix(base, ".go"):
		renamed, lines = r.replace(text, inLiterals(text))
	case base == "go.mod" || strings.HasPrefix(base, "go.mod."):
		renamed, lines = r.replace(text, r.inDirective(text))
	default:
		renamed, lines = r.replace(text, nil)
	}
	if lines == nil {
		return text, nil
	}
	renamed = r.sortImports(renamed)
	if strings.HasSuffix(base, ".go") {
		renamed = formatLike(text, renamed)
	}
	return renamed, lines
}

// formatLike formats a program's new text if the old text was formatted: a test may need a program that is not.
func formatLike(old, renamed string) string {
	if was, err := format.Source([]byte(old)); err != nil || string(was) != old {
		return renamed
	}
	formatted, err := format.Source([]byte(renamed))
	if err != nil {
		return renamed // a path without a character that Go would mind cannot break a literal or a comment
	}
	return string(formatted)
}

// A context decides for the old path at text[start:end], before the general rules do: whether that place is considered at
// all, and whether it certainly is a module path.
type context func(start, end int) (considered, certain bool)

// replace replaces the old path where it is a module path.
func (r renaming) replace(text string, in context) (renamed string, lines []int) {
	var b strings.Builder
	done, line, counted := 0, 1, 0
	for at := 0; ; {
		i := strings.Index(text[at:], r.old)
		if i < 0 {
			break
		}
		start, end := at+i, at+i+len(r.old)
		at = end
		if !standsAlone(text[:start]) {
			continue
		}
		considered, certain := true, false
		if in != nil {
			considered, certain = in(start, end)
		}
		if !considered || !certain && !r.isPath(text[:start], text[end:]) {
			continue
		}
		b.WriteString(text[done:start])
		b.WriteString(r.new)
		done = end
		line += strings.Count(text[counted:start], "\n")
		counted = start
		lines = append(lines, line)
	}
	b.WriteString(text[done:])
	return b.String(), lines
}

// standsAlone reports whether a path that follows this text begins there, and is not the end of a longer path or word.
func standsAlone(before string) bool {
	if before == "" {
		return true
	}
	last := before[len(before)-1]
	if !isPathByte(last) && last != '/' && last != '@' {
		return true
	}
	if len(before) >= 2 && before[len(before)-2] == '\\' {
		return strings.IndexByte("nrt", last) >= 0 // an escape sequence in a string: "ok\tglomers/node"
	}
	return false
}

func isPathByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._~-", c) >= 0 || c >= 0x80
}

var (
	// What stands before and after a module path that no package follows: in a go.mod, in commands, in sentences about the module.
	afterModule  = regexp.MustCompile("(?:^|[^A-Za-z]|\\\\[nrt])module +[\"`]?$")
	afterRequire = regexp.MustCompile(`(?:^|[^A-Za-z]|\\[nrt])(?:require|replace) +$`)
	afterFlag    = regexp.MustCompile(`-(?:module|require|replace|droprequire|dropreplace)(?:[ =]|", ")$`)
	thenVersion  = regexp.MustCompile(`^@(?:v[0-9]|latest\b|upgrade\b|none\b|main\b|\$|%|\{\{)`)
	thenRequired = regexp.MustCompile(`^ +(?:v[0-9]|=>|\$|%|\{\{)`)
	thenEnd      = regexp.MustCompile(`^(?:$|[^A-Za-z0-9_~/.-]|[.](?:[^A-Za-z0-9]|$))`)
	thenArrow    = regexp.MustCompile(`^ +=> `)
	blankLine    = regexp.MustCompile(`(?:^|\n)[ \t]*$`)
)

// isPath reports whether the old path between these texts is the module's path, and not the name of the program, of a
// directory or of another thing that has the same name.
func (r renaming) isPath(before, after string) bool {
	if rest, ok := strings.CutPrefix(after, "/"); ok {
		n := 0
		for n < len(rest) && isPathByte(rest[n]) {
			n++
		}
		directory, _, _ := strings.Cut(rest[:n], ".") // "harness.Program", as go doc has it
		return r.top[directory] || strings.HasPrefix(rest, "...")
	}
	before = before[max(0, len(before)-80):]
	switch {
	case thenVersion.MatchString(after), thenArrow.MatchString(after) && blankLine.MatchString(before):
		return true
	case afterModule.MatchString(before):
		return thenEnd.MatchString(after)
	case afterRequire.MatchString(before):
		return thenRequired.MatchString(after)
	case afterFlag.MatchString(before):
		return thenEnd.MatchString(after)
	}
	return false
}

// inLiterals considers the strings and comments of a Go program.
func inLiterals(text string) context {
	literal := make([]bool, len(text))
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, kind, lit := s.Scan()
		if kind == token.EOF {
			break
		}
		if kind == token.STRING || kind == token.COMMENT {
			at := file.Offset(pos)
			for i := at; i < min(at+len(lit), len(text)); i++ {
				literal[i] = true
			}
		}
	}
	return func(start, _ int) (bool, bool) { return literal[start], false }
}

// inDirective takes whole words outside of comments of a go.mod for module paths.
func (r renaming) inDirective(text string) context {
	return func(start, end int) (considered, certain bool) {
		line := text[strings.LastIndexByte(text[:start], '\n')+1 : start]
		return true, !strings.Contains(line, "//") && (end == len(text) || strings.IndexByte("/ \t\r\n\"`", text[end]) >= 0)
	}
}
