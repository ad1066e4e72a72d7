package compare

import (
	"encoding/json"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
)

// A Staleness is the time from the acknowledgement of data until all nodes show the data. For broadcast it is the stable
// latency, for kafka the worst realtime lag, and for transactions an upper bound of the delay until other nodes show a
// write.
type Staleness struct {
	Median time.Duration // NoMedian if only the maximum is known
	Max    time.Duration
}

// NoMedian is the median of a Staleness if only the maximum is known.
const NoMedian = -1

// newStaleness takes its arguments in milliseconds.
func newStaleness(median, most float64) *Staleness {
	return &Staleness{time.Duration(median * 1e6), time.Duration(most * 1e6)}
}

// StalenessOf returns the staleness that a workload's checker found, or nil if it found none.
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

// Staleness returns the staleness in the results of a run, or nil if they have none.
func (r Results) Staleness() *Staleness {
	for _, source := range []struct {
		at, median, most string
		unit             time.Duration
	}{
		{"workload/stable-latencies/", "0.5", "1", time.Millisecond},
		{"workload/replication-delay/at-most/", "median", "worst", time.Millisecond},
		{"workload/worst-realtime-lag/", "", "lag", time.Second},
	} {
		most, ok := r.Number(source.at + source.most)
		if !ok {
			continue
		}
		s := &Staleness{NoMedian, time.Duration(most * float64(source.unit))}
		if median, ok := r.Number(source.at + source.median); ok {
			s.Median = time.Duration(median * float64(source.unit))
		}
		return s
	}
	return nil
}

// MarshalJSON writes milliseconds.
func (s Staleness) MarshalJSON() ([]byte, error) {
	quantiles := map[string]int64{"1": s.Max.Milliseconds()}
	if s.Median != NoMedian {
		quantiles["0.5"] = s.Median.Milliseconds()
	}
	return json.Marshal(quantiles)
}
