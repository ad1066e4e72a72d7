package conform

import (
	"errors"
	"fmt"
	"slices"
)

// A Check is a check of one behaviour of a node program.
type Check struct {
	Name  string
	Level Level
	About string // the behaviour of a node that passes, as a predicate: "the node …"
	Why   string // why it matters

	needs need
	fresh bool                   // it begins before init; otherwise the node is ready
	last  bool                   // it runs after all other checks, whose findings about the node it uses
	run   func(s *session) error // returns nil, a *failure or a *notApplicable; any other error is about the machine
}

// A need says which behaviour must work before a check makes sense.
type need int

const (
	needsNothing need = iota
	needsInit         // the node answers init
	needsAnswer       // the node also answers the ping of the profile
)

// Checks returns all checks, in the order in which they are reported.
func Checks() []Check {
	return slices.Concat(initChecks, requestChecks, idChecks, lineChecks, payloadChecks, unknownChecks, replyChecks, clusterChecks, endChecks)
}

// A Status is the outcome of a check.
type Status string

// The outcomes.
const (
	Passed        Status = "pass"
	Failed        Status = "fail"
	NotApplicable Status = "not applicable"
)

// A Result is the result of a check.
type Result struct {
	Name     string   `json:"name"`
	Level    Level    `json:"level"`
	About    string   `json:"about"`
	Status   Status   `json:"status"`
	Reason   string   `json:"reason,omitempty"`   // why it failed, or is not applicable
	Sent     []string `json:"sent,omitempty"`     // the lines of the last step, clipped
	Received []string `json:"received,omitempty"` // the lines that the node wrote after them, clipped
	Why      string   `json:"why"`
}

// A failure describes a fault of the node.
type failure struct{ text string }

func (f *failure) Error() string { return f.text }

func failf(format string, args ...any) error { return &failure{fmt.Sprintf(format, args...)} }

// A notApplicable says why a check makes no sense for this node.
type notApplicable struct{ text string }

func (n *notApplicable) Error() string { return n.text }

func skipf(format string, args ...any) error { return &notApplicable{fmt.Sprintf(format, args...)} }

// result returns the result of c from the error of its run and its evidence. It returns an error if err is about the machine,
// not the node.
func (c Check) result(err error, e evidence) (Result, error) {
	r := Result{Name: c.Name, Level: c.Level, About: c.About, Why: c.Why, Status: Passed}
	if skip, ok := errors.AsType[*notApplicable](err); ok {
		r.Status, r.Reason = NotApplicable, skip.text
	} else if f, ok := asFailure(err); ok {
		r.Status, r.Reason, r.Sent, r.Received = Failed, f.text, e.sent, e.received
	} else if err != nil {
		return r, fmt.Errorf("conform: %s: %w", c.Name, err)
	}
	return r, nil
}
