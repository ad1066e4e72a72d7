package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"glomers/harness/check/internal/reason"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// Counts has the number of completed operations by outcome.
type Counts struct {
	Valid     Verdict `json:"valid"` // Invalid if none of them was ok
	Count     int     `json:"count"` // of all completed operations; an operation still open at the end does not count
	OKCount   int     `json:"ok-count"`
	FailCount int     `json:"fail-count"`
	InfoCount int     `json:"info-count"`
}

// Stats counts the operations of clients, in total and for each function. It is Invalid if a function never succeeded: a test
// in which nothing worked proves nothing.
type Stats struct {
	Counts
	ByF map[string]Counts `json:"by-f"`

	exempt []string
}

// NewStats counts the operations in h. The exempt functions may fail every time, as kafka's "crash" does.
func NewStats(h []history.Op, exempt ...string) Stats {
	s := Stats{ByF: make(map[string]Counts), exempt: exempt}
	for _, op := range h {
		if op.Process == history.Nemesis || op.Type == history.Invoke {
			continue
		}
		c := s.ByF[op.F]
		c.add(op.Type)
		s.ByF[op.F] = c
		s.add(op.Type)
	}
	for f, c := range s.ByF {
		if c.OKCount == 0 {
			c.Valid = Invalid
			s.ByF[f] = c
		}
		if !slices.Contains(exempt, f) {
			s.Valid = max(s.Valid, c.Valid)
		}
	}
	return s
}

func (c *Counts) add(t history.Type) {
	c.Count++
	switch t {
	case history.OK:
		c.OKCount++
	case history.Fail:
		c.FailCount++
	case history.Info:
		c.InfoCount++
	}
}

// Verdict implements Result.
func (s Stats) Verdict() Verdict { return s.Valid }

// Reasons implements Result.
func (s Stats) Reasons() []string {
	var dead []string
	for _, f := range slices.Sorted(maps.Keys(s.ByF)) {
		if s.ByF[f].Valid != Valid && !slices.Contains(s.exempt, f) {
			dead = append(dead, f)
		}
	}
	return reason.List(dead, func(f string) string {
		c := s.ByF[f]
		return fmt.Sprintf("no %s succeeded: of %d, %d failed and %d are of unknown outcome", f, c.Count, c.FailCount, c.InfoCount)
	})
}

// Availability is the fraction of the clients' operations that completed ok.
type Availability struct {
	Valid Verdict `json:"valid"`

	// OKFraction is 1 if there were no operations. It has single precision, as in the reference, and this rounded value is
	// compared with the bound: 7 of 10 operations do not reach 0.7.
	OKFraction float32 `json:"ok-fraction"`

	ok, invoked int
	want        string
}

// NewAvailability judges h by want: "total" requires every operation to be ok, a number from 0 to 1 requires at least that
// fraction, and "" requires nothing. Any other want is an error.
func NewAvailability(h []history.Op, want string) (Availability, error) {
	a := Availability{want: want}
	bound, err := parseWant(want)
	if err != nil {
		return a, err
	}
	for _, op := range h {
		switch {
		case op.Process == history.Nemesis:
		case op.Type == history.Invoke:
			a.invoked++
		case op.Type == history.OK:
			a.ok++
		}
	}
	a.OKFraction = 1
	if a.invoked > 0 {
		a.OKFraction = float32(float64(a.ok) / float64(a.invoked))
	}
	if float64(a.OKFraction) < bound {
		a.Valid = Invalid
	}
	return a, nil
}

func parseWant(want string) (bound float64, err error) {
	switch want {
	case "":
		return 0, nil
	case "total":
		return 1, nil
	}
	bound, err = strconv.ParseFloat(want, 64)
	if err != nil || !(0 <= bound && bound <= 1) { // NaN is refused too
		return 0, fmt.Errorf("check: availability %q: want \"total\" or a number from 0 to 1", want)
	}
	return bound, nil
}

// Verdict implements Result.
func (a Availability) Verdict() Verdict { return a.Valid }

// Reasons implements Result.
func (a Availability) Reasons() []string {
	if a.Valid == Valid {
		return nil
	}
	return []string{fmt.Sprintf("%d of %s succeeded, a share of %v; wanted: %s",
		a.ok, wording.Plural(a.invoked, "operation"), a.OKFraction, a.want)}
}
