package workload

import (
	"strconv"

	"glomers/node"
)

// An ErrorCode is an error code that the protocol defines.
type ErrorCode struct {
	Code     int
	Name     string // the name of the error in histories
	Definite bool   // the operation certainly did not happen, and never will
	About    string
}

// ErrorCodes returns all error codes of the protocol, in ascending order.
func ErrorCodes() []ErrorCode {
	return []ErrorCode{
		{node.Timeout, "timeout", false, "the operation could not be finished in time"},
		{node.NodeNotFound, "node-not-found", true, "a message was meant for a node that does not exist"},
		{node.NotSupported, "not-supported", true, "the node does not know this type of request"},
		{node.TemporarilyUnavailable, "temporarily-unavailable", true, "the node cannot do this now, but may do so later"},
		{node.MalformedRequest, "malformed-request", true, "the request lacks a field, or has a wrong one"},
		{node.Crash, "crash", false, "something went wrong on the way, it is not known how far it got"},
		{node.Abort, "abort", true, "the operation was given up, for a reason that has no code of its own"},
		{node.KeyDoesNotExist, "key-does-not-exist", true, "the key has no value"},
		{node.KeyAlreadyExists, "key-already-exists", true, "the key has a value already, and must not"},
		{node.PreconditionFailed, "precondition-failed", true, "the value is not the expected one, as in a compare-and-set"},
		{node.TxnConflict, "txn-conflict", true, "the transaction was aborted because of another one"},
	}
}

// describe returns the name of an error code, and whether the code means that the operation certainly did not happen. For an
// unknown code, definite is false.
func describe(code int) (name string, definite bool) {
	for _, e := range ErrorCodes() {
		if e.Code == code {
			return e.Name, e.Definite
		}
	}
	return "error-" + strconv.Itoa(code), false
}
