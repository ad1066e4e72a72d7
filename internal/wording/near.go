package wording

import (
	"strings"
	"unicode/utf8"
)

// Want says which words are accepted instead of a word that is not: "did you mean echo?" if some are near to it, otherwise
// "want a, b or c".
func Want(word string, words []string) string {
	if near := Near(word, words); len(near) > 0 {
		return "did you mean " + Or(near) + "?"
	}
	return "want " + Or(words)
}

const (
	maxNear  = 3  // more words than this are a list, not a guess
	maxTyped = 64 // characters of a word for which a near one is looked for
)

// Near returns the words that somebody who typed word may have meant: those with the fewest differences if these are few, or
// else those that contain it. Letters of either case are the same.
func Near(word string, words []string) []string {
	typed := []rune(strings.ToLower(word))
	if len(typed) > maxTyped {
		return nil
	}
	var near, around []string
	least := 1 + min(len(typed)-1, max(1, len(typed)/3))
	for _, w := range words {
		lower := strings.ToLower(w)
		switch d := differences(typed, []rune(lower)); {
		case d < least:
			near, least = []string{w}, d
		case d == least && len(near) > 0:
			near = append(near, w)
		}
		if utf8.RuneCountInString(word) >= 3 && strings.Contains(lower, string(typed)) {
			around = append(around, w)
		}
	}
	if len(near) == 0 {
		near = around
	}
	if len(near) > maxNear {
		return nil
	}
	return near
}

// differences returns the least number of insertions, deletions, substitutions and swaps of neighbours that make b of a, where
// nothing is edited twice (the optimal string alignment distance).
func differences(a, b []rune) int {
	var before []int // the row for i-2, then that for i-1
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
