package readme

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Run says how to run the commands of a block.
type Run struct {
	Long   bool             // run only with the flag -long
	Needs  string           // run only if this program exists; "" if none is needed
	Status int              // the exit status of each command
	Edits  []Edit           // changes to the code before the commands are run
	Says   []*regexp.Regexp // expressions that match the combined output
	Flags  string           // flags to add
}

// ParseRun parses the marker of a block that is run.
func ParseRun(marker string) (Run, error) {
	var r Run
	what, how, _ := strings.Cut(marker, ":")
	if what != "run" {
		return r, fmt.Errorf("readme: marker %q: want run", marker)
	}
	words := strings.Fields(how)
	if len(words) > 0 && words[0] == "long" {
		r.Long = true
		words = words[1:]
	}
	if len(words) > 1 && words[0] == "needs" {
		r.Needs = words[1]
		words = words[2:]
	}
	if len(words) > 1 && words[0] == "exits" {
		status, err := strconv.Atoi(words[1])
		if err != nil || status < 0 || status > 255 {
			return r, fmt.Errorf("readme: marker %q: exits %s: want 0 to 255", marker, words[1])
		}
		r.Status = status
		words = words[2:]
	}
	for range len(strings.Fields(how)) - len(words) {
		_, how, _ = strings.Cut(strings.TrimSpace(how), " ")
	}
	rest, err := r.parsePromises(strings.TrimSpace(how)) // with the spaces in quoted texts
	if err != nil {
		return r, fmt.Errorf("readme: marker %q: %w", marker, err)
	}
	if rest != "" && !strings.HasPrefix(rest, "-") {
		return r, fmt.Errorf("readme: marker %q: %s: want run: [long] [needs PROGRAM] [exits STATUS] [with FILE OLD NEW]… [says REGEXP]… [FLAGS]", marker, rest)
	}
	r.Flags = rest
	return r, nil
}

var (
	command = regexp.MustCompile(`^(?:glomers|go|python3|scripts/\S+|\.ci/run)(?: |$)`)
	driver  = regexp.MustCompile(`^(?:glomers|go run \./cmd/glomers) (?:test|challenge|sweep)(?: |$)`)
	inStore = regexp.MustCompile(`(^| )store/`)
)

// HasCommand reports whether a line of the block is a command of this repository, or of Go.
func (b Block) HasCommand() bool {
	for _, line := range b.lines() {
		if command.MatchString(line) {
			return true
		}
	}
	return false
}

// Commands returns the commands of the block, adapted as r says.
func (b Block) Commands(r Run) []string {
	var all []string
	for _, line := range b.lines() {
		if driver.MatchString(line) {
			before, after, found := strings.Cut(line, " -- ")
			line = strings.TrimSpace(before+" "+r.Flags) + ` --store "$STORE"`
			if found {
				line += " -- " + after
			}
		}
		all = append(all, inStore.ReplaceAllString(line, `$1"$$STORE"/`))
	}
	return all
}

// lines returns the lines that are not empty, without comments; lines that end in a backslash are joined with the next.
func (b Block) lines() []string {
	var all []string
	for line := range strings.SplitSeq(strings.ReplaceAll(b.Text, "\\\n", " "), "\n") {
		if line = strings.TrimSpace(uncomment(line)); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// uncomment removes the comment from a line of shell.
func uncomment(line string) string {
	quote, before := rune(0), ' '
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '#' && before == ' ':
			return line[:i]
		}
		before = r
	}
	return line
}
