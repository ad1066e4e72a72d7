// Package txn is the protocol of the workload txn-rw-register.
package txn

import (
	"encoding/json"
	"fmt"
)

// A Body is the body of a request and of its reply.
type Body struct {
	Txn []Op `json:"txn"`
}

// An Op is a micro-operation: ["r", key, null] or ["w", key, value].
type Op [3]json.RawMessage

// Writes tells whether the micro-operation writes.
func (o Op) Writes() bool { return string(o[0]) == `"w"` }

// Key returns the key as JSON.
func (o Op) Key() string { return string(o[1]) }

// Value returns what is written, or what a read has found.
func (o Op) Value() json.RawMessage { return o[2] }

// Found returns the read o with what it has found; nil is null.
func (o Op) Found(value json.RawMessage) Op { return Op{o[0], o[1], value} }

// UnmarshalJSON accepts arrays of three that begin with "r" or "w".
func (o *Op) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 || string(parts[0]) != `"r"` && string(parts[0]) != `"w"` {
		return fmt.Errorf(`txn: %.100s is no micro-operation: want ["r", key, null] or ["w", key, value]`, b)
	}
	*o = Op(parts)
	return nil
}

// Registers hold the value of each key.
type Registers map[string]json.RawMessage

// Run carries out a transaction and returns it with what its reads have found.
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
