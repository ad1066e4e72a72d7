package service

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/internal/jsonvalue"
	"glomers/node"
)

// Every service answers any body with one line that is a reply to it. The only exception is a body with an in_reply_to that is
// not a request of a known type: it gets no answer.
func FuzzHandle(f *testing.F) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"type":"read"}`, `{"type":5}`, `{"type":"ts","msg_id":1}`, `{"type":"nope","msg_id":-2}`,
		readBody(`"x"`), readBody(`[1.0,{"a":null}]`), writeBody(`"x"`, `"\ud800"`), writeBody(`{"a":1,"a":2}`, `1e999`),
		casBody(`"x"`, 1, 2), casBody(`"x"`, `1.0`, 2), createBody(`"y"`, `null`, `{"é":"<>"}`),
		`{"type":"read","msg_id":1,"key":"x","in_reply_to":3}`, "{\"type\" :\t\"cas\",\n\"key\" : [ ]}", `{"type":"\u0072ead","key":"x"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, s := range All(choice.Seeded(1)) {
			s.Handle("n1", json.RawMessage(writeBody(`"x"`, 1)))
			for range 2 { // the second time, a key that the first one wrote is there
				checkReply(t, body, s.Handle("n1", bytes.Clone(body)))
			}
		}
	})
}

func checkReply(t *testing.T, body, raw []byte) {
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	object := json.Valid(body) && dec.Decode(&fields) == nil && fields != nil
	if _, isReply := fields["in_reply_to"]; isReply && raw == nil {
		return
	}
	require.NotContains(t, string(raw), "\n")
	var r reply
	require.NoError(t, json.Unmarshal(raw, &r))
	require.NotNil(t, r.InReplyTo)
	id := json.RawMessage("null")
	if object && fields["msg_id"] != nil {
		var own map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(body, &own))
		id = own["msg_id"]
	}
	require.True(t, jsonvalue.Equal(id, r.InReplyTo), "%s, not %s", r.InReplyTo, id)
	switch kind, _ := fields["type"].(string); r.Type {
	case "error":
		codes := []int{node.NotSupported, node.MalformedRequest, node.KeyDoesNotExist, node.PreconditionFailed}
		require.True(t, slices.Contains(codes, r.Code), "code %d", r.Code)
		require.NotEmpty(t, r.Text)
	default:
		require.True(t, object)
		require.Equal(t, kind+"_ok", r.Type)
	}
}
