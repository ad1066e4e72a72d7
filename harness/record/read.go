package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"

	"glomers/harness/history"
)

// History reads the events of a history.jsonl, those of older versions as if they had been recorded today. An error, as of history.Each, comes last.
func History(in io.Reader) iter.Seq2[history.Op, error] {
	return func(yield func(history.Op, error) bool) {
		var guess guesser
		enough := errors.New("no more are wanted")
		err := history.Each(in, func(op history.Op) error {
			if guess.complete(&op); !yield(op, nil) {
				return enough
			}
			return nil
		})
		if err != nil && !errors.Is(err, enough) {
			yield(history.Op{}, err)
		}
	}
}

// Faults returns the faults of the run by its history, which may be Maelstrom's.
func (r *Run) Faults() ([]*history.Fault, error) {
	name := r.HistoryName()
	if name == "" {
		return nil, fmt.Errorf("%s: no history: %w", r.dir, fs.ErrNotExist)
	}
	f, err := r.File(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	ops, err := history.Reader{Tolerate: history.Deviations()}.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(r.dir, name), err)
	}
	var guess guesser
	for i := range ops {
		guess.complete(&ops[i])
	}
	end := int64(0)
	if len(ops) > 0 {
		end = ops[len(ops)-1].Time
	}
	return history.FaultsIn(ops, end), nil
}
