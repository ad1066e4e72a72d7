// Package results keeps measurements: sets of them as files that are read in diffs, and
// summaries of several runs.
//
// A metric has a summary only if every run of the point is valid. The values of a broken or invalid run mean nothing, and
// leaving that run out would choose the evidence. See Point.Summary.
package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"glomers/internal/disk"
)

// Version is that of the files. Load refuses others.
const Version = 1

// A Set is the outcome of one series of measurements, on one machine. It marshals to NAME.json.
type Set struct {
	Version int       `json:"version"`
	Name    string    `json:"name"`    // also of the file
	About   string    `json:"about"`   // what was measured, in a sentence
	Command string    `json:"command"` // that measures it again
	Quick   bool      `json:"quick,omitempty"`
	Commit  string    `json:"commit"` // of the repository, with "-dirty" if there were changes
	Taken   time.Time `json:"taken"`  // when it was finished
	Took    float64   `json:"took-s"` // in all
	Machine Machine   `json:"machine"`
	Points  []Point   `json:"points"`
}

// A Machine is the one on which a set was measured. A field that cannot be found out is "" or 0.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	OS     string `json:"os"`
	Go     string `json:"go"`
}

// A Point is what was measured in one way, several times.
type Point struct {
	Series  string            `json:"series"`           // which design, or benchmark
	Params  map[string]string `json:"params,omitempty"` // what else tells it from other points, such as nodes: 25
	Command string            `json:"command"`          // of one run, without its seed
	Runs    []Run             `json:"runs"`
}

// A Run is one measurement.
type Run struct {
	Seed    uint64   `json:"seed,omitempty"` // 0 if there is none to choose
	Verdict string   `json:"verdict"`        // Valid, or what else it was
	Reasons []string `json:"reasons,omitempty"`
	// Distorted says how the machine distorted the run; Repeats counts the runs before it that it distorted, and that were thrown away.
	Distorted []string           `json:"distorted,omitempty"`
	Repeats   int                `json:"repeats,omitempty"`
	Values    map[string]float64 `json:"values"` // by metric; the names end in the unit
}

// Valid is the verdict of a run that counts.
const Valid = "valid"

// Load reads the set called name from a directory. The error wraps fs.ErrNotExist if it has not been measured.
func Load(dir, name string) (Set, error) {
	var s Set
	text, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil {
		return s, fmt.Errorf("results: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("results: %s.json: %w", name, err)
	}
	if s.Version != Version || s.Name != name {
		return s, fmt.Errorf("results: %s.json has version %d of %q: want version %d of %q", name, s.Version, s.Name, Version, name)
	}
	return s, nil
}

// Save writes the set to a directory, which is made if need be. The file is there whole or not at all, and the
// same set gives the same bytes. Sets with invalid runs are written as well: they are evidence, too.
func (s Set) Save(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ") // in the order of the fields, and of the names in a map
	if err != nil {
		return fmt.Errorf("results: %s: %w", s.Name, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	file := filepath.Join(dir, s.Name+".json")
	if err := disk.WriteFile(file, append(text, '\n')); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// Check returns an error that names every run which does not count, and why; nil if all of them do.
func (s Set) Check() error {
	var errs []error
	for _, p := range s.Points {
		if len(p.Runs) == 0 {
			errs = append(errs, fmt.Errorf("results: %s: %s has no runs", s.Name, p))
		}
		for _, r := range p.Runs {
			if r.Verdict != Valid {
				errs = append(errs, fmt.Errorf("results: %s: %s, seed %d, is %s: %v", s.Name, p, r.Seed, r.Verdict, r.Reasons))
			}
		}
	}
	return errors.Join(errs...)
}
