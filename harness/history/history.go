// Package history has the record of a test: the operations of each client process and of the nemesis, with their times. It is
// the only input of checkers.
package history

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// A Type says which stage of an operation an Op records.
type Type string

// An operation is invoked, then completes as ok, fail or info.
const (
	Invoke Type = "invoke"
	OK     Type = "ok"
	Fail   Type = "fail" // it certainly did not happen
	Info   Type = "info" // it may have happened, now or later
)

// A Process is a client's logical thread. After an Info, a process runs no further operation; its successor has a new number.
type Process int

// Nemesis is the process of injected faults; in JSON it is "nemesis".
const Nemesis Process = -1

// An Op is one event of a history: an invocation or a completion.
type Op struct {
	Index   int             `json:"index"` // position in the history, from 0, without gaps
	Time    int64           `json:"time"`  // ns since the start of the run
	Type    Type            `json:"type"`
	Process Process         `json:"process"`
	Node    string          `json:"node,omitempty"`   // the node that the process asks; "" if unknown, and for the nemesis
	Client  string          `json:"client,omitempty"` // the id with which the process asks; "" if unknown, and for the nemesis
	F       string          `json:"f"`                // the function: "read", "broadcast", …
	Value   json.RawMessage `json:"value"`            // its argument or its result
	Final   bool            `json:"final,omitempty"`  // part of the final phase
	Error   json.RawMessage `json:"error,omitempty"`  // why it did not complete ok
	Effect  *Effect         `json:"effect,omitempty"` // the effect of the start of a fault; nil in all other events
}

// Who names the process and, if known, the node that it asks: "process 3 on n4".
func (op Op) Who() string {
	if op.Node == "" {
		return "process " + op.Process.String()
	}
	return "process " + op.Process.String() + " on " + op.Node
}

// MarshalJSON writes the number, or "nemesis".
func (p Process) MarshalJSON() ([]byte, error) {
	if p == Nemesis {
		return []byte(`"nemesis"`), nil
	}
	return strconv.AppendInt(nil, int64(p), 10), nil
}

// UnmarshalJSON accepts a number that is not negative, or "nemesis".
func (p *Process) UnmarshalJSON(b []byte) error {
	if string(b) == `"nemesis"` {
		*p = Nemesis
		return nil
	}
	n, err := strconv.Atoi(string(b))
	if err != nil || n < 0 {
		return fmt.Errorf("history: process %s: want a number from 0, or \"nemesis\"", b)
	}
	*p = Process(n)
	return nil
}

// String returns the number, or "nemesis".
func (p Process) String() string {
	if p == Nemesis {
		return "nemesis"
	}
	return strconv.Itoa(int(p))
}
