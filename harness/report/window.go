package report

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/internal/disk"
)

// margin: a 20th of the time of the selected operations is shown before and after them.
const margin = 20

// maxWindow limits the positions of operations that can be selected, and thus the memory for them.
const maxWindow = 1_000_000

// Around makes o show the operations at the given positions in the history of the run in dir; verdicts name operations by
// these positions. The window lasts from the invocation of the first to the completion of the last. An operation that never
// completed lasts to the end.
func (o *Options) Around(dir string, ops []int) error {
	h, err := readTimes(dir)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if len(ops) == 0 || len(h) == 0 {
		return errors.New("report: no operation to show")
	}
	begins := history.Invocations(h)
	ends := make(map[int]int) // by the position of the invocation
	for end, begin := range begins {
		if begin >= 0 {
			ends[begin] = end
		}
	}
	first, last := h[len(h)-1].Time, int64(0)
	for _, op := range ops {
		if op < 0 || op >= len(h) {
			return fmt.Errorf("report: no operation has the number %d: want 0 to %d, as verdicts name them", op, len(h)-1)
		}
		begin, end := op, op
		switch {
		case begins[op] >= 0:
			begin = begins[op]
		case h[op].Type == history.Invoke:
			end = cmp.Or(ends[op], len(h)-1)
		}
		first, last = min(first, h[begin].Time), max(last, h[end].Time)
	}
	around := max(time.Duration(last-first)/margin, time.Millisecond)
	o.From, o.To = max(0, time.Duration(first)-around), time.Duration(last)+around
	return nil
}

// readTimes reads the history of the run in dir without its values, up to the first damage or the limit of a report.
func readTimes(dir string) ([]history.Op, error) {
	run, err := record.Open(dir)
	if err != nil {
		return nil, err
	}
	defer run.Close()
	f, err := disk.Open(run.Root(), "history.jsonl")
	if err != nil {
		return nil, fmt.Errorf("history.jsonl: %w", err)
	}
	defer f.Close()
	var h []history.Op
	for op, err := range record.History(f) {
		if err != nil || len(h) == maxWindow {
			if len(h) == 0 {
				return nil, err
			}
			break // as the report does
		}
		op.Value, op.Error, op.Effect = nil, nil, nil
		h = append(h, op)
	}
	return h, nil
}
