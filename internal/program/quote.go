package program

import (
	"runtime"
	"strings"
)

// Quote quotes a word for a shell of this system: on Windows for cmd and PowerShell, elsewhere for those of Unix.
func Quote(word string) string {
	if runtime.GOOS == "windows" {
		return quoteForWindows(word)
	}
	if isPlain(word, "") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// quoteForWindows puts a word into double quotes. In these, a program finds a double quote after a backslash, and the
// backslashes before it doubled; see CommandLineToArgvW.
func quoteForWindows(word string) string {
	if isPlain(word, `\`) {
		return word
	}
	var b strings.Builder
	b.WriteByte('"')
	backslashes := 0
	for i := range len(word) {
		switch word[i] {
		case '\\':
			backslashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, backslashes+1))
			backslashes = 0
		default:
			backslashes = 0
		}
		b.WriteByte(word[i])
	}
	b.WriteString(strings.Repeat(`\`, backslashes))
	b.WriteByte('"')
	return b.String()
}

// isPlain reports whether no shell takes a character of the word for something special.
func isPlain(word, more string) bool {
	return word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+"+more) == ""
}
