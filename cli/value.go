package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/choice"
	"glomers/internal/wording"
)

// A value is a flag's argument that is checked while the flags are parsed, so that the error names the flag. It implements
// pflag.Value.
type value struct {
	text string // as given, or the default
	kind string // its name in the help
	set  func(text string) error
}

func (v *value) String() string { return v.text }
func (v *value) Type() string   { return v.kind }

func (v *value) Set(text string) error {
	if err := v.set(text); err != nil {
		return err
	}
	v.text = text
	return nil
}

// define adds a flag to cmd. The default is only shown in the help; the code that reads the flag applies it.
func define(cmd *cobra.Command, name, short, kind, initial, usage string, set func(string) error) {
	cmd.Flags().VarP(&value{text: initial, kind: kind, set: set}, name, short, usage)
}

// suggest offers the given words as completions of the flag.
func suggest(cmd *cobra.Command, name string, words []string) {
	// An error means that the flag does not exist: a mistake that TestCompletion finds.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// oneOf accepts one of the given words.
func oneOf(p *string, words []string) func(string) error {
	return func(text string) error {
		if !slices.Contains(words, text) {
			return errors.New(wording.Want(text, words))
		}
		*p = text
		return nil
	}
}

// someOf accepts several of the words, separated by commas.
func someOf(p *[]string, words []string) func(string) error {
	return func(text string) error {
		chosen := strings.Split(text, ",")
		for i, word := range chosen {
			word = strings.TrimSpace(word)
			chosen[i] = word
			if !slices.Contains(words, word) {
				if near := wording.Near(word, words); len(near) > 0 {
					return fmt.Errorf("%q: %s", word, wording.Want(word, words))
				}
				return fmt.Errorf("want %s, or several with commas between them", wording.Or(words))
			}
		}
		*p = chosen
		return nil
	}
}

// whole accepts whole numbers of at least 1.
func whole(p *int) func(string) error { return wholeFrom(1, p) }

// wholeFrom accepts whole numbers of at least least.
func wholeFrom(least int, p *int) func(string) error {
	return func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < least {
			return fmt.Errorf("want a whole number from %d", least)
		}
		*p = n
		return nil
	}
}

// indexes accepts whole numbers from 0, separated by commas.
func indexes(p *[]int) func(string) error {
	return func(text string) error {
		var all []int
		for word := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(word))
			if err != nil || n < 0 {
				return errors.New("want whole numbers from 0 with commas between them, such as 9,11")
			}
			all = append(all, n)
		}
		*p = append(*p, all...)
		return nil
	}
}

// span accepts durations in Go's notation, and plain numbers of the given unit.
func span(p *time.Duration, unit time.Duration, least time.Duration) func(string) error {
	return func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil {
			var n float64
			n, err = strconv.ParseFloat(text, 64)
			d = time.Duration(n * float64(unit))
		}
		if err != nil || d < least {
			return fmt.Errorf("want a number (of %s) or a duration such as %v, at least %v", unitName(unit), 20*unit, least)
		}
		*p = d
		return nil
	}
}

// seed accepts a seed.
func seed(p *uint64) func(string) error {
	return func(text string) (err error) {
		if *p, err = strconv.ParseUint(text, 10, 64); err != nil {
			return errors.New("want a whole number from 0")
		}
		return nil
	}
}

// choices accepts the decisions of a run.
func choices(p *choice.Overrides) func(string) error {
	return func(text string) (err error) {
		*p, err = choice.ReadOverrides(text)
		return err
	}
}

func unitName(unit time.Duration) string {
	if unit == time.Millisecond {
		return "milliseconds"
	}
	return "seconds"
}
