package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"glomers/harness/record"
	"glomers/internal/compare"
	"glomers/internal/wording"
)

// The states of a run that have no verdict; the others are those of check.Verdict.
const (
	running     = "running"
	interrupted = "interrupted" // its process died before it could judge
	broken      = "broken"      // the test could not be carried out
	damaged     = "damaged"     // its files cannot be understood
)

// states returns all that a run may be, in the order of the filter.
func states() []string {
	return []string{"valid", "invalid", "unknown", broken, interrupted, damaged, running}
}

// A run is what is known about a run, as the pages show it.
type run struct {
	id
	State   string // one of states
	Error   string // what broke the run, or what is wrong with its files
	Reasons []string
	Why     string // the first cause of the violations; "" if none is known
	Causes  int    // how many are known
	Test    test
	Judged  bool            // it has results
	Results compare.Results // nil if it has none, and where they are not needed any more

	figures
}

// The figures of a run that are shown first; "" where there is none.
type figures struct {
	BytesPerOp  string // of messages between servers
	MsgsPerOp   string // between servers
	StaleMedian string // until what was acknowledged was seen everywhere
	StaleMax    string
	Response    string // the 99 % quantile of the slowest function
}

// A test is what test.json says.
type test struct{ record.Meta }

// Began says when the run began.
func (t test) Began() string {
	if t.Started.IsZero() {
		return "-"
	}
	return t.Started.Local().Format("2006-01-02 15:04:05")
}

// Faults names the faults.
func (t test) Faults() string {
	return plain(strings.Join(t.Nemesis[:min(len(t.Nemesis), maxChoices)], ", "))
}

// Command returns what the nodes ran.
func (t test) Command() string {
	return passage(strings.Join(append([]string{t.Program.Path}, t.Program.Args...), " "))
}

// Running reports whether the run goes on.
func (r run) Running() bool { return r.State == running }

// test reads test.json. With an error, it is what could be understood.
func (f *folder) test() (test, error) {
	var t test
	text, err := f.read("test.json", maxTest)
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	return t, err
}

// summary returns what there is to know about a run, but for its results. Those may take much memory while they are understood, so few runs are read at
// the same time.
func (s *Server) summary(ctx context.Context, f *folder) (run, error) {
	select {
	case s.parsing <- struct{}{}:
		defer func() { <-s.parsing }()
	case <-ctx.Done():
		return run{}, ctx.Err()
	}
	r := f.summary()
	r.Results = nil
	return r, nil
}

// summary reads what there is to know about the run. What is wrong with its files goes to Error.
func (f *folder) summary() run {
	r := run{id: f.id}
	var err error
	if r.Test, err = f.test(); err != nil {
		return r.damaged("test.json", err)
	}
	if f.running() { // before a look at the results: those of a run that has ended are there
		r.State = running
		return r
	}
	text, err := f.read("results.json", maxResults)
	if errors.Is(err, fs.ErrNotExist) {
		r.State, r.Error = interrupted, "The run was killed before it could judge what it saw. Its history and its journal are there."
		return r
	}
	if err == nil {
		r.Results, err = compare.Parse("results.json", text)
	}
	if err != nil {
		return r.damaged("results.json", err)
	}
	r.judge()
	return r
}

func (r run) damaged(file string, err error) run {
	r.State, r.Error = damaged, passage(fmt.Sprintf("%s cannot be read: %v", file, err))
	return r
}

// running reports whether the run goes on.
func (f *folder) running() bool {
	file, err := f.openFile("history.jsonl")
	if err != nil {
		return false
	}
	defer file.Close()
	return record.Running(file)
}

// judge sums up the results.
func (r *run) judge() {
	r.Judged = true
	r.Error, _ = r.Results["error"].(string)
	r.Error = passage(r.Error)
	reasons, _ := r.Results["reasons"].([]any)
	for i, reason := range reasons {
		if i == maxReasons {
			r.Reasons = append(r.Reasons, fmt.Sprintf("and %d more, which are in results.json", len(reasons)-i))
			break
		}
		r.Reasons = append(r.Reasons, passage(fmt.Sprint(reason)))
	}
	if causes, ok := r.Results["why"].([]any); ok && len(causes) > 0 {
		first, _ := causes[0].(map[string]any)
		headline, _ := first["headline"].(string)
		r.Why, r.Causes = passage(headline), len(causes)
	}
	switch valid := r.Results["valid"]; {
	case r.Error != "":
		r.State = broken
	case valid == true:
		r.State = "valid"
	case valid == false:
		r.State = "invalid"
	default:
		r.State = "unknown"
	}
	if n, ok := r.Results.Number("net/servers/msgs-per-op"); ok {
		r.MsgsPerOp = wording.Number(n, 3)
	}
	if n, ok := r.Results.Number("net/servers/bytes-per-op"); ok {
		r.BytesPerOp = fmt.Sprintf("%.0f", n)
	}
	if stale := r.Results.Staleness(); stale != nil {
		r.StaleMax = shownTime(stale.Max)
		if stale.Median != compare.NoMedian {
			r.StaleMedian = shownTime(stale.Median)
		}
	}
	slowest := -1.0
	functions, _ := r.Results["latencies"].(map[string]any)
	for f := range functions {
		if n, ok := r.Results.Number("latencies/" + f + "/p99-ns"); ok {
			slowest = max(slowest, n)
		}
	}
	if slowest >= 0 {
		r.Response = wording.Duration(time.Duration(slowest))
	}
}

func shownTime(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	return wording.Duration(d)
}
