package service

import (
	"bytes"
	"encoding/json"

	"glomers/internal/wording"
)

// compact returns raw without the spaces around its tokens, so that a reply is always one line.
func compact(raw json.RawMessage) json.RawMessage {
	if !bytes.ContainsAny(raw, " \t\r\n") {
		return raw
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil { // not JSON
		return raw
	}
	return b.Bytes()
}

// clip returns raw, cut to a readable length, for the text of an error.
func clip(raw json.RawMessage) string { return wording.Clip(compact(raw), 100) }
