package history

import (
	"errors"
	"fmt"
	"slices"

	"glomers/internal/wording"
)

// A Deviation is a way in which the histories of known tools differ from what a run can have recorded. A Reader refuses
// each unless it is told to tolerate it.
type Deviation string

const (
	// Fields: an operation has fields that nobody knows, which are ignored, or none of index, time or value: then its
	// position, 0 or null stand for it. Tools that add notes of their own do the former, Jepsen before 0.3 the latter.
	Fields Deviation = "fields"
	// Gaps: indexes rise, but not by one, as in a part of a history. The operations are numbered anew.
	Gaps Deviation = "gaps"
	// Orphans: completions whose invocations are not there, as in the end of a history, or in one that only lists what succeeded.
	Orphans Deviation = "orphans"
	// Reuse: a process goes on after an info, as in tools that do not give its successor a new number.
	Reuse Deviation = "reuse"
	// Times: times go back, as in logs of several machines that were merged.
	Times Deviation = "times"
	// Cut: lines of JSON end within an operation, as whatever wrote them was killed, or had no room on its disk. What is there of that
	// operation is ignored.
	Cut Deviation = "cut"
)

// Deviations returns them all.
func Deviations() []Deviation { return []Deviation{Fields, Gaps, Orphans, Reuse, Times, Cut} }

// A DeviationError is the error of an operation that a Reader refuses, but would tolerate.
type DeviationError struct {
	Deviation Deviation
	Text      string // what is wrong with the operation
}

func (e *DeviationError) Error() string { return e.Text }

// A sequence checks that operations can have happened, one after the other.
type sequence struct {
	tolerated []Deviation
	ordered   bool // look at processes and times, too: whether the operations can have happened

	read  int // operations so far
	index int // of the last one, as the file has it
	time  int64
	open  map[Process]step // what a process has invoked
	ended map[Process]step // the info of a process
}

// A step is an operation, and where it is.
type step struct {
	f    string
	line int
}

func (s *sequence) tolerates(d Deviation) bool { return slices.Contains(s.tolerated, d) }

// deviates returns the error of a deviation, nil if it is tolerated.
func (s *sequence) deviates(d Deviation, format string, args ...any) error {
	if s.tolerates(d) {
		return nil
	}
	return &DeviationError{d, fmt.Sprintf(format, args...)}
}

// next returns the operation that the record of a line is, as the next one of the history.
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

// checkFields refuses fields that there should not be, and looks for those that there should be.
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
	const needed = typeField | processField | fField // nothing can stand for these
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

// checkProcess looks at whether the process can have done op.
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

// clip returns a name as an error quotes it.
func clip(name string) string { return wording.Clip(name, 40) }
