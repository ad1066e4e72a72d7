package wording

import (
	"fmt"
	"unicode/utf8"
)

// Clip returns a text, or its first bytes and "…" if it has more than most bytes. It does not split a character.
func Clip[T ~string | ~[]byte](text T, most int) string {
	if len(text) <= most {
		return string(text)
	}
	end := most
	for end > max(0, most-utf8.UTFMax) && !utf8.RuneStart(text[end]) {
		end--
	}
	return string(text[:end]) + "…"
}

// ClipCounted is Clip, but adds the number of bytes to a text that was cut.
func ClipCounted[T ~string | ~[]byte](text T, most int) string {
	if len(text) <= most {
		return string(text)
	}
	return fmt.Sprintf("%s (%d bytes)", Clip(text, most), len(text))
}
