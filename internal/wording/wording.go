// Package wording writes what people read: enumerations, numbers of things, durations, sizes and reasons.
package wording

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Or joins words as in "a, b or c".
func Or(words []string) string { return enumerate(words, " or ") }

// And joins words as in "a, b and c".
func And(words []string) string { return enumerate(words, " and ") }

func enumerate(words []string, last string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + last + words[n]
}

// Plural returns "1 thing" or "5 things", "1 reply" or "5 replies", "1 delay" or "5 delays".
func Plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok && !strings.ContainsAny(stem[len(stem)-1:], "aeou") {
		thing = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Number writes a number with so many significant digits, or with all of its whole part if that has more.
func Number(x float64, digits int) string {
	if math.Abs(x) >= math.Pow10(digits)-0.5 {
		return strconv.FormatFloat(x, 'f', 0, 64) // %g would write 1250 as 1.25e+03
	}
	return strconv.FormatFloat(x, 'g', digits, 64)
}

// Duration writes a duration with about three digits.
func Duration(d time.Duration) string {
	for unit := time.Second; unit >= time.Microsecond; unit /= 1000 {
		if d >= unit-unit/2000 { // 999.6 ms are 1 s
			return Number(float64(d)/float64(unit), 3) + map[time.Duration]string{
				time.Second: " s", time.Millisecond: " ms", time.Microsecond: " µs",
			}[unit]
		}
	}
	return fmt.Sprintf("%d ns", d)
}

// Bytes writes a number of bytes with about three digits.
func Bytes[N int | int64 | float64](n N) string {
	switch v := float64(n); {
	case v < 999.5:
		return Number(v, 3) + " bytes"
	case v < 999.5e3:
		return Number(v/1e3, 3) + " kB"
	case v < 999.5e6:
		return Number(v/1e6, 3) + " MB"
	default:
		return Number(v/1e9, 3) + " GB"
	}
}

// Limit writes a number of bytes that a person has chosen: in MiB or KiB if that gives a whole number.
func Limit(n int64) string {
	switch {
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return Bytes(n)
}

// Hanging indents a text from its second line on, to align it with the line before.
func Hanging(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }
