package harness

import (
	"bytes"
	"fmt"
)

// escapeControls returns text with the control characters in its strings escaped. JSON demands that, but the reference's parser
// accepts raw control characters, and a node written in shell may well write a tab.
func escapeControls(text []byte) []byte {
	var b bytes.Buffer
	inString, escaped := false, false
	for _, c := range text {
		switch {
		case !inString:
			inString = c == '"'
		case c < ' ' && !escaped:
			fmt.Fprintf(&b, "\\u%04x", c)
			continue
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			inString = false
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}
