package workload

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"glomers/harness/history"
)

// An offset is the offset of a message in its log. The highest int64 is not a valid offset, so that every offset has a successor.
type offset int64

// UnmarshalJSON accepts an integer but, unlike encoding/json, not null.
func (o *offset) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n == math.MaxInt64 {
		return fmt.Errorf("workload: %.30s is not an offset", b)
	}
	*o = offset(n)
	return nil
}

// An entry is a message with its offset. Its JSON is [offset, message].
type entry struct {
	offset offset
	value  json.RawMessage
}

var errEntry = errors.New("workload: want [offset, message]")

// UnmarshalJSON accepts lists of two.
func (e *entry) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	if len(parts) != 2 {
		return errEntry
	}
	e.value = parts[1]
	return e.offset.UnmarshalJSON(parts[0])
}

// polled holds the polled entries of each key; null is an empty list.
type polled map[string][]entry

// offsets holds an offset for each key.
type offsets map[string]offset

// decodes returns a function that decodes a JSON value into v, a pointer to a map or an offset, and reports success.
func decodes[T any](v *T) func(json.RawMessage) bool {
	return func(raw json.RawMessage) bool { return string(raw) != "null" && json.Unmarshal(raw, v) == nil }
}

// A message is the parsed value [["send", key, message]] of a send. In the completion, the message is [offset, message].
type message struct {
	key   string
	value json.RawMessage
}

func parseSend(value json.RawMessage) (message, error) {
	var parts [][]json.RawMessage
	var m message
	err := json.Unmarshal(value, &parts)
	if err == nil && (len(parts) != 1 || len(parts[0]) != 3) {
		err = errors.New(`want [["send", key, message]]`)
	}
	if err == nil {
		err = json.Unmarshal(parts[0][1], &m.key)
	}
	if err != nil {
		return message{}, fmt.Errorf("workload: kafka: send %s: %w", value, err)
	}
	m.value = parts[0][2]
	return m, nil
}

// sentMessage returns the key and the message of a send: the parts of its value that its completion must not change.
func sentMessage(op history.Op) []json.RawMessage {
	var sends [][]json.RawMessage
	if op.F != "send" || json.Unmarshal(op.Value, &sends) != nil || len(sends) != 1 || len(sends[0]) != 3 {
		return nil
	}
	message := sends[0][2]
	if op.Type == history.OK { // [offset, message]
		var sent []json.RawMessage
		if json.Unmarshal(message, &sent) != nil || len(sent) != 2 {
			return nil
		}
		message = sent[1]
	}
	return []json.RawMessage{sends[0][1], message}
}
