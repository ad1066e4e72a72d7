package hint

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/check/kafka"
	"glomers/internal/challenge"
)

// Every challenge and every kind of failure has hints.
func TestComplete(t *testing.T) {
	topics := Topics()
	require.Equal(t, challenge.IDs(), topics[:len(challenges)])
	for _, kind := range []string{
		kafka.LostWrite, kafka.InconsistentOffsets, kafka.Duplicate, kafka.AbortedRead, kafka.Garbage, kafka.EarlyRead, kafka.Cycle,
		kafka.PollSkip, kafka.NonmonotonicPoll, kafka.IntPollSkip, kafka.IntNonmonotonicPoll, kafka.NonmonotonicSend, kafka.Unseen,
		kafka.EmptyGraph, check.Overlap, check.FenceOrder,
		"G0-realtime", "G1c-process", "G-single-item", "G-nonadjacent-item", "G2-item", "g1A",
		string(elle.G1b), string(elle.Internal), string(elle.LostUpdate), string(elle.CyclicVersions), string(elle.EmptyGraph),
		string(elle.DirtyUpdate), string(elle.DuplicateElements), string(elle.FutureRead), string(elle.IncompatibleOrder),
	} {
		_, ok := Find(kind)
		require.True(t, ok, kind)
	}
	for _, kind := range harness.Breakages() {
		_, ok := Find(string(kind))
		require.True(t, ok, kind)
	}
	_, ok := Find("3f")
	require.False(t, ok)
}

// A hint has sentences, says what to read in its last rung, and shows no code.
func TestTexts(t *testing.T) {
	code := regexp.MustCompile("[`{}\\\\=<>]|\\w\\(|;$|\\w\\.\\w+\\(|\\b(func|def|fn|class|import)\\b")
	year := regexp.MustCompile(`[(, ](19|20)\d\d\)|doc/protocol\.md|own documentation`)
	var seen []string
	for _, l := range All() {
		require.NotContains(t, seen, strings.ToLower(l.Topic), "each topic once")
		seen = append(seen, strings.ToLower(l.Topic))
		require.Len(t, l.Rungs, Rungs, l.Topic)
		require.NotEmpty(t, l.About)
		for _, text := range l.Rungs {
			require.Greater(t, len(text), 30, l.Topic)
			require.Regexp(t, `[.?]$`, text, l.Topic)
			require.NotRegexp(t, code, text, l.Topic)
		}
		require.Regexp(t, year, l.Rungs[Rungs-1], l.Topic)
	}
}

func TestSeen(t *testing.T) {
	for text, want := range map[string][]string{
		`{"valid": true, "workload": {"valid": true, "stale-count": 7}}`:                                                         nil,
		`{"valid": false, "workload": {"valid": false, "lost-count": 2, "stale-count": 3}}`:                                      {Lost},
		`{"valid": false, "workload": {"valid": false, "stale-count": 3}}`:                                                       {Stale},
		`{"valid": false, "workload": {"valid": false, "lost-count": 0, "duplicated-count": 1}}`:                                 {Repeated},
		`{"valid": false, "workload": {"valid": false, "attempted-count": 9, "duplicated-count": 1}}`:                            {DuplicateIDs},
		`{"valid": false, "workload": {"valid": false, "error-count": 1, "errors": [{}]}}`:                                       {WrongEcho},
		`{"valid": false, "workload": {"valid": false, "final-reads": [1], "errors": [{"index": 1}]}}`:                           {WrongSum},
		`{"valid": false, "workload": {"valid": false, "failures": [1], "results": []}}`:                                         {NotLinearizable},
		`{"valid": false, "workload": {"valid": false, "entered": 2, "errors": [{"kind": "overlap"}]}}`:                          {Overlap},
		`{"valid": false, "workload": {"valid": false, "bad-error-types": ["lost-write", "poll-skip", "new"]}}`:                  {"lost-write", "poll-skip"},
		`{"valid": false, "workload": {"valid": false, "anomaly-types": ["G0", "G1a"]}}`:                                         {"G0", "G1a"},
		`{"valid": false, "workload": {"valid": true}, "stats": {"valid": false}, "availability": {"valid": false}}`:             {NoAnswer, Unavailable},
		`{"valid": false, "workload": {"valid": true}, "properties": [{"kind": "sometimes"}, {"violations": [{}]}]}`:             {Violated},
		`{"valid": "unknown", "workload": null, "nemesis": {"valid": "unknown"}}`:                                                {NoFault},
		`{"valid": "unknown", "workload": null, "error": "harness: node n1 ended during the run: exit status 2\nwrote a line"}`:  {NodeEnded},
		`{"valid": "unknown", "workload": null, "error": "harness: node n1 wrote a line to stdout that is not JSON\nline 1: x"}`: {BadLine},
		`{"valid": "unknown", "workload": null, "error": "harness: node n1 init", "error-kind": "overload"}`:                     {Overload},
		`{"valid": "unknown", "workload": null, "error": "harness: node n1 init", "error-kind": "of later versions"}`:            nil,
		`{"valid": "unknown", "workload": null, "error": "the disk is full"}`:                                                    nil,
	} {
		got, err := Seen([]byte(text))
		require.NoError(t, err, text)
		require.ElementsMatch(t, want, got, text)
	}
	_, err := Seen([]byte("x"))
	require.ErrorContains(t, err, "results.json")
}

// The results of the checkers themselves are recognised.
func TestSeenInResults(t *testing.T) {
	for _, c := range []struct {
		result check.Result
		want   string
	}{
		{&check.SetFullResult{Valid: check.Invalid, LostCount: 1}, Lost},
		{&check.UniqueIDsResult{Valid: check.Invalid, DuplicatedCount: 1}, DuplicateIDs},
		{&check.CounterResult{Valid: check.Invalid, FinalReads: []json.RawMessage{}, Errors: make([]check.CounterError, 1)}, WrongSum},
		{&kafka.Result{Valid: check.Invalid, BadErrorTypes: []string{kafka.PollSkip}}, kafka.PollSkip},
		{&elle.Result{Valid: check.Invalid, Types: []elle.Anomaly{elle.G1a}}, "G1a"},
	} {
		text, err := json.Marshal(map[string]any{"valid": check.Invalid, "workload": c.result})
		require.NoError(t, err)
		got, err := Seen(text)
		require.NoError(t, err)
		require.Equal(t, []string{c.want}, slices.Compact(got))
	}
}
