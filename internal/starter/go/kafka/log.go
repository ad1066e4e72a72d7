package main

import "encoding/json"

// A store has the logs and the committed offsets of all keys. An offset is an index into a log.
type store struct {
	logs      map[string][]json.RawMessage
	committed map[string]int
}

func newStore() *store {
	return &store{make(map[string][]json.RawMessage), make(map[string]int)}
}

// An entry is a message in a log. In JSON it is [offset, message].
type entry struct {
	offset int
	msg    json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (e entry) MarshalJSON() ([]byte, error) { return json.Marshal([]any{e.offset, e.msg}) }

// UnmarshalJSON implements json.Unmarshaler.
func (e *entry) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&e.offset, &e.msg})
}

// append adds a message to a key's log, and returns its offset.
func (s *store) append(key string, msg json.RawMessage) int {
	s.logs[key] = append(s.logs[key], msg)
	return len(s.logs[key]) - 1
}

// pollLimit is how many messages of a key a poll returns at most.
const pollLimit = 100

// poll returns messages of each key, from the given offset on.
func (s *store) poll(from map[string]int) map[string][]entry {
	msgs := make(map[string][]entry)
	for key, offset := range from {
		msgs[key] = []entry{}
		for i := max(offset, 0); i < len(s.logs[key]) && len(msgs[key]) < pollLimit; i++ {
			msgs[key] = append(msgs[key], entry{i, s.logs[key][i]})
		}
	}
	return msgs
}

// commit records how far a client has got. Offsets that come late do not take it back.
func (s *store) commit(offsets map[string]int) {
	for key, offset := range offsets {
		s.committed[key] = max(s.committed[key], offset)
	}
}

// list returns the committed offsets of the keys that have one.
func (s *store) list(keys []string) map[string]int {
	offsets := make(map[string]int)
	for _, key := range keys {
		if offset, ok := s.committed[key]; ok {
			offsets[key] = offset
		}
	}
	return offsets
}
