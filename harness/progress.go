package harness

import (
	"fmt"
	"strings"
	"time"

	"glomers/harness/history"
)

const progressInterval = 250 * time.Millisecond

// enter begins a phase with the planned duration; 0 if the duration is unknown.
func (r *run) enter(phase string, planned time.Duration) {
	r.progress.Phase = phase
	r.phase.began, r.phase.planned = r.now(), planned
	r.report()
}

// report calls Test.Progress, and flushes the store.
func (r *run) report() {
	if err := r.store.Flush(); err != nil {
		r.fail(fmt.Errorf("harness: %w", err))
	}
	if r.test.Progress == nil {
		return
	}
	p := r.progress
	p.Elapsed = r.now() - r.phase.began
	p.Left = max(0, r.phase.planned-p.Elapsed)
	p.Messages = r.net.SentCount()
	var faults []string
	for _, f := range r.faults {
		if s := f.InForce(); s != "" {
			faults = append(faults, s)
		}
	}
	p.Fault = strings.Join(faults, ", ")
	r.test.Progress(p)
}

// reportEvery reports once per interval until the end of the run.
func (r *run) reportEvery(interval time.Duration) {
	if r.test.Progress == nil && r.store.Dir() == "" {
		return
	}
	r.after(interval, func() {
		r.report()
		r.reportEvery(interval)
	})
}

// count counts an event of the history.
func (p *Progress) count(op history.Op) {
	if op.Process == history.Nemesis {
		return
	}
	switch op.Type {
	case history.Invoke:
		p.Invoked++
	case history.OK:
		p.OK++
	case history.Fail:
		p.Fail++
	case history.Info:
		p.Info++
	}
}
