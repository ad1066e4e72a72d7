package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A microOp is a step of a transaction: ["r",key,null] or ["w",key,value].
type microOp struct {
	write bool
	key   key
	value json.RawMessage // written, or found by a read; nil is null, which a key without a value reads as
}

// UnmarshalJSON accepts what a client may ask for: a read must not have a value yet.
func (o *microOp) UnmarshalJSON(b []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 {
		return fmt.Errorf(`txn-kv: %.100s is not a micro-operation: want ["r",key,null] or ["w",key,value]`, b)
	}
	var k key
	if err := k.UnmarshalJSON(parts[1]); err != nil {
		return err
	}
	var f string
	_ = json.Unmarshal(parts[0], &f) // anything but a string leaves "", which is unknown
	switch {
	case f == "w":
		*o = microOp{true, k, parts[2]}
	case f == "r" && string(parts[2]) == "null":
		*o = microOp{false, k, nil}
	case f == "r":
		return fmt.Errorf("txn-kv: %.100s reads and has a value: want null", b)
	default:
		return fmt.Errorf(`txn-kv: unknown micro-operation %.100s: want "r" or "w"`, parts[0])
	}
	return nil
}

// MarshalJSON writes the three parts, with what a read has found.
func (o microOp) MarshalJSON() ([]byte, error) {
	f := `["r",`
	if o.write {
		f = `["w",`
	}
	value := o.value
	if value == nil {
		value = json.RawMessage("null")
	}
	b := make([]byte, 0, len(f)+len(o.key)+len(value)+2)
	b = append(b, f...)
	b = append(b, o.key...)
	b = append(b, ',')
	b = append(b, value...)
	return append(b, ']'), nil
}

// A key is the JSON text of a string or of an integer of 64 bits. Each key has one text, so that keys can be compared; 8 and "8"
// are different keys. Other numbers are no keys: whether 1, 1.0 and 1e0 are one key or three is a question best not asked.
type key string

// UnmarshalJSON accepts a string, or an integer without fraction and exponent.
func (k *key) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return fmt.Errorf("txn-kv: key: %w", err)
		}
		text, err := json.Marshal(s)
		*k = key(text)
		return err
	}
	i, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("txn-kv: key %.100s: want a string or a 64-bit integer", b)
	}
	*k = key(strconv.FormatInt(i, 10)) // -0 is 0
	return nil
}

// MarshalJSON writes the text that k is.
func (k key) MarshalJSON() ([]byte, error) {
	if k == "" {
		return nil, errors.New("txn-kv: a key without a text")
	}
	return []byte(k), nil
}
