// Package readme reads the documentation of this repository, so that its tests can check that the text is true: the commands
// work, the links lead somewhere, quoted code equals the files, and the functions that are named exist.
//
// A block of code, indented or fenced, is marked by a comment in the line before it, which is not visible on the page (there
// may be a blank line between them):
//
//	        <!-- run -->                        every command must exit with status 0
//		<!-- run: exits 1 -->               with status 1
//		<!-- run: long -->                  only with the flag -long, which CI gives
//	        <!-- run: needs python3 -->         only if python3 is installed
//		<!-- run: --time-limit 3 -->        with these flags added to "glomers test", "glomers challenge" and "glomers sweep"
//	        <!-- run: with a/b.go "x++" "x--" -->  with this change to the code, which readers are told to make; may be
//
// repeated
//
//	        <!-- run: says "nobody polled" -->  the output of the commands must match this regular expression; may be repeated
//		<!-- run: long needs python3 exits 1 with a/b.go "x++" "x--" says "one" --seed 7 -->
//	                                            all of these, in this order
//		<!-- not run: why -->               a command for readers only
//	        <!-- file: echo/main.go -->         the block must equal this file, byte for byte
//
// If a file has a marker, every block in it that contains a command must have one.
//
// # Commands
//
// A command is a line, or several lines of which all but the last end in a backslash; a # begins a comment. The commands of
// a file are run by bash, one after the other, in the root of the repository. HOME is a directory for these commands only,
// and glomers is on PATH. Another directory takes the place of the directory store: by the flag --store, and by "$STORE"/ in
// place of store/. Nothing else is changed.
package readme

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A Document is the part of a Markdown file that the tests examine.
type Document struct {
	Path    string          // from the root of the repository, with slashes
	Text    string          // the whole text
	Anchors map[string]bool // the targets that a link can name after a #
	Links   []Link
	Blocks  []Block
}

// A Link is a link to a place in this repository or elsewhere.
type Link struct {
	Line   int // from 1
	Target string
}

// A Block is a block of code.
type Block struct {
	Line   int    // of its first line, from 1
	Text   string // without the indentation, and without the newline at its end
	Marker string // the text of the comment before it; "" if there is no marker
}

var (
	comment    = regexp.MustCompile(`^<!-- (run|(?:run|not run|file): .*?) *-->$`)
	heading    = regexp.MustCompile(`^#{1,6} +(.*?)(?: +#+)?$`)
	fence      = regexp.MustCompile("^ {0,3}(```+|~~~+)[^`]*$")
	inlineCode = regexp.MustCompile("`+[^`]*`+")
	linkText   = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	links      = regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^ {0,3}\[[^\]]+\]:\s*(\S+)|(?:href|src|id|name)="([^"]*)"`)
)

// Parse reads a Markdown file. It understands only the Markdown that this repository uses: lists do not contain blocks of
// code, and a comment takes one line.
func Parse(path, text string) Document {
	d := Document{Path: path, Text: text, Anchors: make(map[string]bool)}
	lines := strings.Split(text, "\n")
	marker, blank := "", true // blank: the line before was blank, so an indented line begins a block
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		var code []string
		begin := i + 1
		if m := fence.FindStringSubmatch(line); m != nil {
			begin++
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != m[1]; i++ {
				code = append(code, lines[i])
			}
		} else if blank && indented(line) {
			for ; i < len(lines) && (indented(lines[i]) || strings.TrimSpace(lines[i]) == ""); i++ {
				code = append(code, unindent(lines[i]))
			}
			i--
		} else {
			blank = strings.TrimSpace(line) == ""
			if m := comment.FindStringSubmatch(line); m != nil {
				marker, blank = m[1], true
			} else if !blank {
				marker = ""
				d.read(i+1, line)
			}
			continue
		}
		d.Blocks = append(d.Blocks, Block{begin, strings.TrimRight(strings.Join(code, "\n"), "\n"), marker})
		marker, blank = "", true
	}
	return d
}

// read collects the links and anchors in a line that is not code.
func (d *Document) read(number int, line string) {
	if m := heading.FindStringSubmatch(line); m != nil {
		d.addAnchor(slug(m[1]))
	}
	for _, m := range links.FindAllStringSubmatch(inlineCode.ReplaceAllString(line, ""), -1) {
		switch {
		case strings.HasPrefix(m[0], "id=") || strings.HasPrefix(m[0], "name="):
			d.Anchors[m[3]] = true
		default:
			d.Links = append(d.Links, Link{number, m[1] + m[2] + m[3]}) // two of the three are empty
		}
	}
}

// addAnchor adds the anchor of a heading, with a number if the name has occurred before.
func (d *Document) addAnchor(name string) {
	unique := name
	for n := 1; d.Anchors[unique]; n++ {
		unique = name + "-" + strconv.Itoa(n)
	}
	d.Anchors[unique] = true
}

// slug returns the anchor that GitHub gives a heading.
func slug(title string) string {
	title = linkText.ReplaceAllString(title, "$1")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

func indented(line string) bool {
	return strings.TrimSpace(line) != "" && (strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t"))
}

func unindent(line string) string {
	if rest, ok := strings.CutPrefix(line, "\t"); ok {
		return rest
	}
	return strings.TrimPrefix(line, "    ")
}
