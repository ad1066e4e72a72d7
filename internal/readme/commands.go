package readme

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Run says how the commands of a block are run.
type Run struct {
	Long   bool             // only if there is time
	Needs  string           // only if there is this program; "" if nothing is needed
	Status int              // with which each must end
	Edits  []Edit           // of the code that they are run with
	Says   []*regexp.Regexp // what its commands must write, taken together
	Flags  string           // that are added
}

// ParseRun reads the marker of a block that is run.
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
	rest, err := r.parsePromises(strings.TrimSpace(how)) // with the spaces that quoted texts have
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
	driver  = regexp.MustCompile(`^(?:glomers|go run \./cmd/glomers) (?:test|challenge)(?: |$)`)
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

// Commands returns the commands of the block, as r wants them to be run.
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

// lines returns the lines that are not empty, without comments, and with those joined that end in a backslash.
func (b Block) lines() []string {
	var all []string
	for line := range strings.SplitSeq(strings.ReplaceAll(b.Text, "\\\n", " "), "\n") {
		if line = strings.TrimSpace(uncomment(line)); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// uncomment cuts a line of shell at its comment.
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
