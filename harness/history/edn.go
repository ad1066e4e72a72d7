package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"glomers/internal/edn"
)

// ReadEDN reads a history that Jepsen wrote, and so Maelstrom: history.edn. It has one map (or record) per operation, one after
// the other or in a vector. Values become JSON: keywords are strings, sets arrays. Operations without :index are
// numbered, those without :time have 0. An error names the line, from 1; the operations before it are
// returned with it.
func ReadEDN(r io.Reader) ([]Op, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	var ops []Op
	for d := edn.NewDecoder(string(text)); ; {
		v, line, err := d.Next()
		if errors.Is(err, io.EOF) {
			return ops, nil
		}
		if err != nil {
			return ops, fmt.Errorf("history: %w", err)
		}
		list, ok := v.(edn.List)
		if !ok {
			list = edn.List{v}
		}
		for _, v := range list {
			op, err := fromEDN(v, len(ops))
			if err != nil {
				return ops, fmt.Errorf("history: line %d: %w", line, err)
			}
			ops = append(ops, op)
		}
	}
}

// fromEDN returns the operation that v is, which is to have that index.
func fromEDN(v any, index int) (Op, error) {
	if t, ok := v.(edn.Tagged); ok {
		v = t.Value
	}
	fields, ok := v.(edn.Map)
	if !ok {
		return Op{}, errors.New("want a map, an operation")
	}
	op := Op{Index: index, Process: noProcess, Value: json.RawMessage("null")}
	for _, e := range fields {
		name, _ := e.Key.(edn.Keyword)
		if err := op.set(name, e.Value); err != nil {
			return Op{}, fmt.Errorf(":%s: %w", name, err)
		}
	}
	if op.Process == noProcess {
		return Op{}, errors.New("no :process")
	}
	return op, op.validate(index)
}

// noProcess is none, as long as no :process has been read.
const noProcess Process = Nemesis - 1

// set takes over one field. Those that no checker looks at are left out.
func (op *Op) set(name edn.Keyword, v any) (err error) {
	switch name {
	case "index":
		return assign(&op.Index, v, "an integer")
	case "time":
		return assign(&op.Time, v, "an integer, in nanoseconds")
	case "type":
		return assign(&op.Type, v, "a keyword")
	case "f":
		return assign(&op.F, v, "a keyword")
	case "final?":
		return assign(&op.Final, v, "true or false")
	case "process":
		return assign(&op.Process, v, "a number from 0, or :nemesis")
	case "value":
		op.Value, err = edn.AppendJSON(nil, v)
	case "error":
		if op.Error == nil { // it says less than an :exception
			op.Error, err = edn.AppendJSON(nil, v)
		}
	case "exception":
		op.Error, err = malformedReply(v)
	}
	return err
}

// assign decodes v into the value that p points to.
func assign(p, v any, want string) error {
	b, err := edn.AppendJSON(nil, v)
	if err != nil {
		return err
	}
	if string(b) == "null" || json.Unmarshal(b, p) != nil {
		return fmt.Errorf("%.40s: want %s", b, want)
	}
	return nil
}

// malformedReply returns the Error of an operation at which Maelstrom's client threw an exception. It does that when a reply does not
// have the shape that it wants.
func malformedReply(exception any) (json.RawMessage, error) {
	cause := edn.Get(exception, "cause")
	if cause == nil {
		cause = exception
	}
	return edn.AppendJSON(nil, edn.List{"malformed-reply", "what Maelstrom's client understands", cause})
}
