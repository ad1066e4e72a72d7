package readme

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// An Edit is a change to the code that the text invites its reader to make.
type Edit struct {
	File     string // from the root of the repository, with slashes
	Old, New string // Old occurs exactly once
}

// parsePromises parses the part of a marker between the status and the flags. It returns the flags.
func (r *Run) parsePromises(text string) (flags string, err error) {
	for {
		what, rest, _ := strings.Cut(text, " ")
		var quoted [2]string
		switch what {
		case "says":
			if quoted[0], rest, err = unquote(rest); err != nil {
				return "", fmt.Errorf("says: %w", err)
			}
			said, err := regexp.Compile(quoted[0])
			if err != nil {
				return "", fmt.Errorf("says: %w", err)
			}
			r.Says = append(r.Says, said)
		case "with":
			var file string
			file, rest, _ = strings.Cut(rest, " ")
			for i := range quoted {
				if quoted[i], rest, err = unquote(rest); err != nil {
					return "", fmt.Errorf("with %s: %w", file, err)
				}
			}
			r.Edits = append(r.Edits, Edit{file, quoted[0], quoted[1]})
		default:
			return text, nil
		}
		text = rest
	}
}

// unquote removes a quoted string from the beginning of a text.
func unquote(text string) (string, string, error) {
	quoted, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", fmt.Errorf("%.20s: want a string in double or back quotes", text)
	}
	inside, err := strconv.Unquote(quoted)
	return inside, strings.TrimSpace(text[len(quoted):]), err
}

// Unsaid returns the promised expressions that do not match the output.
func (r Run) Unsaid(output string) []string {
	var missing []string
	for _, said := range r.Says {
		if !said.MatchString(output) {
			missing = append(missing, said.String())
		}
	}
	return missing
}

// Edited writes the edited files into dir. It returns a map from the paths of the originals to those of the edited files, as
// "go build -overlay" takes it.
func (r Run) Edited(root, dir string) (map[string]string, error) {
	overlay := make(map[string]string)
	for _, e := range r.Edits {
		path := filepath.Join(root, filepath.FromSlash(e.File))
		from := path
		if before, ok := overlay[path]; ok {
			from = before
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return nil, fmt.Errorf("readme: with %s: %w", e.File, err)
		}
		if n := strings.Count(string(text), e.Old); n != 1 {
			return nil, fmt.Errorf("readme: with %s: %q is there %d times: want once", e.File, e.Old, n)
		}
		to := filepath.Join(dir, strings.ReplaceAll(e.File, "/", "_"))
		if err := os.WriteFile(to, []byte(strings.Replace(string(text), e.Old, e.New, 1)), 0o600); err != nil {
			return nil, fmt.Errorf("readme: %w", err)
		}
		overlay[path] = to
	}
	return overlay, nil
}
