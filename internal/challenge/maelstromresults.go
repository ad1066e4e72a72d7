package challenge

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/internal/edn"
)

// readResults reads a results.edn of Maelstrom.
func readResults(text string) (Outcome, error) {
	results, err := edn.Parse(text)
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	if o.Valid, err = verdictOf(edn.Get(results, "valid?")); err != nil {
		return o, err
	}
	fraction, _ := number(edn.Get(results, "availability", "ok-fraction"))
	o.OKFraction = float32(fraction)
	o.MsgsPerOp, _ = number(edn.Get(results, "net", "servers", "msgs-per-op"))
	if quantiles, ok := edn.Get(results, "workload", "stable-latencies").(edn.Map); ok {
		o.Stale = stableOf(quantiles)
	}
	if lag, ok := number(edn.Get(results, "workload", "worst-realtime-lag", "lag")); ok {
		o.Stale = &Staleness{NoMedian, time.Duration(lag * 1e9)}
	}
	checks, _ := results.(edn.Map)
	for _, e := range checks {
		if v, err := verdictOf(edn.Get(e.Value, "valid?")); err == nil && v != check.Valid {
			o.Reasons = append(o.Reasons, reason(e, v))
		}
	}
	return o, nil
}

// reason names a check that failed. If a workload lost elements or showed some twice, it lists them.
func reason(e edn.Entry, v check.Verdict) string {
	text := fmt.Sprintf("the check %v is %v", e.Key, v)
	if lost, ok := number(edn.Get(e.Value, "lost-count")); ok && lost > 0 {
		text += fmt.Sprintf(": %v elements were lost: %.200s", lost, fmt.Sprint(edn.Get(e.Value, "lost")))
	}
	if n, ok := number(edn.Get(e.Value, "duplicated-count")); ok && n > 0 {
		text += fmt.Sprintf(": %v elements were seen twice: %.200s", n, fmt.Sprint(edn.Get(e.Value, "duplicated")))
	}
	return text
}

// stableOf reads quantiles such as {0 0, 0.5 746, 1 1003}. It returns nil if the median or the maximum is missing.
func stableOf(quantiles edn.Map) *Staleness {
	at := map[float64]float64{}
	for _, e := range quantiles {
		q, ok := number(e.Key)
		ms, ok2 := number(e.Value)
		if ok && ok2 {
			at[q] = ms
		}
	}
	median, ok := at[0.5]
	most, ok2 := at[1]
	if !ok || !ok2 {
		return nil
	}
	return newStaleness(median, most)
}

func verdictOf(v any) (check.Verdict, error) {
	switch v {
	case true:
		return check.Valid, nil
	case false:
		return check.Invalid, nil
	case edn.Keyword("unknown"):
		return check.Unknown, nil
	}
	return check.Unknown, fmt.Errorf(":valid? is %v: want true, false or :unknown", v)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// idlePartitions returns a warning if, by the history in a run's directory, no partition isolated anybody; "" if one did.
// On few nodes some of Maelstrom's kinds of partition have no effect, and the first partition may come after the end.
func idlePartitions(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "history.edn"))
	if err != nil {
		return "", err
	}
	var kinds []string // asked for
	d := edn.NewDecoder(string(text))
	for {
		op, _, err := d.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		if edn.Get(op, "f") != any(edn.Keyword("start-partition")) {
			continue
		}
		switch v := edn.Get(op, "value").(type) {
		case edn.Keyword: // the invocation
			kinds = append(kinds, string(v))
		case edn.List: // [:isolated {"n1" #{"n2"}}]
			if isolatesAnybody(v) {
				return "", nil
			}
		}
	}
	if len(kinds) == 0 {
		return "the partition that was asked for never began", nil
	}
	slices.Sort(kinds)
	return fmt.Sprintf("the partitions that were asked for cut nobody: %s isolates nobody among so few nodes",
		strings.Join(slices.Compact(kinds), " or ")), nil
}

func isolatesAnybody(result edn.List) bool {
	for _, v := range result {
		grudge, _ := v.(edn.Map)
		for _, e := range grudge {
			if from, _ := e.Value.(edn.List); len(from) > 0 {
				return true
			}
		}
	}
	return false
}
