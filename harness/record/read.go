package record

import (
	"errors"
	"io"
	"iter"

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
