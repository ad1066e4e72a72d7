package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"glomers/internal/edn"
)

// ReadEDN reads a history.edn, which Jepsen and therefore Maelstrom writes. It has one map (or record) per operation, one
// after the other or in a vector. Values become JSON: keywords become strings, and sets become arrays. The fields must be as
// for Read. An error names the line, from 1; ReadEDN then also returns the operations before that line.
func ReadEDN(r io.Reader) ([]Op, error) {
	return readAll(ednSource(bufio.NewReader(r), MaxOp), &sequence{})
}

// ednSource returns a source of the operations in a text.
func ednSource(r *bufio.Reader, limit int) source {
	f := &forms{r: r, limit: limit, line: 1}
	d := edn.NewDecoder("")
	return func() (record, int, error) {
		for {
			v, line, err := d.Next()
			if err == nil {
				r, err := parseEDN(v)
				return r, line, err
			}
			if !errors.Is(err, io.EOF) {
				return record{}, 0, err // the error names the line
			}
			piece, line, err := f.next()
			if err != nil {
				return record{}, line, err
			}
			d = edn.NewDecoderAt(line, piece)
		}
	}
}

// parseEDN reads an operation that is a map, or a record.
func parseEDN(v any) (record, error) {
	r := newRecord()
	if t, ok := v.(edn.Tagged); ok {
		v = t.Value
	}
	fields, ok := v.(edn.Map)
	if !ok {
		return r, errors.New("want a map, an operation")
	}
	for _, e := range fields {
		name, ok := e.Key.(edn.Keyword)
		if !ok {
			return r, fmt.Errorf("the key %.40v is not a keyword", e.Key)
		}
		f, known := fieldNamed(string(name))
		if r.add(string(name), f, known) {
			return r, fmt.Errorf(":%s twice", name)
		}
		if f == ignoredField {
			continue
		}
		raw, err := edn.AppendJSON(nil, e.Value)
		if err == nil {
			err = r.set(f, raw)
		}
		if err != nil {
			return r, fmt.Errorf(":%s: %w", name, err)
		}
	}
	return r, nil
}
