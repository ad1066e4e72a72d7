package choice

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"glomers/internal/wording"
)

// An Override is a decision that takes another option than the seed says.
type Override struct {
	Stream string
	At     int    // the number of the decision in its stream, from 0
	Option uint64 // counted modulo the number of options
}

// Overrides are the differences between a run and that of its seed. They are sorted by stream and number, and have each decision
// at most once; ParseOverrides and Sort make them so.
type Overrides []Override

// Sort sorts the overrides. Of several for one decision, the last one stays.
func (o Overrides) Sort() Overrides {
	slices.SortStableFunc(o, func(a, b Override) int { return a.compare(b.Stream, b.At) })
	sorted := o[:0]
	for i, v := range o {
		if i+1 == len(o) || v.compare(o[i+1].Stream, o[i+1].At) != 0 {
			sorted = append(sorted, v)
		}
	}
	return sorted
}

func (v Override) compare(stream string, at int) int {
	return cmp.Or(strings.Compare(v.Stream, stream), cmp.Compare(v.At, at))
}

// find returns the place of the override of a decision.
func (o Overrides) find(stream string, at int) (place int, found bool) {
	return slices.BinarySearchFunc(o, at, func(v Override, at int) int { return v.compare(stream, at) })
}

// String returns the text of the overrides: for each stream its name, a colon, and pairs DECISION.OPTION joined by dashes.
// Between streams there is a tilde. The text of no overrides is "0". It needs no quotes in a shell and no escapes in a URL.
func (o Overrides) String() string {
	if len(o) == 0 {
		return "0"
	}
	var b []byte
	for i, v := range o {
		if i == 0 || v.Stream != o[i-1].Stream {
			if i > 0 {
				b = append(b, '~')
			}
			b = append(b, v.Stream...)
			b = append(b, ':')
		}
		b = appendPair(b, v.At, v.Option)
	}
	return string(b)
}

// ParseOverrides returns the overrides with the given text; see Overrides.String. The streams may come in any order. Instead of a
// tilde there may be white space, so that a file can have a line for each stream.
func ParseOverrides(text string) (Overrides, error) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("~ \t\r\n", r) })
	switch {
	case len(parts) == 0:
		return nil, errors.New(`choice: no decisions: want STREAM:DECISION.OPTION such as "network/n0/n1/loss:3.1", or "0" for none`)
	case len(parts) == 1 && parts[0] == "0":
		return Overrides{}, nil
	}
	var o Overrides
	for _, part := range parts {
		stream, pairs, found := strings.Cut(part, ":")
		switch {
		case !found:
			return nil, fmt.Errorf(`choice: %q: want STREAM:DECISION.OPTION, such as "network/n0/n1/loss:3.1"`, wording.Clip(part, quoted))
		case !plainName(stream):
			return nil, fmt.Errorf("choice: stream %q: want a name of letters, digits, '/', '_', '-' and '.'", wording.Clip(stream, quoted))
		}
		for pair := range strings.SplitSeq(pairs, "-") {
			at, option, err := parsePair(pair, math.MaxUint64)
			if err != nil {
				return nil, fmt.Errorf("choice: stream %s: %q: %w", wording.Clip(stream, quoted), wording.Clip(pair, quoted), err)
			}
			o = append(o, Override{stream, at, option})
		}
	}
	all := len(o)
	if o = o.Sort(); len(o) < all {
		return nil, errors.New("choice: a decision is there twice: want each once")
	}
	return o, nil
}

// ReadOverrides returns the overrides that the argument of a flag gives: their text, or @FILE, a file with the text.
func ReadOverrides(argument string) (Overrides, error) {
	name, isFile := strings.CutPrefix(argument, "@")
	if !isFile {
		return ParseOverrides(argument)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("choice: %w", err)
	}
	o, err := ParseOverrides(string(text))
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, name)
	}
	return o, nil
}

// plainName reports whether a stream can have this name. Node ids and the names of faults have no other characters.
func plainName(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-.") == ""
}

// MarshalText implements encoding.TextMarshaler.
func (o Overrides) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Overrides) UnmarshalText(text []byte) error {
	parsed, err := ParseOverrides(string(text))
	if err == nil {
		*o = parsed
	}
	return err
}

// A Tracked is the Strategy of Overrides in one run. It knows which of them the run has asked for.
type Tracked struct {
	overrides Overrides
	used      []atomic.Bool // of the override at the same place
	rest      Strategy      // nil means the seed
}

// Over returns a Strategy that makes all other decisions as rest does; nil means as the seed does.
func (o Overrides) Over(rest Strategy) *Tracked {
	return &Tracked{o, make([]atomic.Bool, len(o)), rest}
}

// Choose implements Strategy.
func (t *Tracked) Choose(d Decision) uint64 {
	i, found := t.overrides.find(d.Stream, d.At)
	switch {
	case found:
		t.used[i].Store(true)
		return t.overrides[i].Option
	case t.rest != nil:
		return t.rest.Choose(d)
	}
	return d.Drawn
}

// Unused returns the overrides of decisions that have not come up.
func (t *Tracked) Unused() Overrides {
	var unused Overrides
	for i := range t.used {
		if !t.used[i].Load() {
			unused = append(unused, t.overrides[i])
		}
	}
	return unused
}
