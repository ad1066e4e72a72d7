package node

import (
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep encoding/json lets objects and arrays nest. The outermost
// one has depth 1.
const maxDepth = 10_000

// The skip functions check one piece of JSON (RFC 8259) that begins at b[i] and
// return the index just behind it. They decode nothing and allocate nothing;
// what they accept is what encoding/json accepts.

// skipValue skips any value. depth is the number of objects and arrays around it.
func skipValue(b []byte, i, depth int) (end int, err error) {
	if i >= len(b) {
		return i, syntaxError(b, i, "a value")
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		if depth == maxDepth {
			return i, fmt.Errorf("node: more than %d nested values at byte %d", maxDepth, i)
		}
		if b[i] == '{' {
			return skipObject(b, i, depth+1)
		}
		return skipArray(b, i, depth+1)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return skipNumber(b, i)
	case 't':
		return skipLiteral(b, i, "true")
	case 'f':
		return skipLiteral(b, i, "false")
	case 'n':
		return skipLiteral(b, i, "null")
	}
	return i, syntaxError(b, i, "a value")
}

// skipObject skips an object. depth counts this object.
func skipObject(b []byte, i, depth int) (end int, err error) {
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		if i, _, err = skipKey(b, i); err != nil {
			return i, err
		}
		if i, err = skipValue(b, i, depth); err != nil {
			return i, err
		}
		i = skipSpace(b, i)
		switch {
		case i < len(b) && b[i] == ',':
			i = skipSpace(b, i+1)
		case i < len(b) && b[i] == '}':
			return i + 1, nil
		default:
			return i, syntaxError(b, i, "',' or '}'")
		}
	}
}

// skipKey skips the key of a member, its colon and the space around that.
func skipKey(b []byte, i int) (end int, key quoted, err error) {
	if i >= len(b) || b[i] != '"' {
		return i, nil, syntaxError(b, i, "a key")
	}
	if end, err = skipString(b, i); err != nil {
		return end, nil, err
	}
	key = quoted(b[i:end])
	if end = skipSpace(b, end); end >= len(b) || b[end] != ':' {
		return end, nil, syntaxError(b, end, "':'")
	}
	return skipSpace(b, end+1), key, nil
}

// skipArray skips an array. depth counts this array.
func skipArray(b []byte, i, depth int) (end int, err error) {
	if i = skipSpace(b, i+1); i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		if i, err = skipValue(b, i, depth); err != nil {
			return i, err
		}
		i = skipSpace(b, i)
		switch {
		case i < len(b) && b[i] == ',':
			i = skipSpace(b, i+1)
		case i < len(b) && b[i] == ']':
			return i + 1, nil
		default:
			return i, syntaxError(b, i, "',' or ']'")
		}
	}
}

// skipString skips a string. Bytes that are not UTF-8 are allowed, as are escaped
// surrogates without their other half.
func skipString(b []byte, i int) (end int, err error) {
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1, nil
		case c == '\\':
			if i, err = skipEscape(b, i); err != nil {
				return i, err
			}
		case c < ' ':
			return i, syntaxError(b, i, "no control character in a string")
		}
	}
	return i, syntaxError(b, i, "the end of a string")
}

// skipEscape skips a backslash and its escape, except for the last byte, which
// the loop of skipString skips.
func skipEscape(b []byte, i int) (last int, err error) {
	i++
	if i >= len(b) {
		return i, syntaxError(b, i, "an escaped character")
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i, nil
	case 'u':
		for range 4 {
			if i++; i >= len(b) || !isHex(b[i]) {
				return i, syntaxError(b, i, "a hexadecimal digit")
			}
		}
		return i, nil
	}
	return i, syntaxError(b, i, "an escaped character")
}

// skipNumber skips a number: a minus sign, an integer without leading zeros, a
// fraction, an exponent.
func skipNumber(b []byte, i int) (end int, err error) {
	if b[i] == '-' {
		i++
	}
	end = i
	if i < len(b) && b[i] == '0' {
		end++
	} else if end = skipDigits(b, i); end == i {
		return end, syntaxError(b, end, "a digit")
	}
	if end < len(b) && b[end] == '.' {
		i = end + 1
		if end = skipDigits(b, i); end == i {
			return end, syntaxError(b, end, "a digit")
		}
	}
	if end < len(b) && (b[end] == 'e' || b[end] == 'E') {
		i = end + 1
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if end = skipDigits(b, i); end == i {
			return end, syntaxError(b, end, "a digit")
		}
	}
	return end, nil
}

// skipDigits skips decimal digits, if there are any.
func skipDigits(b []byte, i int) (end int) {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

// skipLiteral skips the word, whose first byte the caller has seen.
func skipLiteral(b []byte, i int, word string) (end int, err error) {
	for j := range len(word) {
		if i+j >= len(b) || b[i+j] != word[j] {
			return i + j, syntaxError(b, i+j, word)
		}
	}
	return i + len(word), nil
}

// skipSpace skips white space, if there is any.
func skipSpace(b []byte, i int) (end int) {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// syntaxError says that b[i], or the end of b, came where JSON wants something else.
func syntaxError(b []byte, i int, want string) error {
	if i >= len(b) {
		return fmt.Errorf("node: unexpected end of JSON at byte %d, want %s", len(b), want)
	}
	r, _ := utf8.DecodeRune(b[i:])
	return fmt.Errorf("node: invalid character %q at byte %d, want %s", r, i, want)
}
