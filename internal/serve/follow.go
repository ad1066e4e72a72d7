package serve

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
)

// A follower sums up a history as it grows.
type follower struct {
	width     int64 // of a bucket, ns
	now       int64 // the time of the last event, ns
	open      map[history.Process]history.Op
	functions map[string]*outcomes
	buckets   []*bucket
	sent      int // buckets that update has returned and that will not change
	faults    []*fault
	damaged   int // lines that are no events
}

// outcomes counts operations.
type outcomes struct {
	F    string `json:"f,omitempty"`
	OK   int    `json:"ok"`
	Fail int    `json:"fail"`
	Info int    `json:"info"`
}

// A bucket has the operations that completed in a certain stretch of time.
type bucket struct {
	Number int64 `json:"number"` // it begins at Number × width
	outcomes
	Median int64 `json:"median"` // of the latencies of those that succeeded, ns; 0 if there are none
	Max    int64 `json:"max"`

	latencies []int64
}

// A fault is one that was in force for some time.
type fault struct {
	Name  string `json:"name"`
	About string `json:"about"` // what it was, such as "majority"
	Begin int64  `json:"begin"` // ns
	End   int64  `json:"end"`   // 0 while it is in force
}

// An update is what has changed since the last one.
type update struct {
	Now       int64       `json:"now"`       // ns
	Open      int         `json:"open"`      // operations that are under way
	Functions []*outcomes `json:"functions"` // all, in alphabetical order
	Buckets   []*bucket   `json:"buckets"`   // those that are new or have changed
	Faults    []*fault    `json:"faults"`    // all
	Damaged   int         `json:"damaged"`
}

// newFollower returns a follower of a run whose main phase has that length, with so many operations per second.
func newFollower(limit time.Duration, rate float64) *follower {
	few := time.Duration(5 / max(rate, 1) * float64(time.Second)) // takes five operations
	return &follower{
		width:     int64(min(max(limit/200, few, 50*time.Millisecond), 5*time.Second)),
		open:      make(map[history.Process]history.Op),
		functions: make(map[string]*outcomes),
	}
}

// line takes a line of the history.
func (f *follower) line(text []byte) {
	var op history.Op
	if err := json.Unmarshal(text, &op); err != nil {
		f.damaged++
		return
	}
	f.now = max(f.now, op.Time)
	switch {
	case op.Process == history.Nemesis:
		f.fault(op)
	case op.Type == history.Invoke:
		f.open[op.Process] = op
	default:
		f.complete(op)
	}
}

// complete takes a completion.
func (f *follower) complete(op history.Op) {
	began, known := f.open[op.Process]
	delete(f.open, op.Process)
	o := f.functions[op.F]
	if o == nil {
		o = &outcomes{F: op.F}
		f.functions[op.F] = o
	}
	o.count(op.Type)
	b := f.bucket()
	b.count(op.Type)
	if known && op.Type == history.OK {
		b.latencies = append(b.latencies, op.Time-began.Time)
	}
}

// bucket returns the one that now is in.
func (f *follower) bucket() *bucket {
	number := f.now / f.width
	if n := len(f.buckets); n > 0 && f.buckets[n-1].Number == number {
		return f.buckets[n-1]
	}
	b := &bucket{Number: number}
	f.buckets = append(f.buckets, b)
	return b
}

func (o *outcomes) count(t history.Type) {
	switch t {
	case history.OK:
		o.OK++
	case history.Fail:
		o.Fail++
	case history.Info:
		o.Info++
	}
}

// fault takes an event of the nemesis. Each of its steps has two: what was asked for, and what was done.
func (f *follower) fault(op history.Op) {
	verb, name, _ := strings.Cut(op.F, "-")
	var last *fault
	for _, each := range slices.Backward(f.faults) {
		if each.Name == name {
			last = each
			break
		}
	}
	inForce := last != nil && last.End == 0
	var about string
	_ = json.Unmarshal(op.Value, &about) // it stays empty if the value is no text
	switch {
	case verb == "start" && !inForce:
		f.faults = append(f.faults, &fault{Name: name, About: about, Begin: op.Time})
	case verb == "start" && last.About == "":
		last.About = about
	case verb == "stop" && inForce:
		last.End = op.Time
	}
}

// update returns what is new.
func (f *follower) update() update {
	u := update{Now: f.now, Open: len(f.open), Functions: []*outcomes{}, Faults: append([]*fault{}, f.faults...), Damaged: f.damaged}
	for _, o := range f.functions {
		u.Functions = append(u.Functions, o)
	}
	slices.SortFunc(u.Functions, func(a, b *outcomes) int { return strings.Compare(a.F, b.F) })
	u.Buckets = append([]*bucket{}, f.buckets[f.sent:]...) // none are [], not null
	for _, b := range u.Buckets {
		b.measure()
	}
	for _, b := range u.Buckets[:max(0, len(u.Buckets)-1)] {
		b.latencies = nil // it is over
	}
	f.sent += max(0, len(u.Buckets)-1)
	return u
}

// measure computes the quantiles.
func (b *bucket) measure() {
	slices.Sort(b.latencies)
	if n := len(b.latencies); n > 0 {
		b.Median, b.Max = b.latencies[n*50/100], b.latencies[n-1]
	}
}
