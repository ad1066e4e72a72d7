// Package progress keeps which challenges somebody has passed, and with which figures, in a small file beside the store of their runs.
package progress

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"glomers/internal/challenge"
	"glomers/internal/compare"
	"glomers/internal/state"
)

const (
	file = "progress.json"
	// version is that of the file's format. A program refuses the files of later versions: it would lose what it does not know.
	version = 1
)

// Progress is the content of the file.
type Progress struct {
	Version    int                  `json:"version"`
	Challenges map[string]*Standing `json:"challenges"` // by title; without those that have not been run
}

// A Standing is how far somebody is with one challenge.
type Standing struct {
	Runs   int       `json:"runs"`            // that ended with a verdict
	Last   Run       `json:"last"`            // the last of them
	Passed time.Time `json:"passed,omitzero"` // when it was passed first
	Best   *Run      `json:"best,omitempty"`  // of those that passed; nil if none did without being distorted by the machine
}

// A Run is a run of a challenge.
type Run struct {
	At        time.Time `json:"at"`
	Verdict   string    `json:"verdict"`
	MsgsPerOp float64   `json:"msgs-per-op"`
	Median    *float64  `json:"median-ms,omitempty"` // of the staleness
	Max       *float64  `json:"max-ms,omitempty"`
	Virtual   bool      `json:"virtual,omitempty"`
	Seed      uint64    `json:"seed,omitempty"`
	Dir       string    `json:"dir,omitempty"`
}

// Load reads the file beside a store. Without a file nothing is passed yet.
func Load(store string) (*Progress, error) { return load(state.Beside(store)) }

func load(dir state.Dir) (*Progress, error) {
	text, err := dir.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &Progress{version, make(map[string]*Standing)}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("progress: %s: %w", dir.Path(file), err)
	}
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &head); err == nil && head.Version > version {
		return nil, fmt.Errorf("progress: %s was written by a later version of glomers, in format %d: want format %d, or that version", dir.Path(file), head.Version, version)
	}
	p := &Progress{}
	if err = json.Unmarshal(text, p); err == nil {
		err = p.check()
	}
	if err != nil {
		return nil, fmt.Errorf("progress: %s cannot be understood: %w: repair it, or put it somewhere else to begin again", dir.Path(file), err)
	}
	return p, nil
}

// check returns an error for content that this package does not write.
func (p *Progress) check() error {
	if p.Version < 1 {
		return errors.New("it has no version")
	}
	if p.Challenges == nil {
		return errors.New("it has no challenges")
	}
	for title, s := range p.Challenges {
		if s == nil {
			return fmt.Errorf("%q is null", title)
		}
	}
	return nil
}

// Record adds a run to the file beside a store. Runs of other processes are not lost.
func Record(store string, o challenge.Outcome, virtual bool, at time.Time) error {
	dir := state.Beside(store)
	err := dir.Locked(func() error {
		p, err := load(dir)
		if err != nil {
			return err
		}
		p.add(o, virtual, at)
		text, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			return err
		}
		return dir.Write(file, append(text, '\n'))
	})
	if err != nil {
		return fmt.Errorf("the run is not among your progress: %w", err)
	}
	return nil
}

// add adds a run.
func (p *Progress) add(o challenge.Outcome, virtual bool, at time.Time) {
	run := Run{At: at, Verdict: o.Verdict(), MsgsPerOp: o.MsgsPerOp, Virtual: virtual, Seed: o.Seed, Dir: o.Dir}
	if s := o.Stale; s != nil {
		run.Max = milliseconds(s.Max)
		if s.Median != compare.NoMedian {
			run.Median = milliseconds(s.Median)
		}
	}
	s := p.Challenges[o.Title()]
	if s == nil {
		s = &Standing{}
		p.Challenges[o.Title()] = s
	}
	s.Runs, s.Last = s.Runs+1, run
	if !o.Passed() {
		return
	}
	if s.Passed.IsZero() {
		s.Passed = at
	}
	if len(o.Distorted) == 0 && (s.Best == nil || run.better(*s.Best)) {
		s.Best = &run
	}
}

// better reports whether the run has better figures than another: fewer messages or, with as many, less staleness.
func (r Run) better(other Run) bool {
	return cmp.Or(cmp.Compare(r.MsgsPerOp, other.MsgsPerOp), cmp.Compare(most(r.Max), most(other.Max))) < 0
}

// most returns a staleness in ms for comparisons: 0 if there is none.
func most(ms *float64) float64 {
	if ms == nil {
		return 0
	}
	return *ms
}

func milliseconds(d time.Duration) *float64 {
	ms := float64(d) / float64(time.Millisecond)
	return &ms
}

// Figures returns the figures of the run in a few words.
func (r Run) Figures() string {
	o := challenge.Outcome{MsgsPerOp: r.MsgsPerOp, OKFraction: 1}
	if r.Max != nil {
		o.Stale = &compare.Staleness{Median: compare.NoMedian, Max: duration(*r.Max)}
		if r.Median != nil {
			o.Stale.Median = duration(*r.Median)
		}
	}
	return o.Figures()
}

func duration(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
