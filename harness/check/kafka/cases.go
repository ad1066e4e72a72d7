package kafka

import (
	"encoding/json"
	"fmt"
	"strings"

	"glomers/harness/internal/jsonvalue"
)

// A Case is one instance of an error. Operations are given by their index in the history. Cases marshal to JSON with
// the field names of the reference.
type Case interface {
	// String says in a sentence what happened.
	String() string
}

// A LostWriteCase is an acknowledged message that nobody polled, although somebody polled one behind it. Indexes are
// positions in the log, gaps in the offsets left out.
type LostWriteCase struct {
	Key          string          `json:"key"`
	Value        json.RawMessage `json:"value"`
	Index        int             `json:"index"`
	MaxReadIndex int             `json:"max-read-index"` // the last position that surely was polled
	Writer       int             `json:"writer"`         // completion of the send

	offset       int64
	behind       json.RawMessage // a polled message further on
	behindReader int
}

// String implements Case.
func (c LostWriteCase) String() string {
	return fmt.Sprintf("message %s of key %s was acknowledged at offset %d (op %d), but nobody ever polled it, though message %s behind it was polled (op %d)",
		quote(c.Value), c.Key, c.offset, c.Writer, quote(c.behind), c.behindReader)
}

// An InconsistentCase is an offset at which several messages were seen.
type InconsistentCase struct {
	Key    string            `json:"key"`
	Offset int64             `json:"offset"`
	Index  int               `json:"index"`
	Values []json.RawMessage `json:"values"` // in the order in which they were first seen

	seen []int // the operations that first put them there
}

// String implements Case.
func (c InconsistentCase) String() string {
	return fmt.Sprintf("offset %d of key %s holds message %s (op %d) and message %s (op %d)",
		c.Offset, c.Key, quote(c.Values[0]), c.seen[0], quote(c.Values[1]), c.seen[1])
}

// A DuplicateCase is a message that was seen at several offsets.
type DuplicateCase struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value"`
	Count   int             `json:"count"`   // of offsets
	Offsets []int64         `json:"offsets"` // ascending

	seen []int // the operations that first saw it there
}

// String implements Case.
func (c DuplicateCase) String() string {
	return fmt.Sprintf("message %s of key %s is at offset %d (op %d) and at offset %d (op %d)",
		quote(c.Value), c.Key, c.Offsets[0], c.seen[0], c.Offsets[1], c.seen[1])
}

// An AbortedReadCase is a poll of a message whose send had failed or is yet to fail.
type AbortedReadCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Writer int             `json:"writer"` // completion of the send
	Reader int             `json:"reader"` // completion of the poll
}

// String implements Case.
func (c AbortedReadCase) String() string {
	return fmt.Sprintf("message %s of key %s was polled (op %d), though its send failed (op %d)",
		quote(c.Value), c.Key, c.Reader, c.Writer)
}

// A GarbageCase is a poll of a message that nobody sent.
type GarbageCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Reader int             `json:"reader"`
}

// String implements Case.
func (c GarbageCase) String() string {
	return fmt.Sprintf("message %s of key %s was polled (op %d), but nobody sent it", quote(c.Value), c.Key, c.Reader)
}

// An EarlyReadCase is a poll of a message that was completed before the message was sent.
type EarlyReadCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Writer int             `json:"writer"` // invocation of the send
	Reader int             `json:"reader"` // completion of the poll
}

// String implements Case.
func (c EarlyReadCase) String() string {
	return fmt.Sprintf("message %s of key %s was polled (op %d) before it was sent (op %d)",
		quote(c.Value), c.Key, c.Reader, c.Writer)
}

// A SkipCase is a process's poll that left out messages since its poll before. Delta is the distance in the log; one
// would have been right.
type SkipCase struct {
	Key     string            `json:"key"`
	Delta   int               `json:"delta"`
	Skipped []json.RawMessage `json:"skipped"`
	Ops     [2]int            `json:"ops"`

	from, to json.RawMessage
}

// String implements Case.
func (c SkipCase) String() string {
	return fmt.Sprintf("the poll of key %s that had last returned message %s (op %d) went on with message %s (op %d), leaving out %s",
		c.Key, quote(c.from), c.Ops[0], quote(c.to), c.Ops[1], list(c.Skipped))
}

// A NonmonotonicCase is a process's poll that began at or before the last message of its poll before, or a process's send that
// was placed at or before its send before.
type NonmonotonicCase struct {
	Key    string             `json:"key"`
	Delta  int                `json:"delta"`
	Values [2]json.RawMessage `json:"values"`
	Ops    [2]int             `json:"ops"`

	sent bool
}

// String implements Case.
func (c NonmonotonicCase) String() string {
	if c.sent {
		return fmt.Sprintf("a process sent message %s to key %s (op %d) and then message %s (op %d), which has an earlier place in the log",
			quote(c.Values[0]), c.Key, c.Ops[0], quote(c.Values[1]), c.Ops[1])
	}
	return fmt.Sprintf("the poll of key %s that had last returned message %s (op %d) went back to message %s (op %d)",
		c.Key, quote(c.Values[0]), c.Ops[0], quote(c.Values[1]), c.Ops[1])
}

// An IntSkipCase is a poll that left out messages between two that it returned.
type IntSkipCase struct {
	Key     string             `json:"key"`
	Delta   int                `json:"delta"`
	Values  [2]json.RawMessage `json:"values"`
	Skipped []json.RawMessage  `json:"skipped"`
	Op      int                `json:"op"`
}

// String implements Case.
func (c IntSkipCase) String() string {
	return fmt.Sprintf("a poll of key %s (op %d) returned message %s and then message %s, leaving out %s",
		c.Key, c.Op, quote(c.Values[0]), quote(c.Values[1]), list(c.Skipped))
}

// An IntNonmonotonicCase is a poll that returned two messages in the wrong order, or one of them twice.
type IntNonmonotonicCase struct {
	Key    string             `json:"key"`
	Delta  int                `json:"delta"`
	Values [2]json.RawMessage `json:"values"`
	Op     int                `json:"op"`
}

// String implements Case.
func (c IntNonmonotonicCase) String() string {
	return fmt.Sprintf("a poll of key %s (op %d) returned message %s and then message %s, which is not behind it in the log",
		c.Key, c.Op, quote(c.Values[0]), quote(c.Values[1]))
}

// unseenCase is an acknowledged message that had not been polled when the history ended.
type unseenCase struct {
	key    string
	value  json.RawMessage
	writer int
}

func (c unseenCase) String() string {
	return fmt.Sprintf("message %s of key %s was acknowledged (op %d), but nobody had polled it when the test ended",
		quote(c.value), c.key, c.writer)
}

// emptyGraphCase is a history in which nothing follows from anything.
type emptyGraphCase struct{}

func (emptyGraphCase) String() string {
	return "no operation followed another or polled what it sent, so the run shows nothing"
}

const (
	maxQuote = 80 // how many bytes of a message a sentence quotes
	maxList  = 4  // how many messages it lists
)

// quote returns a message as a sentence shows it: its JSON, cut if it is long.
func quote(raw json.RawMessage) string {
	text, cut := jsonvalue.Clip(raw, maxQuote)
	if cut {
		text += "…"
	}
	return text
}

// list names the first few messages and counts the rest.
func list(values []json.RawMessage) string {
	quoted := make([]string, 0, maxList)
	for _, v := range values[:min(len(values), maxList)] {
		quoted = append(quoted, quote(v))
	}
	s := strings.Join(quoted, ", ")
	if more := len(values) - len(quoted); more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}
