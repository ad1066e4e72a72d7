package serve

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"glomers/harness/history"
	"glomers/internal/terminal"
	"glomers/internal/wording"
)

// Limits of what a follower keeps, and so of what it sends: the nodes, the clients and whoever wrote the file choose how much there is.
const (
	maxKinds     = 100     // functions that are counted each by itself
	maxFaults    = 200     // that are shown
	maxBuckets   = 20_000  // the longest run that bucketWidth foresees has 17,280
	maxOpen      = 100_000 // operations under way whose latency will be known
	maxLatencies = 10_000  // of a bucket, from which its median is taken
	maxName      = 100     // bytes of a function or a fault
)

// A follower sums up a history as it grows. What it has no room for it counts.
type follower struct {
	width     int64                     // of a bucket, ns
	now       int64                     // the time of the last event, ns
	open      map[history.Process]int64 // when it invoked what is under way, ns
	functions map[string]*outcomes
	others    outcomes // of the functions beyond maxKinds
	buckets   []*bucket
	sent      int // buckets that update has returned and that will not change
	faults    history.Faults
	lines     int // so far, of any kind

	cut     bool // the history goes on
	damaged int  // lines that are no events
	untimed int  // invocations beyond maxOpen
	late    int  // completions that are in the last bucket for want of another
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

	latencies []int64 // of every stride-th that succeeded
	stride    int
	timed     int // how many succeeded
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
	Functions []*outcomes `json:"functions"` // in alphabetical order
	Others    outcomes    `json:"others"`    // of functions that are not among them
	Buckets   []*bucket   `json:"buckets"`   // those that are new or have changed
	Faults    []fault     `json:"faults"`
	Notes     []string    `json:"notes"` // sentences: what is not as it should be, or not shown
}

// newFollower returns a follower of a run whose main phase has that length, with so many operations per second.
func newFollower(limit time.Duration, rate float64) *follower {
	few := time.Duration(5 / max(rate, 1) * float64(time.Second)) // takes five operations
	return &follower{
		width:     int64(min(max(limit/200, few, 50*time.Millisecond), 5*time.Second)),
		open:      make(map[history.Process]int64),
		functions: make(map[string]*outcomes),
		faults:    history.Faults{Max: maxFaults},
	}
}

// line takes a line of the history.
func (f *follower) line(text []byte) {
	f.lines++
	var op history.Op
	if err := json.Unmarshal(text, &op); err != nil {
		f.damaged++
		return
	}
	f.take(op)
}

// take takes an event.
func (f *follower) take(op history.Op) {
	f.now = max(f.now, op.Time)
	switch {
	case op.Process == history.Nemesis:
		f.fault(op)
	case op.Type == history.Invoke:
		if len(f.open) == maxOpen {
			f.untimed++
			return
		}
		f.open[op.Process] = op.Time
	default:
		f.complete(op)
	}
}

// complete takes a completion.
func (f *follower) complete(op history.Op) {
	began, known := f.open[op.Process]
	delete(f.open, op.Process)
	f.kind(op.F).count(op.Type)
	b := f.bucket()
	b.count(op.Type)
	if known && op.Type == history.OK {
		b.time(op.Time - began)
	}
}

// kind returns where operations of a function are counted.
func (f *follower) kind(function string) *outcomes {
	name := wording.Clip(function, maxName)
	if o := f.functions[name]; o != nil {
		return o
	}
	if len(f.functions) == maxKinds {
		return &f.others
	}
	o := &outcomes{F: terminal.Line(name)}
	f.functions[name] = o
	return o
}

// bucket returns the one that now is in.
func (f *follower) bucket() *bucket {
	number := f.now / f.width
	if n := len(f.buckets); n > 0 && f.buckets[n-1].Number == number {
		return f.buckets[n-1]
	}
	if n := len(f.buckets); n == maxBuckets {
		f.late++
		return f.buckets[n-1]
	}
	b := &bucket{Number: number, stride: 1}
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

// fault takes an event of the nemesis.
func (f *follower) fault(op history.Op) {
	op.F = plainName(op.F)
	if op.Effect != nil {
		op.Effect = &history.Effect{Text: plainName(op.Effect.Text)}
	}
	f.faults.Add(op)
}

// plainName returns a name as it can be shown.
func plainName(name string) string { return terminal.Line(wording.Clip(name, maxName)) }

// update returns what is new.
func (f *follower) update() update {
	u := update{
		Now: f.now, Open: len(f.open) + f.untimed, Functions: []*outcomes{}, Others: f.others, Faults: f.shown(), Notes: f.notes(),
	}
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

// shown returns the faults as they are sent.
func (f *follower) shown() []fault {
	all := []fault{} // none are [], not null
	for _, each := range f.faults.All {
		all = append(all, fault{each.Name, each.Effect.Text, each.Begin, each.End})
	}
	return all
}

// notes says what is not as it should be, and what is not shown.
func (f *follower) notes() []string {
	notes := []string{}
	if f.cut {
		notes = append(notes, "The history is longer than "+size(history.MaxFile)+": what comes after is not shown.")
	}
	for _, each := range []struct {
		n    int
		text string
	}{
		{f.damaged, "%d lines of the history cannot be read."},
		{f.others.total(), fmt.Sprintf("There are more than %d kinds of operations: %%d operations of the other kinds are counted together.", maxKinds)},
		{f.untimed, "%d operations were invoked while very many were under way: their latencies are not shown."},
		{f.faults.Left, fmt.Sprintf("There are more than %d faults: %%d more are not shown.", maxFaults)},
		{f.late, "The run is too long for these charts: %d operations are shown at their right end."},
	} {
		if each.n > 0 {
			notes = append(notes, fmt.Sprintf(each.text, each.n))
		}
	}
	return notes
}

func (o outcomes) total() int { return o.OK + o.Fail + o.Info }

// time takes the latency of an operation that succeeded. If there are too many, every other one is kept, and so on.
func (b *bucket) time(latency int64) {
	b.Max = max(b.Max, latency)
	if b.timed%b.stride == 0 {
		if len(b.latencies) == maxLatencies {
			kept := b.latencies[:0]
			for i := 0; i < maxLatencies; i += 2 {
				kept = append(kept, b.latencies[i])
			}
			b.latencies = kept
			b.stride *= 2
		}
		if b.timed%b.stride == 0 {
			b.latencies = append(b.latencies, latency)
		}
	}
	b.timed++
}

// measure computes the median.
func (b *bucket) measure() {
	if n := len(b.latencies); n > 0 {
		b.Median = slices.Sorted(slices.Values(b.latencies))[n*50/100] // they stay in their order, for time
	}
}
