package why

import (
	"fmt"
	"strings"

	"glomers/internal/wording"
)

// maxNamed is how many of the other victims of a cause are named.
const maxNamed = 5

// others says which other violations have the same cause.
func others(n int, names []string) string {
	switch {
	case n == 0:
		return ""
	case len(names) == 0:
		return fmt.Sprintf("the same happened %s more", times(n))
	}
	if len(names) > maxNamed {
		names = names[:maxNamed]
	}
	if more := n - len(names); more > 0 {
		names = append(names[:len(names):len(names)], wording.Plural(more, "other"))
	}
	return "the same happened to " + wording.And(names)
}

// an returns a word with its article.
func an(word string) string {
	if word != "" && strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// seconds returns a time of the run as it is shown everywhere in explanations: "1.670 s".
func seconds(ns int64) string { return fmt.Sprintf("%.3f s", float64(ns)/1e9) }

// String returns the cause as lines of text, with a time before each step.
func (c Cause) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.Headline)
	for _, s := range c.Story {
		fmt.Fprintf(&b, "  %s  %s\n", seconds(s.At), s.Text)
	}
	fmt.Fprintf(&b, "  So: %s\n", c.So)
	if c.Others != "" {
		fmt.Fprintf(&b, "  Also: %s\n", c.Others)
	}
	return b.String()
}
