package challenge

import (
	"encoding/json"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
)

// An Outcome is the result of one run of a challenge, under either harness.
type Outcome struct {
	Challenge  string        `json:"challenge"`
	Name       string        `json:"name"` // of the challenge: some have several commands
	Valid      check.Verdict `json:"valid"`
	OKFraction float32       `json:"ok-fraction"`
	MsgsPerOp  float64       `json:"msgs-per-op"`            // between servers
	BytesPerOp *float64      `json:"bytes-per-op,omitempty"` // of their bodies; nil under Maelstrom, which does not count them
	Largest    int           `json:"largest-bytes,omitempty"`
	Stale      *Staleness    `json:"staleness-ms,omitempty"`
	Decided    *elle.Decided `json:"decided,omitempty"` // of transactions over registers
	Took       milliseconds  `json:"took-ms"`
	Judged     bool          `json:"targets-judged"`
	Missed     []string      `json:"missed,omitempty"`    // targets, in words
	Reasons    []string      `json:"reasons,omitempty"`   // why it is not valid
	Warnings   []string      `json:"warnings,omitempty"`  // what does not count
	Distorted  []string      `json:"distorted,omitempty"` // of the warnings: by the machine
	Broken     string        `json:"broken,omitempty"`    // why the test could not be carried out
	Faithful   bool          `json:"faithful,omitempty"`  // as Maelstrom would measure it
	Seed       uint64        `json:"seed,omitempty"`
	Dir        string        `json:"dir,omitempty"`
	Again      string        `json:"again,omitempty"` // the command that repeats it
}

// A Staleness is the time from the acknowledgement of data until everybody saw the data. For broadcast it is the
// stable latency, for kafka the worst realtime lag, for transactions an upper bound of the delay until other nodes showed
// a write.
type Staleness struct {
	Median time.Duration // NoMedian if only the maximum is known
	Max    time.Duration
}

// NoMedian is the median of a Staleness of which only the maximum is known.
const NoMedian = -1

// newStaleness takes milliseconds.
func newStaleness(median, most float64) *Staleness {
	return &Staleness{time.Duration(median * 1e6), time.Duration(most * 1e6)}
}

// StalenessOf returns the staleness that the checker of a workload found; nil if it found none.
func StalenessOf(r check.Result) *Staleness {
	switch r := r.(type) {
	case *check.SetFullResult:
		if q := r.StableLatencies; q != nil {
			return newStaleness(float64(q.Median), float64(q.Max))
		}
	case *kafka.Result:
		return &Staleness{NoMedian, time.Duration(r.WorstLag.Lag * 1e9)}
	case *elle.Result:
		if d := r.Delay; d != nil && d.Shown > 0 {
			return newStaleness(d.AtMost.Median, d.AtMost.Worst)
		}
	}
	return nil
}

// decidedOf returns the levels of isolation that were decided completely; nil if there are none.
func decidedOf(r check.Result) *elle.Decided {
	if r, ok := r.(*elle.Result); ok {
		return r.Decided
	}
	return nil
}

// MarshalJSON writes milliseconds.
func (s Staleness) MarshalJSON() ([]byte, error) {
	quantiles := map[string]milliseconds{"1": {s.Max}}
	if s.Median != NoMedian {
		quantiles["0.5"] = milliseconds{s.Median}
	}
	return json.Marshal(quantiles)
}

// milliseconds is a duration that JSON has in milliseconds.
type milliseconds struct{ time.Duration }

func (m milliseconds) MarshalJSON() ([]byte, error) { return json.Marshal(m.Milliseconds()) }

// Verdict returns the outcome in a word or two.
func (o Outcome) Verdict() string {
	switch {
	case o.Broken != "":
		return "broken"
	case o.Valid == check.Valid && len(o.Missed) > 0:
		return "target missed"
	case o.Valid == check.Valid && len(o.Warnings) > len(o.Distorted):
		return "valid, with warnings"
	default:
		return o.Valid.String()
	}
}

// Passed tells whether the run was valid and reached the targets.
func (o Outcome) Passed() bool { return o.Broken == "" && len(o.Missed) == 0 && o.Valid == check.Valid }
