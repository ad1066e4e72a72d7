package service

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/node"
)

// A reply is any of the services' replies.
type reply struct {
	Type      string          `json:"type"`
	InReplyTo json.RawMessage `json:"in_reply_to"`
	Value     json.RawMessage `json:"value"`
	TS        *uint64         `json:"ts"`
	Code      int             `json:"code"`
	Text      string          `json:"text"`
}

func newService(t require.TestingT, name string, seed uint64) Service {
	s, err := New(name, choice.Seeded(seed))
	require.NoError(t, err)
	return s
}

// ask returns the reply to a request.
func ask(t require.TestingT, s Service, src, body string) reply {
	var r reply
	raw := s.Handle(src, json.RawMessage(body))
	require.NoError(t, json.Unmarshal(raw, &r), "reply %s to %s", raw, body)
	return r
}

func readBody(key string) string { return fmt.Sprintf(`{"type":"read","msg_id":1,"key":%s}`, key) }

func writeBody(key string, value any) string {
	return fmt.Sprintf(`{"type":"write","msg_id":1,"key":%s,"value":%v}`, key, value)
}

func casBody(key string, from, to any) string {
	return fmt.Sprintf(`{"type":"cas","msg_id":1,"key":%s,"from":%v,"to":%v}`, key, from, to)
}

func createBody(key string, from, to any) string {
	return fmt.Sprintf(`{"type":"cas","msg_id":1,"key":%s,"from":%v,"to":%v,"create_if_not_exists":true}`, key, from, to)
}

func TestNames(t *testing.T) {
	require.Equal(t, []string{"lin-kv", "seq-kv", "lww-kv", "lin-tso"}, Names())
	all := All(choice.Seeded(1))
	require.Len(t, all, len(Names()))
	for i, name := range Names() {
		require.Equal(t, name, all[i].Name())
		require.Equal(t, name, newService(t, name, 1).Name())
	}
	_, err := New("lin-vk", choice.Seeded(1))
	require.EqualError(t, err, `service: no service "lin-vk": want lin-kv, seq-kv, lww-kv, lin-tso`)
}

// The exact bytes of replies.
func TestReplies(t *testing.T) {
	s := newService(t, node.LinKV, 0)
	for _, c := range []struct{ name, body, want string }{
		{"write", `{"type":"write","msg_id":1,"key":"x","value":3}`, `{"type":"write_ok","in_reply_to":1}`},
		{"read", `{"type":"read","msg_id":2,"key":"x"}`, `{"type":"read_ok","in_reply_to":2,"value":3}`},
		{"cas", `{"type":"cas","msg_id":3,"key":"x","from":3,"to":4}`, `{"type":"cas_ok","in_reply_to":3}`},
		{
			"cas that fails", `{"type":"cas","msg_id":4,"key":"x","from":3,"to":5}`,
			`{"type":"error","in_reply_to":4,"code":22,"text":"current value 4 of key \"x\" is not 3"}`,
		},
		{
			"no such key", `{"type":"read","msg_id":5,"key":["y",1]}`,
			`{"type":"error","in_reply_to":5,"code":20,"text":"key [\"y\",1] does not exist"}`,
		},
		{
			"no such type", `{"type":"delete","msg_id":6,"key":"x"}`,
			`{"type":"error","in_reply_to":6,"code":10,"text":"no request type \"delete\": want read, write or cas"}`,
		},
		{"msg_id 0", `{"type":"read","msg_id":0,"key":"x"}`, `{"type":"read_ok","in_reply_to":0,"value":4}`},
		{
			"large msg_id", `{"type":"read","msg_id":9223372036854775807,"key":"x"}`,
			`{"type":"read_ok","in_reply_to":9223372036854775807,"value":4}`,
		},
		{"no msg_id", `{"type":"read","key":"x"}`, `{"type":"read_ok","in_reply_to":null,"value":4}`},
		{"null msg_id", `{"type":"read","msg_id":null,"key":"x"}`, `{"type":"read_ok","in_reply_to":null,"value":4}`},
		{"msg_id in another case", `{"type":"read","Msg_ID":1,"key":"x"}`, `{"type":"read_ok","in_reply_to":null,"value":4}`},
		{"string msg_id", `{"type":"read","msg_id":"a <b>","key":"x"}`, `{"type":"read_ok","in_reply_to":"a <b>","value":4}`},
		{"float msg_id", `{"type":"read","msg_id":1.50,"key":"x"}`, `{"type":"read_ok","in_reply_to":1.50,"value":4}`},
		{"object msg_id", `{"type":"read","msg_id": {"a": [1]},"key":"x"}`, `{"type":"read_ok","in_reply_to":{"a":[1]},"value":4}`},
		{
			"error without msg_id", `{"type":"read","key":"z"}`,
			`{"type":"error","in_reply_to":null,"code":20,"text":"key \"z\" does not exist"}`,
		},
		{"last of two keys", `{"type":"read","msg_id":1,"key":"y","key":"x"}`, `{"type":"read_ok","in_reply_to":1,"value":4}`},
		{"a request that says it is a reply", `{"type":"read","msg_id":8,"in_reply_to":7,"key":"x"}`, `{"type":"read_ok","in_reply_to":8,"value":4}`},
		{"a reply", `{"type":"read_ok","in_reply_to":7,"value":1}`, ``},
		{"a reply to nothing", `{"type":"read_ok","in_reply_to":null,"value":1}`, ``},
		{"an error", `{"type":"error","in_reply_to":7,"code":13,"text":""}`, ``},
	} {
		require.Equal(t, c.want, string(s.Handle("n1", json.RawMessage(c.body))), c.name)
	}
}

