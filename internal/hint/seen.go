package hint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"glomers/harness/check"
)

// results is the part of a results.json that tells the kinds of failures.
type results struct {
	Valid    check.Verdict `json:"valid"`
	Error    string        `json:"error"`
	Kind     string        `json:"error-kind"`
	Workload struct {
		Valid      check.Verdict     `json:"valid"`
		LostCount  int               `json:"lost-count"`
		StaleCount int               `json:"stale-count"`
		Duplicated int               `json:"duplicated-count"`
		Attempted  *int              `json:"attempted-count"` // of unique ids
		ErrorCount int               `json:"error-count"`     // of echo
		FinalReads []json.RawMessage `json:"final-reads"`     // of a counter
		Errors     []struct {
			Kind string `json:"kind"` // of a lock
		} `json:"errors"`
		BadErrorTypes []string          `json:"bad-error-types"` // of logs
		AnomalyTypes  []string          `json:"anomaly-types"`   // of transactions
		Failures      []json.RawMessage `json:"failures"`        // of registers
		Unreadable    []json.RawMessage `json:"unreadable"`
	} `json:"workload"`
	Stats struct {
		Valid check.Verdict `json:"valid"`
	} `json:"stats"`
	Availability struct {
		Valid check.Verdict `json:"valid"`
	} `json:"availability"`
	Exceptions struct {
		Exceptions []json.RawMessage `json:"exceptions"`
	} `json:"exceptions"`
	Properties []struct {
		Violations []json.RawMessage `json:"violations"`
	} `json:"properties"`
	Nemesis struct {
		Valid check.Verdict `json:"valid"`
	} `json:"nemesis"`
}

// Seen returns the kinds of failures in a results.json, each once, those first that are the causes of others. It returns none for a
// run that is valid.
func Seen(text []byte) ([]string, error) {
	var r results
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("hint: results.json: %w", err)
	}
	if r.Valid == check.Valid {
		return nil, nil
	}
	var kinds []string
	see := func(seen bool, topics ...string) {
		for _, topic := range topics {
			if seen && topic != "" && !slices.Contains(kinds, topic) {
				kinds = append(kinds, topic)
			}
		}
	}
	see(r.Error != "", cmp.Or(r.Kind, breakage(r.Error)))
	see(len(r.Exceptions.Exceptions) > 0, Malformed)
	see(r.Stats.Valid != check.Valid, NoAnswer)
	if w := r.Workload; w.Valid != check.Valid {
		see(len(w.Unreadable) > 0, Unreadable)
		see(w.ErrorCount > 0, WrongEcho)
		see(w.Duplicated > 0 && w.Attempted != nil, DuplicateIDs)
		see(w.LostCount > 0, Lost)
		see(w.Duplicated > 0 && w.Attempted == nil, Repeated)
		see(w.StaleCount > 0 && len(kinds) == 0, Stale) // where stale reads are allowed, they are no reason
		see(w.FinalReads != nil && len(w.Errors) > 0, WrongSum)
		see(len(w.Failures) > 0, NotLinearizable)
		for _, e := range w.Errors {
			see(e.Kind != "", e.Kind)
		}
		see(true, w.BadErrorTypes...)
		see(true, w.AnomalyTypes...)
	}
	see(r.Availability.Valid != check.Valid, Unavailable)
	for _, p := range r.Properties {
		see(len(p.Violations) > 0, Violated)
	}
	see(r.Nemesis.Valid != check.Valid, NoFault)
	return slices.DeleteFunc(kinds, func(kind string) bool { _, ok := Find(kind); return !ok }), nil
}

// breakage guesses the kind of the error that broke off a run of a version that did not record it; "" if none of the hints is about it.
func breakage(text string) string {
	for _, known := range []struct{ phrase, kind string }{
		{"init", NoInit},
		{"in the name of", WrongAddress},
		{"to nobody", WrongAddress},
		{"wrote a line", BadLine},
		{"ended during the run", NodeEnded},
		{"does not read its input", Overload},
		{"leaves its input unread", Overload},
		{"floods the network", Overload},
	} {
		first, _, _ := strings.Cut(text, "\n") // the rest are lines that the node wrote
		if strings.Contains(first, known.phrase) {
			return known.kind
		}
	}
	return ""
}
