package main

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// importLine is a line in the parentheses of an import declaration.
var importLine = regexp.MustCompile(`^\s*(?:[\w.]+ )?"([^"]+)"\s*$`)

// sortImports sorts the imports as gofmt does, in texts that contain programs: documents, templates, strings in tests. Like
// gofmt, it sorts within the lines that follow one another; groups stay as they are. Groups without the new path are left alone.
func (r renaming) sortImports(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasSuffix(strings.TrimRight(lines[i], "\r\n"), "import (") {
			continue
		}
		for i++; i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), ")"); i++ {
			from := i
			for i < len(lines) && importLine.MatchString(lines[i]) {
				i++
			}
			group := lines[from:i]
			if slices.ContainsFunc(group, r.imports) {
				slices.SortStableFunc(group, func(a, b string) int { return cmp.Compare(imported(a), imported(b)) })
			}
			if i > from {
				i-- // the line after the group may end the declaration
			}
		}
	}
	return strings.Join(lines, "")
}

func imported(line string) string { return importLine.FindStringSubmatch(line)[1] }

func (r renaming) imports(line string) bool { return strings.HasPrefix(imported(line), r.new+"/") }
