// Package check judges histories. Its verdicts are the same as those of the reference checkers; tests compare them
// on the histories in testdata.
package check

import (
	"fmt"
	"slices"
)

// A Verdict is the outcome of a checker. Verdicts are ordered from good to bad, so the verdict of several checkers
// together is the largest of their verdicts.
type Verdict int

// The verdicts. In JSON they are true, "unknown" and false.
const (
	Valid Verdict = iota
	Unknown
	Invalid
)

// A Result holds the findings of a checker. Results marshal to JSON with the field names of the reference, among them
// "valid".
type Result interface {
	Verdict() Verdict
	// Reasons returns sentences that say why the verdict is not Valid and name the operations, the worst first.
	// It is empty if the verdict is Valid.
	Reasons() []string
}

// An Anomalous result names the kinds of anomalies that it found.
type Anomalous interface {
	Anomalies() []string // sorted
}

// An Illustrated result has files, such as pictures, that show its findings.
type Illustrated interface {
	Result
	// Pictures returns the names of the files, sorted. It is cheap, while Artifacts may take some time.
	Pictures() []string
	// Artifacts returns the contents of the files by name.
	Artifacts() map[string][]byte
}

// A Cautious result has warnings: they do not affect the verdict, but the reader should know them.
type Cautious interface {
	Cautions() []string // in sentences
}

// Worst returns the worst of the verdicts, or Valid if vs is empty.
func Worst(vs ...Verdict) Verdict { return slices.Max(append([]Verdict{Valid}, vs...)) }

// verdicts has the word and the JSON of each verdict.
var verdicts = [...]struct{ word, json string }{{"valid", "true"}, {"unknown", `"unknown"`}, {"invalid", "false"}}

// String returns "valid", "unknown" or "invalid".
func (v Verdict) String() string {
	if v < Valid || v > Invalid {
		return fmt.Sprintf("Verdict(%d)", int(v))
	}
	return verdicts[v].word
}

// MarshalJSON writes true, "unknown" or false.
func (v Verdict) MarshalJSON() ([]byte, error) {
	if v < Valid || v > Invalid {
		return nil, fmt.Errorf("check: no verdict %d", int(v))
	}
	return []byte(verdicts[v].json), nil
}

// UnmarshalJSON accepts the output of MarshalJSON.
func (v *Verdict) UnmarshalJSON(b []byte) error {
	for i, known := range verdicts {
		if known.json == string(b) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("check: verdict %s: want true, false or \"unknown\"", b)
}
