// Package txn has the protocol of the workloads txn-rw-register and txn-list-append, and a way to keep a whole store in a
// service.
package txn

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// A Body is the body of a request and of its reply.
type Body struct {
	Txn []Op `json:"txn"`
}

// An Op is a micro-operation on registers: ["r", key, null] or ["w", key, value].
type Op [3]json.RawMessage

// Writes reports whether the micro-operation writes.
func (o Op) Writes() bool { return string(o[0]) != `"r"` }

// Key returns the key as JSON.
func (o Op) Key() string { return string(o[1]) }

// Value returns the value that is written, or the result of a read.
func (o Op) Value() json.RawMessage { return o[2] }

// Found returns the read o with its result; nil becomes null.
func (o Op) Found(value json.RawMessage) Op { return Op{o[0], o[1], value} }

// UnmarshalJSON accepts arrays of three elements that begin with "r" or "w".
func (o *Op) UnmarshalJSON(b []byte) error {
	return o.decode(b, "w")
}

// decode accepts arrays of three elements that begin with "r" or with the given name of a write.
func (o *Op) decode(b []byte, write string) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 || string(parts[0]) != `"r"` && string(parts[0]) != strconv.Quote(write) {
		return fmt.Errorf(`txn: %.100s is not a micro-operation: want ["r", key, null] or [%q, key, value]`, b, write)
	}
	*o = Op(parts)
	return nil
}

// Registers hold the value of each key.
type Registers map[string]json.RawMessage

// Run carries out a transaction and returns it with the results of its reads.
func (r Registers) Run(ops []Op) []Op {
	done := make([]Op, len(ops))
	for i, op := range ops {
		done[i] = op
		if op.Writes() {
			r[op.Key()] = op.Value()
		} else {
			done[i] = op.Found(r[op.Key()])
		}
	}
	return done
}
