package history

import (
	"errors"
	"fmt"
	"slices"

	"glomers/internal/wording"
)

// A Deviation is a way in which the histories of known tools differ from a history that a run can have recorded. A Reader
// refuses each deviation unless it is told to tolerate it.
type Deviation string

const (
	// Fields: an operation has unknown fields, which are ignored, or it lacks index, time or value, which are then replaced
	// by its position, 0 or null. Some tools add their own fields; Jepsen before 0.3 leaves out fields.
	Fields Deviation = "fields"
	// Gaps: indexes rise, but not by one, as in a part of a history. The operations are renumbered.
	Gaps Deviation = "gaps"
	// Orphans: there are completions without invocations, as in the end of a history, or in a history that lists only successes.
	Orphans Deviation = "orphans"
	// Reuse: a process goes on after an info, as in tools that do not give its successor a new number.
	Reuse Deviation = "reuse"
	// Times: times go back, as in merged logs of several machines.
	Times Deviation = "times"
	// Cut: lines of JSON end within an operation, because the writer was killed or its disk was full. The incomplete operation is
	// ignored.
	Cut Deviation = "cut"
)

// Deviations returns all deviations.
func Deviations() []Deviation { return []Deviation{Fields, Gaps, Orphans, Reuse, Times, Cut} }

// A DeviationError is the error of an operation that a Reader refuses, but would accept if it tolerated the deviation.
type DeviationError struct {
	Deviation Deviation
	Text      string // what is wrong with the operation
}

func (e *DeviationError) Error() string { return e.Text }

// A sequence checks operations one after the other, and numbers them.
type sequence struct {
	tolerated []Deviation
	ordered   bool // also check by processes and times that the operations can have happened

	read  int              // the number of operations so far
	index int              // of the last operation, as in the file
	time  int64            // of the last operation
	open  map[Process]step // the open invocation of a process
	ended map[Process]step // the info of a process
}

// A step is the function and the line of an operation.
type step struct {
	f    string
	line int
}

func (s *sequence) tolerates(d Deviation) bool { return slices.Contains(s.tolerated, d) }

// deviates returns the error of a deviation, or nil if the deviation is tolerated.
func (s *sequence) deviates(d Deviation, format string, args ...any) error {
	if s.tolerates(d) {
		return nil
	}
	return &DeviationError{d, fmt.Sprintf(format, args...)}
}

// next checks a record and returns it as the next operation of the history.
func (s *sequence) next(r record, line int) (Op, error) {
	if err := s.checkFields(r); err != nil {
		return Op{}, err
	}
	op := r.op
	if err := s.checkIndex(r); err != nil {
		return Op{}, err
	}
	op.Index = s.read
	if s.ordered {
		if err := s.checkTime(r); err != nil {
			return Op{}, err
		}
		if err := s.checkProcess(op, line); err != nil {
			return Op{}, err
		}
	}
	s.read++
	return op, nil
}

// checkFields refuses unknown fields and missing fields.
func (s *sequence) checkFields(r record) error {
	missing := r.missing()
	var what string
	switch {
	case r.unknown == "" && len(missing) == 0:
		return nil
	case r.unknown == "":
		what = "no field " + quoted(missing)
	default:
		what = fmt.Sprintf("no field is called %q: want %s, and perhaps final or error", clip(r.unknown), quoted(required()))
		if len(missing) > 0 {
			what += "; there is no " + quoted(missing)
		}
	}
	const needed = typeField | processField | fField // these have no substitute
	if r.seen&needed != needed {
		return errors.New(what)
	}
	return s.deviates(Fields, "%s", what)
}

func (s *sequence) checkIndex(r record) error {
	if r.seen&indexField == 0 {
		return nil
	}
	last := s.index
	s.index = r.op.Index
	switch {
	case s.read > 0 && r.op.Index <= last:
		return fmt.Errorf("index %d: want %d, as it comes after %d", r.op.Index, last+1, last)
	case s.read == 0 && r.op.Index != 0:
		return s.deviates(Gaps, "index %d: want 0, as it is the first", r.op.Index)
	case s.read > 0 && r.op.Index != last+1:
		return s.deviates(Gaps, "index %d: want %d, as it comes after %d", r.op.Index, last+1, last)
	}
	return nil
}

func (s *sequence) checkTime(r record) error {
	if r.seen&timeField == 0 {
		return nil
	}
	last := s.time
	s.time = r.op.Time
	if s.read > 0 && r.op.Time < last {
		return s.deviates(Times, "the time goes back from %d to %d", last, r.op.Time)
	}
	return nil
}

// checkProcess checks that the process can have done op.
func (s *sequence) checkProcess(op Op, line int) error {
	if op.Process == Nemesis {
		return nil
	}
	if s.open == nil {
		s.open, s.ended = make(map[Process]step), make(map[Process]step)
	}
	begun, open := s.open[op.Process]
	if op.Type == Invoke {
		if open {
			return fmt.Errorf("process %s invokes %s, but its %s of line %d has not completed", op.Process, clip(op.F), clip(begun.f), begun.line)
		}
		if end, ok := s.ended[op.Process]; ok {
			if err := s.deviates(Reuse, "process %s goes on after its info of line %d", op.Process, end.line); err != nil {
				return err
			}
			delete(s.ended, op.Process)
		}
		s.open[op.Process] = step{op.F, line}
		return nil
	}
	delete(s.open, op.Process)
	if op.Type == Info {
		s.ended[op.Process] = step{op.F, line}
	}
	switch {
	case !open:
		return s.deviates(Orphans, "process %s completes %s, which it has not invoked", op.Process, clip(op.F))
	case begun.f != op.F:
		return fmt.Errorf("process %s completes %s, but has invoked %s on line %d", op.Process, clip(op.F), clip(begun.f), begun.line)
	}
	return nil
}

// clip shortens a name for an error.
func clip(name string) string { return wording.Clip(name, 40) }
