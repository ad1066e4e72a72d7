package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/internal/edn"
)

// findMaelstrom returns the launcher of the real Maelstrom. scripts/maelstrom
// knows where to look, and says on stderr what is missing.
func findMaelstrom(ctx context.Context, stderr io.Writer) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", fmt.Errorf("scripts/maelstrom finds Maelstrom, but %w", err)
	}
	var path bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(root, "scripts", "maelstrom"), "--where")
	cmd.Stdout, cmd.Stderr = &path, stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("scripts/maelstrom found no usable Maelstrom: %w", err)
	}
	return strings.TrimSpace(path.String()), nil
}

// onceUnderMaelstrom runs the words of a command with the real Maelstrom and reads
// its results. What it writes as it goes appears on stderr.
func (t *contest) onceUnderMaelstrom(ctx context.Context, words command) (outcome, error) {
	dir := filepath.Join(t.store, "maelstrom") // Maelstrom adds store/ to its working directory
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return outcome{}, err
	}
	latest := filepath.Join(dir, "store", "latest")
	// The results of an earlier run must not be taken for those of this one.
	if err := os.Remove(latest); err != nil && !errors.Is(err, os.ErrNotExist) {
		return outcome{}, err
	}

	cmd := exec.CommandContext(ctx, t.maelstrom, words...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = t.stderr, t.stderr
	// It needs a moment to end its nodes.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() <= 2) {
		return outcome{}, fmt.Errorf("maelstrom: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(latest, "results.edn"))
	if err != nil {
		return outcome{}, fmt.Errorf("maelstrom left no results: %w", err)
	}
	o, err := readResults(string(text))
	if err != nil {
		return o, fmt.Errorf("maelstrom's results.edn: %w", err)
	}
	if o.Dir, err = filepath.EvalSymlinks(latest); err != nil {
		return o, err
	}
	if words.get("-w") == "txn-rw-register" {
		if h, err := history.ReadFile(filepath.Join(latest, "history.edn")); err != nil {
			fmt.Fprintf(t.stderr, "nothing was decided completely, as maelstrom's history cannot be read: %v\n", err)
		} else {
			o.Decided = elle.Register(h, elle.Options{}).Decided
		}
	}
	return o, nil
}

// readResults reads what Maelstrom found.
func readResults(text string) (outcome, error) {
	results, err := edn.Parse(text)
	if err != nil {
		return outcome{}, err
	}
	var o outcome
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
		o.Stale = &staleness{noMedian, time.Duration(lag * 1e9)}
	}
	checks, _ := results.(edn.Map)
	for _, e := range checks {
		if v, err := verdictOf(edn.Get(e.Value, "valid?")); err == nil && v != check.Valid {
			o.Reasons = append(o.Reasons, reason(e, v))
		}
	}
	return o, nil
}

// reason says which check failed. Of a workload that lost something, it says how much.
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

// stableOf reads quantiles such as {0 0, 0.5 746, 1 1003}; nil if these two are not there.
func stableOf(quantiles edn.Map) *staleness {
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
