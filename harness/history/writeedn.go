package history

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"glomers/internal/edn"
)

// WriteEDN writes the operations as Jepsen, and therefore Maelstrom, writes history.edn: one map per line. ReadEDN reads it.
func WriteEDN(w io.Writer, ops []Op) error { return writeLines(w, ops, Op.appendEDN) }

// WriteText writes the operations as Jepsen writes history.txt: the Text of one operation per line.
func WriteText(w io.Writer, ops []Op) error { return writeLines(w, ops, Op.appendText) }

func writeLines(w io.Writer, ops []Op, appendOp func(Op, []byte) ([]byte, error)) error {
	b := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for i, op := range ops {
		var err error
		if line, err = appendOp(op, line[:0]); err != nil {
			return fmt.Errorf("history: op %d: %w", i, err)
		}
		if _, err := b.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("history: %w", err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}

// appendEDN appends the operation as a map.
func (op Op) appendEDN(b []byte) ([]byte, error) {
	b = append(b, "{:index "...)
	b = strconv.AppendInt(b, int64(op.Index), 10)
	b = append(b, ", :time "...)
	b = strconv.AppendInt(b, op.Time, 10)
	b = append(b, ", :type :"...)
	b = append(b, op.Type...)
	b = append(b, ", :process "...)
	b = op.Process.appendEDN(b)
	b = append(b, ", :f "...)
	b = appendKeyword(b, op.F)
	b = append(b, ", :value "...)
	b, err := op.appendValue(b)
	if err != nil {
		return b, err
	}
	if op.Final {
		b = append(b, ", :final? true"...)
	}
	if op.Error != nil {
		b = append(b, ", :error "...)
		if b, err = appendError(b, op.Error); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// EDN returns the operation as WriteEDN writes it.
func (op Op) EDN() (edn.Raw, error) {
	b, err := op.appendEDN(nil)
	return edn.Raw(b), err
}

// Text returns the operation as a line of a log: its process, type, function, value and error in EDN, separated by tabs.
//
//	0	:invoke	:read	nil
func (op Op) Text() string {
	b, err := op.appendText(nil)
	if err != nil {
		return string(b) + err.Error()
	}
	return string(b)
}

func (op Op) appendText(b []byte) ([]byte, error) {
	b = op.Process.appendEDN(b)
	b = append(b, "\t:"...)
	b = append(b, op.Type...)
	b = append(b, '\t')
	b = appendKeyword(b, op.F)
	b = append(b, '\t')
	b, err := op.appendValue(b)
	if err != nil || op.Error == nil {
		return b, err
	}
	b = append(b, '\t')
	// Jepsen leaves out the quotes around the text of an error here.
	var parts []string
	if json.Unmarshal(op.Error, &parts) == nil && len(parts) == 2 {
		b = append(b, '[')
		b = appendKeyword(b, parts[0])
		b = append(b, ' ')
		for _, r := range parts[1] {
			b = edn.AppendPlain(b, r)
		}
		return append(b, ']'), nil
	}
	return appendError(b, op.Error)
}

func (p Process) appendEDN(b []byte) []byte {
	if p == Nemesis {
		return append(b, ":nemesis"...)
	}
	return strconv.AppendInt(b, int64(p), 10)
}

// appendKeyword appends name as a keyword, or as a string if it cannot be a keyword.
func appendKeyword(b []byte, name string) []byte {
	if k := edn.Keyword(name); k.Plain() {
		return append(append(b, ':'), name...)
	}
	return edn.AppendQuoted(b, name)
}

// appendValue appends the value. JSON does not show which strings are keywords and which arrays are sets; this follows from the
// function.
func (op Op) appendValue(b []byte) ([]byte, error) {
	switch {
	case len(op.Value) == 0:
		return append(b, "nil"...), nil
	case op.Process == Nemesis:
		return edn.AppendFromJSON(b, op.Value, edn.Style{Sets: true, Tags: 1})
	case op.F == "txn" || op.F == "send" || op.F == "poll":
		return edn.AppendFromJSON(b, op.Value, edn.Style{Tags: 2, Names: microOps})
	}
	return edn.AppendFromJSON(b, op.Value, edn.Style{Keys: true})
}

// microOps are the functions of micro-operations in transactions and in kafka.
var microOps = []string{"r", "w", "append", "send", "poll"}

// appendError appends the Error of an operation: a name, or an array that begins with a name.
func appendError(b []byte, text json.RawMessage) ([]byte, error) {
	return edn.AppendFromJSON(b, text, edn.Style{Keys: true, Tags: 1})
}
