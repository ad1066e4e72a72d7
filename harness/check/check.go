// Package check judges histories. Its verdicts are those of the reference
// checkers, proven against the histories in testdata.
package check

import "fmt"

// A Verdict is the outcome of a checker. Verdicts are ordered from good to bad, so
// the verdict of several checkers is the largest of theirs.
type Verdict int

// The verdicts; in JSON true, "unknown" and false.
const (
	Valid Verdict = iota
	Unknown
	Invalid
)

// A Result is what a checker found. Results marshal to JSON with the field
// names of the reference, "valid" among them.
type Result interface {
	Verdict() Verdict
	// Reasons says in sentences why the verdict is not Valid, the worst first,
	// naming the operations. It is empty when the verdict is Valid.
	Reasons() []string
}

// An Anomalous is a Result that names the kinds of what it found wrong.
type Anomalous interface {
	Anomalies() []string // sorted
}

// An Illustrated result has files that show what it found.
type Illustrated interface {
	Result
	// Pictures returns the names of the files, sorted. It is cheap; Artifacts may take a while.
	Pictures() []string
	// Artifacts returns the files by their names.
	Artifacts() map[string][]byte
}

// A Cautious result has something to say that does not count for the verdict, but that its reader should know.
type Cautious interface {
	Cautions() []string // in sentences
}

// Worst returns the worst of the verdicts, Valid if there is none.
func Worst(vs ...Verdict) Verdict {
	worst := Valid
	for _, v := range vs {
		worst = max(worst, v)
	}
	return worst
}

// String returns "valid", "unknown" or "invalid".
func (v Verdict) String() string {
	switch v {
	case Valid:
		return "valid"
	case Unknown:
		return "unknown"
	case Invalid:
		return "invalid"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// MarshalJSON writes true, "unknown" or false.
func (v Verdict) MarshalJSON() ([]byte, error) {
	switch v {
	case Valid:
		return []byte("true"), nil
	case Unknown:
		return []byte(`"unknown"`), nil
	case Invalid:
		return []byte("false"), nil
	}
	return nil, fmt.Errorf("check: no verdict %d", int(v))
}

// UnmarshalJSON accepts what MarshalJSON writes.
func (v *Verdict) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*v = Valid
	case `"unknown"`:
		*v = Unknown
	case "false":
		*v = Invalid
	default:
		return fmt.Errorf("check: verdict %s: want true, false or \"unknown\"", b)
	}
	return nil
}
