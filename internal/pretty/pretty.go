// Package pretty writes any JSON in a readable form.
package pretty

import (
	"bytes"
	"encoding/json"
)

// maxDepth is the depth to which arrays and objects are spread over lines. Deeper values stay on one line. In results, a
// deeper value comes from a node, and a value of 9,000 brackets would be indented by 80 million spaces.
const maxDepth = 12

// JSON is json.MarshalIndent(v, "", "  "), except for deeply nested values.
func JSON(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return indent(text), nil
}

// indent spreads compact JSON over lines.
func indent(text []byte) []byte {
	b := make([]byte, 0, len(text)+len(text)/2)
	depth := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		spread := depth <= maxDepth
		switch c {
		case '"':
			end := stringEnd(text, i)
			b = append(b, text[i:end]...)
			i = end - 1
		case '{', '[':
			depth++
			b = append(b, c)
			if next := text[i+1]; next == '}' || next == ']' { // keep {} and [] together
				b = append(b, next)
				depth--
				i++
			} else if depth <= maxDepth {
				b = newline(b, depth)
			}
		case '}', ']':
			depth--
			if spread {
				b = newline(b, depth)
			}
			b = append(b, c)
		case ',':
			b = append(b, c)
			if spread {
				b = newline(b, depth)
			}
		case ':':
			b = append(b, c)
			if spread {
				b = append(b, ' ')
			}
		default:
			b = append(b, c)
		}
	}
	return b
}

func newline(b []byte, depth int) []byte {
	b = append(b, '\n')
	return append(b, bytes.Repeat([]byte("  "), depth)...)
}

// stringEnd returns the position behind the string that begins at i.
func stringEnd(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}
