package cli

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/lmittmann/tint"
	"github.com/stretchr/testify/require"

	"glomers/harness"
)

// snapshots returns snapshots of a run: set-up, then seven seconds of 100 operations each.
func snapshots() []harness.Progress {
	ps := []harness.Progress{{Phase: "setup"}, {Phase: "setup", Elapsed: time.Second}}
	for s := range 8 {
		ps = append(ps, harness.Progress{
			Phase: "main", Elapsed: time.Duration(s) * time.Second, Left: time.Duration(20-s) * time.Second,
			Invoked: 100 * s, OK: 99 * s, Info: s, Messages: 500 * s,
		})
	}
	ps[len(ps)-1].Fault = "partition: majority"
	return ps
}

func TestMeter(t *testing.T) {
	var m meter
	for _, p := range snapshots() {
		m.update(p)
	}
	require.Equal(t, 100.0, m.ops)
	require.Equal(t, 500.0, m.msgs)

	m.update(harness.Progress{Phase: "final", Invoked: 800})
	require.Zero(t, m.ops, "a phase begins anew")
	m.update(harness.Progress{Phase: "final", Elapsed: time.Second / 2, Invoked: 900})
	require.Zero(t, m.ops, "too soon to tell")
}

func TestLogLinesComeAtPhasesAndSeldom(t *testing.T) {
	var b bytes.Buffer
	d := &logLines{log: slog.New(tint.NewTextHandler(&b, &tint.Options{NoColor: true})), title: "3c"}
	for _, p := range snapshots() {
		d.show(p)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 3, b.String())
	require.Contains(t, lines[0], "3c: setup")
	require.Contains(t, lines[1], "3c: main")
	require.Contains(t, lines[2], `3c: main ok=495 fail=0 info=5 ops/s=100 msgs/s=500 time="15 s left"`)

	b.Reset()
	held := harness.Progress{Phase: "main", Elapsed: 6 * time.Second, Held: "n1 was stopped by a debugger"}
	goesOn := held
	goesOn.Held = ""
	for _, p := range []harness.Progress{held, held, goesOn, held} {
		d.show(p)
	}
	require.Equal(t, 2, strings.Count(b.String(), `held="n1 was stopped by a debugger"`), b.String())
	require.Equal(t, 2, strings.Count(b.String(), "\n"), b.String())
}

func TestLiveLine(t *testing.T) {
	var b bytes.Buffer // not a terminal, so nothing is drawn; only the text matters
	d := newLiveLine(&b, "3c")
	for _, p := range snapshots() {
		d.show(p)
	}
	require.Equal(t, "3c main", *d.before.Load())
	require.Equal(t, "13 s left  100 ops/s  ok 693 fail 0 info 7  500 msgs/s  partition: majority", *d.after.Load())
	d.show(harness.Progress{Phase: "main", Held: "n1 was stopped by a debugger"})
	require.Equal(t, "held: n1 was stopped by a debugger", *d.after.Load())
	d.close()
}
