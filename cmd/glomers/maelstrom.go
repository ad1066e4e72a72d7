package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"glomers/harness/check/elle"
	"glomers/harness/history"
	"glomers/internal/program"
)

// unknownToMaelstrom has the flags of the challenge command that mean nothing to Maelstrom, and why.
var unknownToMaelstrom = map[string]string{
	"env":      "Maelstrom passes its whole environment on to nodes",
	"cwd":      "Maelstrom runs nodes in the directory for temporary files",
	"seed":     "Maelstrom draws its own, so it cannot be given one",
	"faithful": "it makes our harness measure as Maelstrom does",

	"max-logs": boundsOurs, "max-journal": boundsOurs, "max-history": boundsOurs, "max-memory": boundsOurs,
}

const boundsOurs = "it bounds what our harness keeps"

// maelstromAccepts returns an error if the flags of the challenge command ask for what Maelstrom does not have.
func (o overrides) maelstromAccepts(cmd *cobra.Command) error {
	for _, name := range slices.Sorted(maps.Keys(unknownToMaelstrom)) {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s: %s", name, unknownToMaelstrom[name])
		}
	}
	for _, fault := range o.nemesis {
		if fault != "partition" {
			return fmt.Errorf("--nemesis: Maelstrom has no %s: its only fault is partition", fault)
		}
	}
	if o.timeLimit%time.Second != 0 {
		return fmt.Errorf("--time-limit: Maelstrom takes whole seconds, not %v", o.timeLimit)
	}
	return nil
}

// findMaelstrom returns the launcher of the real Maelstrom. scripts/maelstrom
// knows where to look, and says on stderr what is missing.
func findMaelstrom(ctx context.Context, stderr io.Writer) (string, error) {
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
// its results. What it writes as it goes appears on stderr.
func (t *contest) onceUnderMaelstrom(ctx context.Context, words command) (outcome, error) {
	dir := filepath.Join(t.store, "maelstrom") // Maelstrom adds store/ to its working directory
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return outcome{}, err
	}
	links := []string{filepath.Join(dir, "store", "latest"), filepath.Join(dir, "store", "current")} // to a run that has ended, and to one that began
	for _, link := range links {
		// The results of an earlier run must not be taken for those of this one.
		if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
			return outcome{}, err
		}
	}

	var said program.Tail
	left, runErr := program.Run(ctx, dir, io.MultiWriter(t.stderr, &said), t.maelstrom, words)
	var o outcome
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
	if words.get("-w") == "txn-rw-register" {
		if h, err := history.ReadFile(filepath.Join(o.Dir, "history.edn")); err != nil {
			fmt.Fprintf(t.stderr, "nothing was decided completely, as maelstrom's history cannot be read: %v\n", err)
		} else {
			found.Decided = elle.Register(h, elle.Options{}).Decided
		}
	}
	if words.get("--nemesis") != "" {
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

// whyMaelstromEnded says how it ended, what it wrote about that, and where more is.
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

// tellingLines returns, of what Maelstrom wrote, the error that ended it, without its stack; the last lines, if there is none.
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
