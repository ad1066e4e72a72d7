package challenge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/compare"
	"glomers/internal/edn"
	"glomers/internal/program"
)

// RefusedByMaelstrom returns an error if Maelstrom cannot make the changes.
func (c Changes) RefusedByMaelstrom() error {
	for _, fault := range c.Nemesis {
		if fault != "partition" {
			return fmt.Errorf("--nemesis: Maelstrom has no %s: its only fault is partition", fault)
		}
	}
	if c.TimeLimit%time.Second != 0 {
		return fmt.Errorf("--time-limit: Maelstrom takes whole seconds, not %v", c.TimeLimit)
	}
	return nil
}

// FindMaelstrom returns the launcher of the real Maelstrom. The script scripts/maelstrom
// finds it, and writes to stderr what is missing.
func FindMaelstrom(ctx context.Context, stderr io.Writer) (string, error) {
	root, err := program.Root()
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
// its results. Maelstrom's output goes to Stderr.
func (c *Contest) onceUnderMaelstrom(ctx context.Context, _ Challenge, words Command, _ uint64) (Outcome, error) {
	dir := filepath.Join(c.Store, "maelstrom") // Maelstrom adds store/ to its working directory
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Outcome{}, err
	}
	links := []string{filepath.Join(dir, "store", "latest"), filepath.Join(dir, "store", "current")} // to a run that has ended, and to one that began
	for _, link := range links {
		// The results of an earlier run must not be taken for those of this one.
		if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
			return Outcome{}, err
		}
	}

	var said program.Tail
	left, runErr := program.Run(ctx, dir, io.MultiWriter(c.Stderr, &said), c.Maelstrom, words.ForMaelstrom())
	var o Outcome
	for _, link := range links {
		if run, err := filepath.EvalSymlinks(link); err == nil {
			o.Dir = run
			break
		}
	}
	var exit *exec.ExitError
	if runErr != nil && !(errors.As(runErr, &exit) && exit.ExitCode() > 0 && exit.ExitCode() <= 2) {
		return o, fmt.Errorf("maelstrom ended with %s", whyMaelstromEnded(runErr, said.String(), o.Dir))
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "results.edn"))
	if o.Dir == "" || errors.Is(err, os.ErrNotExist) {
		return o, fmt.Errorf("maelstrom left no results: %s", whyMaelstromEnded(runErr, said.String(), o.Dir))
	}
	if err != nil {
		return o, err
	}
	found, err := readResults(string(text))
	found.Dir = o.Dir
	found.Warnings = append(found.Warnings, left...)
	if err != nil {
		return found, fmt.Errorf("maelstrom's results.edn: %w", err)
	}
	if words.Get("-w") == "txn-rw-register" {
		if h, err := history.ReadFile(filepath.Join(o.Dir, "history.edn")); err != nil {
			fmt.Fprintf(c.Stderr, "nothing was decided completely, as maelstrom's history cannot be read: %v\n", err)
		} else {
			found.Decided = elle.Register(h, elle.Options{}).Decided
		}
	}
	if words.Get("--nemesis") != "" {
		warning, err := idlePartitions(o.Dir)
		if err != nil {
			warning = fmt.Sprintf("whether the partition cut anybody is not known: %v", err)
		}
		if warning != "" {
			found.Warnings = append(found.Warnings, warning)
		}
	}
	return found, nil
}

// whyMaelstromEnded returns Maelstrom's exit status, the lines that it wrote about the reason, and the path of its log.
func whyMaelstromEnded(err error, said, dir string) string {
	status := "exit status 0"
	if err != nil {
		status = err.Error()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		switch exit.ExitCode() {
		case 254:
			status += ", as it does not accept its arguments"
		case 255:
			status += ", as something broke in it"
		}
	}
	why := []string{status + "; it wrote:"}
	if lines := tellingLines(said); len(lines) > 0 {
		why = append(why, lines...)
	} else {
		why[0] = status + "; it wrote nothing"
	}
	if log := filepath.Join(dir, "jepsen.log"); dir != "" {
		if _, err := os.Stat(log); err == nil {
			why = append(why, "all of it: "+log)
		}
	}
	return strings.Join(why, "\n")
}

// tellingLines returns from Maelstrom's output the error that ended it, without the stack. If there is no error, it returns the last lines.
func tellingLines(said string) []string {
	const most = 12
	var lines []string
	begin := -1 // of the last error
	for line := range strings.SplitSeq(said, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if frame := strings.TrimLeft(line, " \t"); line == "" || frame != line && (strings.HasPrefix(frame, "at ") || strings.HasPrefix(frame, "...")) {
			continue
		}
		if strings.Contains(line, "Oh jeez") || strings.HasPrefix(line, "Exception in thread") {
			begin = len(lines)
		}
		lines = append(lines, line)
	}
	if begin >= 0 {
		return lines[begin:min(len(lines), begin+most)]
	}
	return lines[max(0, len(lines)-most):]
}

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
	figures, err := compare.Parse("results.edn", []byte(text))
	if err != nil {
		return o, err
	}
	o.Stale = figures.Staleness()
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
	run, err := record.Open(dir)
	if err != nil {
		return "", err
	}
	defer run.Close()
	faults, err := run.Faults()
	if err != nil {
		return "", err
	}
	var kinds []string // asked for
	for _, f := range faults {
		if f.Name != "partition" {
			continue
		}
		for _, senders := range f.Effect.Links {
			if len(senders) > 0 {
				return "", nil
			}
		}
		kinds = append(kinds, f.Effect.Text)
	}
	if len(kinds) == 0 {
		return "the partition that was asked for never began", nil
	}
	slices.Sort(kinds)
	return fmt.Sprintf("the partitions that were asked for cut nobody: %s isolates nobody among so few nodes",
		strings.Join(slices.Compact(kinds), " or ")), nil
}
