package choice

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glomers/internal/wording"
)

// MaxLen limits the length of a List that Parse returns, so that a typing error does not take all memory.
const MaxLen = 1 << 20

// MaxOption is the highest option in the text of a List.
const MaxOption = 1<<31 - 1

const quoted = 40 // the bytes of a list that an error quotes at most

// A List holds the decisions of a run: element i is the number of the option that decision i takes. The options are counted from
// 0. Decisions past the end of the list take option 0.
type List []int

// Parse returns the list with the given text; see List.String. Each list has one text, so Parse accepts no other form of it: two
// lists are equal exactly if their texts are.
func Parse(s string) (List, error) {
	switch s {
	case "":
		return nil, errors.New(`choice: no decisions: want pairs such as "12.3-17.1", or "0" for the list without any`)
	case "0":
		return List{}, nil
	}
	var l List
	for i, pair := range strings.Split(s, "-") {
		at, n, err := parsePair(pair, MaxOption)
		option := int(n)
		if err == nil {
			switch {
			case at < len(l):
				err = fmt.Errorf("decision %d comes after decision %d: want them in order, each once", at, len(l)-1)
			case at >= MaxLen:
				err = fmt.Errorf("decision %d: want at most %d", at, MaxLen-1)
			case option == 0:
				err = errors.New("option 0 is left out, as it is the one that is taken without a pair")
			}
		}
		if err != nil {
			return nil, fmt.Errorf("choice: pair %d of the list, %q: %w", i+1, wording.Clip(pair, quoted), err)
		}
		l = append(slices.Grow(l, at+1-len(l)), make(List, at+1-len(l))...)
		l[at] = option
	}
	return l, nil
}

// parsePair parses DECISION.OPTION.
func parsePair(pair string, maxOption uint64) (at int, option uint64, err error) {
	first, second, found := strings.Cut(pair, ".")
	if !found {
		return 0, 0, errors.New(`want DECISION.OPTION, such as "12.3"`)
	}
	n, err := parseNumber("decision", first, 1<<31-1)
	if err != nil {
		return 0, 0, err
	}
	option, err = parseNumber("option", second, maxOption)
	return int(n), option, err
}

// parseNumber accepts only the shortest form of a number.
func parseNumber(what, s string, most uint64) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && n > most:
		return 0, fmt.Errorf("%s %s: want at most %d", what, wording.Clip(s, quoted), most)
	case err != nil:
		return 0, fmt.Errorf("%s %q: want a number from 0 on", what, wording.Clip(s, quoted))
	case len(s) > 1 && s[0] == '0':
		return 0, fmt.Errorf("%s %q: want %d, without zeros before it", what, s, n)
	}
	return n, nil
}

// appendPair appends DECISION.OPTION, after a dash unless b ends a name or is empty.
func appendPair(b []byte, at int, option uint64) []byte {
	if len(b) > 0 && b[len(b)-1] != ':' {
		b = append(b, '-')
	}
	b = strconv.AppendInt(b, int64(at), 10)
	b = append(b, '.')
	return strconv.AppendUint(b, option, 10)
}

// String returns the text of the list: the pairs DECISION.OPTION of all decisions that do not take option 0, joined by dashes;
// "0" if there are none. Trailing zeros make no difference.
func (l List) String() string {
	var b []byte
	for at, option := range l {
		if option == 0 {
			continue
		}
		b = appendPair(b, at, uint64(option))
	}
	if len(b) == 0 {
		return "0"
	}
	return string(b)
}

// Trim returns the list without its trailing zeros.
func (l List) Trim() List {
	n := len(l)
	for n > 0 && l[n-1] == 0 {
		n--
	}
	return l[:n]
}

// MarshalText implements encoding.TextMarshaler.
func (l List) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *List) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}