// Every service answers a wrong request with an error that describes the problem, and the request has no effect.
func TestMalformed(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"empty", ``, `body is not a JSON object: `},
		{"not JSON", `{"type":`, `body is not a JSON object: {"type":`},
		{"null", `null`, `body is not a JSON object: null`},
		{"array", `[1, 2]`, `body is not a JSON object: [1,2]`},
		{"no type", `{"msg_id":1}`, `type is missing`},
		{"type in another case", `{"Type":"read","key":1}`, `type is missing`},
		{"null type", `{"type":null}`, `type is not a string: null`},
		{"number type", `{"type":5}`, `type is not a string: 5`},
	} {
		for _, s := range All(choice.Seeded(0)) {
			r := ask(t, s, "n1", c.body)
			require.Equal(t, "error", r.Type, "%s: %s", s.Name(), c.name)
			require.Equal(t, node.MalformedRequest, r.Code, "%s: %s", s.Name(), c.name)
			require.Equal(t, c.want, r.Text, "%s: %s", s.Name(), c.name)
		}
	}
}

// In every key/value service and every kind of request, a missing field is null, and so is a field whose name is written in a
// different case.
func TestMissingFields(t *testing.T) {
	for _, name := range kvNames() {
		play(t, newService(t, name, 1), []step{
			{`{"type":"read","msg_id":1}`, "20"},
			{`{"type":"cas","msg_id":1,"from":1,"to":2}`, "20"},
			{`{"type":"write","msg_id":1,"value":1}`, "ok"},
			{readBody(`null`), "1"},
			{`{"type":"read","msg_id":1}`, "1"},
			{`{"type":"read","msg_id":1,"Key":"x"}`, "1"},
			{`{"type":"cas","msg_id":1,"from":1}`, "ok"},
			{`{"type":"read","msg_id":1}`, "null"},
			{`{"type":"cas","msg_id":1}`, "ok"},
			{`{"type":"cas","msg_id":1,"to":2}`, "ok"},
			{`{"type":"cas","msg_id":1,"to":3}`, "22"},
			{`{"type":"cas","msg_id":1,"FROM":2,"from":1}`, "22"},
			{`{"type":"cas","msg_id":1,"FROM":2,"To":1}`, "22"},
			{`{"type":"read","msg_id":1}`, "2"},

			{readBody(`"x"`), "20"},
			{`{"type":"write","msg_id":1,"key":"x","Value":5}`, "ok"},
			{readBody(`"x"`), "null"},
			{`{"type":"cas","msg_id":1,"key":"x","to":[1]}`, "ok"},
			{readBody(`"x"`), "[1]"},
		})
	}
}

// As in shared/cases/cas_nofrom.py: the first cas makes the key, and the second finds a value other than null.
func TestCreateWithoutFrom(t *testing.T) {
	const create = `{"type":"cas","msg_id":1,"key":"x","to":[],"create_if_not_exists":true}`
	for _, name := range []string{node.LinKV, node.SeqKV} {
		play(t, newService(t, name, 1), []step{{create, "ok"}, {readBody(`"x"`), "[]"}, {create, "22"}})
	}
	play(t, newService(t, node.LWWKV, 1), []step{
		{create, "20"},
		{`{"type":"write","msg_id":1,"key":"x"}`, "ok"},
		{create, "ok"},
		{readBody(`"x"`), "[]"},
	})
}

// A reply is one line, and shares no memory with the request.
func TestValuesAreCopied(t *testing.T) {
	s := newService(t, node.LinKV, 0)
	body := []byte("{\"type\":\"write\", \"msg_id\":1, \"key\":\"x\",\n \"value\" : {\"a\": [1,\n 2], \"b\":\"<\\u00e4 é>\"} }")
	s.Handle("n1", body)
	clear(body)
	read := func() string { return string(s.Handle("n1", json.RawMessage(readBody(`"x"`)))) }
	const want = `{"type":"read_ok","in_reply_to":1,"value":{"a":[1,2],"b":"<\u00e4 é>"}}`
	require.Equal(t, want, read())
	clear(s.Handle("n1", json.RawMessage(readBody(`"x"`))))
	require.Equal(t, want, read())
}

// lin-tso gives every number once, in order, to any client, and uses no number for a refused request.
func TestTimestamps(t *testing.T) {
	s := newService(t, node.LinTSO, 0)
	for i := range uint64(1000) {
		r := ask(t, s, fmt.Sprintf("n%d", i%3), fmt.Sprintf(`{"type":"ts","msg_id":%d}`, i))
		require.Equal(t, "ts_ok", r.Type)
		require.Equal(t, i, *r.TS)
		require.Equal(t, fmt.Sprint(i), string(r.InReplyTo))

		r = ask(t, s, "n1", readBody(`"x"`))
		require.Equal(t, node.NotSupported, r.Code)
		require.Equal(t, `no request type "read": want ts`, r.Text)
	}
}

// The same seed gives the same replies; different services and seeds give different draws.
func TestSeed(t *testing.T) {
	replies := func(name string, seed uint64) string {
		s := newService(t, name, seed)
		var all string
		for i := range 200 {
			all += string(s.Handle("n1", json.RawMessage(writeBody(`"x"`, i))))
			all += string(s.Handle("n2", json.RawMessage(readBody(`"x"`))))
		}
		return all
	}
	for _, name := range kvNames() {
		require.Equal(t, replies(name, 1), replies(name, 1), name)
	}
	require.NotEqual(t, replies(node.SeqKV, 1), replies(node.SeqKV, 2))
	require.NotEqual(t, replies(node.LWWKV, 1), replies(node.LWWKV, 2))
	require.NotEqual(t, choice.Seeded(1).Stream(node.SeqKV).Uint64(), choice.Seeded(1).Stream(node.LWWKV).Uint64())
}
