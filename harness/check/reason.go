package check

import (
	"fmt"
	"strings"
	"unicode"
)

// Limits of a reason's text. The checker's Result has the rest.
const (
	maxReasonLines = 16
	maxReasonBytes = 2000
)

// Brief returns the beginning of a reason and says how much it left out. A reason may be very long, since the program under
// test chooses the length of its keys, values, functions and errors.
func Brief(reason string) string {
	lines := strings.Split(reason, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i == maxReasonLines {
			fmt.Fprintf(&b, "\n… %d more lines", len(lines)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		if left := maxReasonBytes - b.Len(); len(line) > left {
			b.WriteString(strings.ToValidUTF8(line[:max(0, left)], ""))
			fmt.Fprintf(&b, "… (%d bytes)", len(reason))
			break
		}
		b.WriteString(line)
	}
	return b.String()
}

// maxAlike is how many reasons of one shape are told, if there are more than one more.
const maxAlike = 3

// Few leaves out of reasons those that say the same of other things as several before them, and counts them.
func Few(reasons []string) []string {
	count := make(map[string]int) // by shape
	for _, r := range reasons {
		count[Shape(r)]++
	}
	told := make(map[string]int)
	var all []string
	for _, r := range reasons {
		s := Shape(r)
		told[s]++
		more := count[s] - maxAlike
		if last := len(all) - 1; last >= 0 {
			if one := joined(all[last], r); one != "" {
				all[last] = one
				continue
			}
		}
		if more <= 1 || told[s] <= maxAlike {
			all = append(all, r)
		}
		if more > 1 && told[s] == maxAlike {
			all = append(all, fmt.Sprintf("… and %d more like it", more))
		}
	}
	return all
}

// joined returns one count for two, that of Few and that of the checker's own list, which is cut, too; "" if the reasons are others.
func joined(alike, rest string) string {
	var a, b int
	if n, _ := fmt.Sscanf(alike+rest, "… and %d more like it… and %d more", &a, &b); n < 2 {
		return ""
	}
	return fmt.Sprintf("… and %d more", a+b)
}

// Shape returns what two sentences have in common that differ in times, counts, ids and values that are numbers.
func Shape(sentence string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, sentence)
}
