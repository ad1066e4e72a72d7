package workload

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"glomers/harness/history"
)

// An offset of a message in its log. The highest integer is none, so that there is a next one.
type offset int64

// UnmarshalJSON accepts an integer, and unlike encoding/json no null.
func (o *offset) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || n == math.MaxInt64 {
		return fmt.Errorf("workload: %.30s is no offset", b)
	}
	*o = offset(n)
	return nil
}

// An entry is a message and where it is in its log. Its JSON is [offset, message].
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

// A polled has entries by key; null is a list without any.
type polled map[string][]entry

// offsets has one for each key.
type offsets map[string]offset

// decodes returns a test of JSON values that decodes them into the map or offset that v points to.
func decodes[T any](v *T) func(json.RawMessage) bool {
	return func(raw json.RawMessage) bool { return string(raw) != "null" && json.Unmarshal(raw, v) == nil }
}

// A message of a log. It is an operation's [["send", key, message]], where the message is [offset, message] once it is sent.
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

// sentMessage returns the key and the message of a send, which stay as they are when the offset is added.
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
