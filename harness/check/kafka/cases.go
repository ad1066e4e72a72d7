package kafka

import (
	"encoding/json"
	"fmt"

	"glomers/harness/history"
)

// A Case is one instance of an error. It refers to operations by their index in the history. Cases marshal to JSON with the
// field names of the reference.
type Case interface {
	// Text describes the case in a sentence. The history provides the processes of the operations.
	Text(h []history.Op) string
}

// A LostWriteCase is an acknowledged message that nobody polled, although somebody polled a message behind it. Indexes are
// positions in the log, not counting gaps between offsets.
type LostWriteCase struct {
	Key          string          `json:"key"`
	Value        json.RawMessage `json:"value"`
	Index        int             `json:"index"`
	MaxReadIndex int             `json:"max-read-index"` // the last position that was certainly polled
	Writer       int             `json:"writer"`         // completion of the send

	offset       int64           // the last offset at which it was acknowledged
	acked        int             // the operation acknowledged at this offset
	behind       json.RawMessage // a polled message that is not before it
	behindOffset int64
	behindReader int
}

// Text implements Case.
func (c LostWriteCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s was acknowledged at offset %d (%s), but nobody ever polled it, though message %s of offset %d was polled (%s)",
		quote(c.Value), c.Key, c.offset, who(h, c.acked), quote(c.behind), c.behindOffset, who(h, c.behindReader))
}

// An InconsistentCase is an offset at which several messages were seen.
type InconsistentCase struct {
	Key    string            `json:"key"`
	Offset int64             `json:"offset"`
	Index  int               `json:"index"`
	Values []json.RawMessage `json:"values"` // in the order in which they were first seen

	seen []int // the operations that first showed them there
}

// Text implements Case.
func (c InconsistentCase) Text(h []history.Op) string {
	return fmt.Sprintf("offset %d of key %s holds message %s (%s) and message %s (%s)",
		c.Offset, c.Key, quote(c.Values[0]), who(h, c.seen[0]), quote(c.Values[1]), who(h, c.seen[1]))
}

// A DuplicateCase is a message that was seen at several offsets.
type DuplicateCase struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value"`
	Count   int             `json:"count"`   // the number of offsets
	Offsets []int64         `json:"offsets"` // ascending

	seen []int // the operations that first showed it at each offset
}

// Text implements Case.
func (c DuplicateCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s is at offset %d (%s) and at offset %d (%s)",
		quote(c.Value), c.Key, c.Offsets[0], who(h, c.seen[0]), c.Offsets[1], who(h, c.seen[1]))
}

// An AbortedReadCase is a poll of a message whose send had failed or is yet to fail.
type AbortedReadCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Writer int             `json:"writer"` // completion of the send
	Reader int             `json:"reader"` // completion of the poll
}

// Text implements Case.
func (c AbortedReadCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s was polled (%s), though its send failed (%s)",
		quote(c.Value), c.Key, who(h, c.Reader), who(h, c.Writer))
}

// A GarbageCase is a poll of a message that nobody sent.
type GarbageCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Reader int             `json:"reader"`
}

// Text implements Case.
func (c GarbageCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s was polled (%s), but nobody sent it", quote(c.Value), c.Key, who(h, c.Reader))
}

// An EarlyReadCase is a poll that returned a message and completed before the message was sent.
type EarlyReadCase struct {
	Key    string          `json:"key"`
	Value  json.RawMessage `json:"value"`
	Writer int             `json:"writer"` // invocation of the send
	Reader int             `json:"reader"` // completion of the poll
}

// Text implements Case.
func (c EarlyReadCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s was polled (%s) before it was sent (%s)",
		quote(c.Value), c.Key, who(h, c.Reader), who(h, c.Writer))
}

// A SkipCase is a poll that left out messages since the previous poll of the same process. Delta is the distance in the log; it
// should be 1.
type SkipCase struct {
	Key     string            `json:"key"`
	Delta   int               `json:"delta"`
	Skipped []json.RawMessage `json:"skipped"`
	Ops     [2]int            `json:"ops"`

	from, to spot
	over     []slot // the skipped ones
}

// Text implements Case.
func (c SkipCase) Text(h []history.Op) string {
	return fmt.Sprintf("a process that had last polled %v of key %s (%s) went on with %v (%s), passing over %s",
		c.from, c.Key, who(h, c.Ops[0]), c.to, who(h, c.Ops[1]), list(c.over))
}

// A NonmonotonicCase is a poll that began at or before the last message of the previous poll of the same process, or a send that
// was placed at or before the previous send of the same process.
type NonmonotonicCase struct {
	Key    string             `json:"key"`
	Delta  int                `json:"delta"`
	Values [2]json.RawMessage `json:"values"`
	Ops    [2]int             `json:"ops"`

	sent     bool
	from, to spot
}

// Text implements Case.
func (c NonmonotonicCase) Text(h []history.Op) string {
	format := "a process that had last polled %v of key %s (%s) went on with %v (%s), which is not behind it"
	if c.sent {
		format = "a process sent %v of key %s (%s) and then %v (%s), which is not behind it"
	}
	return fmt.Sprintf(format, c.from, c.Key, who(h, c.Ops[0]), c.to, who(h, c.Ops[1]))
}

// An IntSkipCase is a poll that left out messages between two messages that it returned.
type IntSkipCase struct {
	Key     string             `json:"key"`
	Delta   int                `json:"delta"`
	Values  [2]json.RawMessage `json:"values"`
	Skipped []json.RawMessage  `json:"skipped"`
	Op      int                `json:"op"`

	from, to spot
	over     []slot // the skipped ones
}

// Text implements Case.
func (c IntSkipCase) Text(h []history.Op) string {
	return fmt.Sprintf("a poll of key %s (%s) returned %v and then %v, passing over %s",
		c.Key, who(h, c.Op), c.from, c.to, list(c.over))
}

// An IntNonmonotonicCase is a poll that returned two messages in the wrong order, or one of them twice.
type IntNonmonotonicCase struct {
	Key    string             `json:"key"`
	Delta  int                `json:"delta"`
	Values [2]json.RawMessage `json:"values"`
	Op     int                `json:"op"`

	from, to spot
}

// Text implements Case.
func (c IntNonmonotonicCase) Text(h []history.Op) string {
	return fmt.Sprintf("a poll of key %s (%s) returned %v and then %v, which is not behind it",
		c.Key, who(h, c.Op), c.from, c.to)
}

// unseenCase is an acknowledged message that had not been polled when the history ended.
type unseenCase struct {
	key    string
	value  json.RawMessage
	writer int
}

func (c unseenCase) Text(h []history.Op) string {
	return fmt.Sprintf("message %s of key %s was acknowledged (%s), but nobody had polled it when the test ended",
		quote(c.value), c.key, who(h, c.writer))
}

// emptyGraphCase is a history in which no operation depends on another.
type emptyGraphCase struct{}

func (emptyGraphCase) Text([]history.Op) string {
	return "no operation followed another or polled what it sent, so the run shows nothing"
}
