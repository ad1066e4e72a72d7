package kafka

import (
	"encoding/json"
	"fmt"
	"strings"

	"glomers/harness/history"
	"glomers/internal/wording"
)

const (
	maxQuote = 80 // bytes of a message that a sentence quotes
	maxList  = 4  // offsets that it lists
)

// who names an operation and its process.
func who(h []history.Op, at int) string {
	if at < 0 || at >= len(h) {
		return fmt.Sprintf("op %d", at)
	}
	return fmt.Sprintf("op %d, %s", at, h[at].Who())
}

// A spot has the offset at which an operation showed a message, and the offset at which the message counts. They differ if
// the message was seen at several offsets: comparisons use only one place of each message, as in the reference.
type spot struct {
	value   json.RawMessage
	shown   int64
	known   bool // the operation showed an offset
	counted int64
}

// spot returns the spot of the step's message, which must have a position.
func (s step) spot() spot { return spot{s.value, s.offset, s.known, s.log.slots[s.index].offset} }

// String names the message by its offset.
func (s spot) String() string {
	switch {
	case !s.known:
		return fmt.Sprintf("message %s (seen at offset %d)", quote(s.value), s.counted)
	case s.shown != s.counted:
		return fmt.Sprintf("message %s at offset %d (which counts at offset %d, where it was seen too)", quote(s.value), s.shown, s.counted)
	}
	return fmt.Sprintf("message %s at offset %d", quote(s.value), s.shown)
}

// quote returns the JSON of a message, cut if it is long.
func quote(raw json.RawMessage) string { return wording.Clip(raw, maxQuote) }

// list names the first few offsets, each with the message there, and counts the rest.
func list(slots []slot) string {
	named := make([]string, 0, maxList)
	for _, s := range slots[:min(len(slots), maxList)] {
		named = append(named, fmt.Sprintf("offset %d (message %s)", s.offset, quote(s.seen[0].value)))
	}
	text := strings.Join(named, ", ")
	if more := len(slots) - len(named); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
