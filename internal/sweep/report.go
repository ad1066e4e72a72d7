package sweep

import (
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/internal/compare"
	"glomers/internal/coverage"
)

// A Report is what is known of the seeds.
type Report struct {
	Workload string         `json:"workload"`
	First    uint64         `json:"first-seed"`
	Last     uint64         `json:"last-seed"`
	Done     int            `json:"seeds"`    // that were run
	Failed   int            `json:"failed"`   // of these
	Verdicts map[string]int `json:"verdicts"` // the number of seeds of each verdict
	// Causes are those of the failures, the cause of the first failing seed first.
	Causes  []*Cause `json:"causes"`
	Figures []Figure `json:"figures"`
	// Differing are the seeds that gave different runs, of those that were run twice.
	Differing []uint64 `json:"differing,omitempty"`
	// Properties are those that the nodes declared, and Never has in words what never happened.
	Properties []coverage.Property `json:"properties,omitempty"`
	Never      []string            `json:"never,omitempty"`
	// Quiet is how many seeds in a row had brought nothing new in the end, if that ended the sweep.
	Quiet int `json:"quiet,omitempty"`
	// Warnings are those of the runs, those with the same words once.
	Warnings []string `json:"warnings,omitempty"`

	coverage coverage.Coverage

	kept   int
	warned map[string]bool // by their shapes
}

// A Cause is what several seeds failed of.
type Cause struct {
	Kind     string   `json:"kind"` // of the explanation; the verdict if there is none
	Headline string   `json:"headline"`
	Seeds    []uint64 `json:"seeds"`
	Dirs     []string `json:"dirs,omitempty"` // with the files of the first of these
	First    Seed     `json:"-"`

	shape string
}

// A Figure has the values of a figure in all runs that were carried out.
type Figure struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit,omitempty"`
	Count  int     `json:"count"`
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	Max    float64 `json:"max"`

	values []float64
}

func newReport(s *Sweep) *Report {
	return &Report{
		Workload: s.Test.Workload, First: s.First, Last: s.Last, Verdicts: make(map[string]int), Causes: []*Cause{},
		Figures: []Figure{
			{Name: "msgs/op"},
			{Name: "bytes/op"},
			{Name: "availability"},
			{Name: "median latency", Unit: "ms"},
			{Name: "greatest latency", Unit: "ms"},
		},
		warned: make(map[string]bool),
	}
}

// Seeds returns the number of seeds that the sweep has.
func (r *Report) Seeds() int { return int(r.Last-r.First) + 1 }

func (r *Report) progress() Progress { return Progress{r.Seeds(), r.Done, r.Failed} }

// add adds a seed. It calls keep if the files of the run are worth keeping.
func (r *Report) add(o Seed, keep func(seed uint64) (dir string)) {
	r.Done++
	r.Verdicts[o.verdict()]++
	r.measure(o)
	if o.Differs {
		r.Differing = append(r.Differing, o.Seed)
	}
	for _, w := range o.Warnings {
		if shape := check.Shape(w); !r.warned[shape] {
			r.warned[shape] = true
			r.Warnings = append(r.Warnings, w)
		}
	}
	if o.Passed() {
		r.coverage.Add(o.Seed, o.Properties, "")
		return
	}
	r.Failed++
	c := r.cause(o)
	r.coverage.Add(o.Seed, o.Properties, c.shape)
	c.Seeds = append(c.Seeds, o.Seed)
	if o.Dir == "" && len(c.Dirs) < maxKeptOfCause && r.kept < maxKept {
		o.Dir = keep(o.Seed)
		r.kept++
	}
	if o.Dir != "" && len(c.Dirs) < maxKeptOfCause {
		c.Dirs = append(c.Dirs, o.Dir)
	}
	if len(c.Seeds) == 1 {
		c.First = o
	}
}

// verdict returns the outcome of a seed in a word or two.
func (o Seed) verdict() string {
	if o.Passed() {
		return check.Valid.String() // warnings are told of once
	}
	return o.Verdict()
}

// cause returns the cause of a failure, which is new if no seed before had it.
func (r *Report) cause(o Seed) *Cause {
	kind, headline := o.Reason()
	shape := headline
	if len(o.Why) > 0 && o.Why[0].Pattern != "" {
		shape = o.Why[0].Pattern
	}
	shape = kind + " " + check.Shape(shape)
	for _, c := range r.Causes {
		if c.shape == shape {
			return c
		}
	}
	c := &Cause{Kind: kind, Headline: headline, shape: shape}
	r.Causes = append(r.Causes, c)
	return c
}

// Reason returns in a line why the seed failed, and what kind of failure that is.
func (o Seed) Reason() (kind, headline string) {
	kind = o.Verdict()
	switch {
	case o.Broken != "":
		headline = o.Broken
	case len(o.Why) > 0:
		kind, headline = o.Why[0].Kind, o.Why[0].Headline
	case len(o.Reasons) > 0:
		headline = o.Reasons[0]
	case len(o.Missed) > 0:
		headline = o.Missed[0]
	}
	headline, _, _ = strings.Cut(check.Brief(headline), "\n")
	return kind, headline
}

// measure adds the figures of a run.
func (r *Report) measure(o Seed) {
	if o.Broken != "" {
		return
	}
	add := func(name string, value float64) {
		i := slices.IndexFunc(r.Figures, func(f Figure) bool { return f.Name == name })
		r.Figures[i].values = append(r.Figures[i].values, value)
	}
	add("msgs/op", o.MsgsPerOp)
	if o.BytesPerOp != nil {
		add("bytes/op", *o.BytesPerOp)
	}
	add("availability", float64(o.OKFraction))
	if s := o.Stale; s != nil {
		if s.Median != compare.NoMedian {
			add("median latency", ms(s.Median))
		}
		add("greatest latency", ms(s.Max))
	}
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// finish computes the figures, and drops those that no run has.
func (r *Report) finish() {
	r.Properties, r.Never = r.coverage.Properties, r.coverage.Never()
	r.Figures = slices.DeleteFunc(r.Figures, func(f Figure) bool { return len(f.values) == 0 })
	for i := range r.Figures {
		f := &r.Figures[i]
		slices.Sort(f.values)
		n := len(f.values)
		f.Count, f.Min, f.Median, f.P95, f.Max = n, f.values[0], f.values[n*50/100], f.values[n*95/100], f.values[n-1]
	}
}
