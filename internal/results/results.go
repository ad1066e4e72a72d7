// Package results stores measurements: sets of measurements, as files whose changes can be read in a diff, and summaries of
// several runs.
//
// A metric has a summary only if every run of the point is valid. The values of a broken or invalid run mean nothing, and
// leaving that run out would mean to choose the evidence. See Point.Summary.
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

// Version is the version of the files. Load refuses other versions.
const Version = 1

// A Set is the outcome of one series of measurements on one machine. It is saved as NAME.json.
type Set struct {
	Version int       `json:"version"`
	Name    string    `json:"name"`    // also the name of the file
	About   string    `json:"about"`   // what was measured, in a sentence
	Command string    `json:"command"` // the command that measures the set again
	Quick   bool      `json:"quick,omitempty"`
	Commit  string    `json:"commit"` // of the repository, with "-dirty" if it had uncommitted changes
	Taken   time.Time `json:"taken"`  // when the measurement ended
	Took    float64   `json:"took-s"` // total time
	Machine Machine   `json:"machine"`
	Points  []Point   `json:"points"`
}

// A Machine is the machine on which a set was measured. A field that is unknown is "" or 0.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	OS     string `json:"os"`
	Go     string `json:"go"`
}

// A Point is the outcome of several runs with the same parameters.
type Point struct {
	Series  string            `json:"series"`           // a design or a benchmark
	Params  map[string]string `json:"params,omitempty"` // the parameters that distinguish the point from others, such as nodes: 25
	Command string            `json:"command"`          // of one run, without its seed
	Runs    []Run             `json:"runs"`
}

// A Run is one measurement.
type Run struct {
	Seed    uint64   `json:"seed,omitempty"` // 0 if the run has no seed
	Verdict string   `json:"verdict"`        // Valid, or another verdict
	Reasons []string `json:"reasons,omitempty"`
	// Distorted says how the machine distorted the run. Repeats counts the earlier distorted runs that were thrown away.
	Distorted []string           `json:"distorted,omitempty"`
	Repeats   int                `json:"repeats,omitempty"`
	Values    map[string]float64 `json:"values"` // by metric; the names end with the unit
}

// Valid is the verdict of a run that counts.
const Valid = "valid"

// Load reads the set called name from a directory. The error wraps fs.ErrNotExist if the set has not been measured.
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

// Save writes the set to a directory, which it creates if necessary. The file is written completely or not at all, and the
// same set gives the same bytes. Sets with invalid runs are written as well: they are evidence, too.
func (s Set) Save(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ") // in the order of the fields; the names in a map are sorted
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

// Check returns an error that names every run that does not count, with the reasons; nil if all runs count.
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
