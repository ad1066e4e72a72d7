package conform

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"glomers/harness/internal/jsonvalue"
)

// A carrier takes a value to the node, in a request, and gets it back. In its requests, $v stands for the value, and $k for a
// number that is different for each value.
type carrier struct {
	any    bool   // the request takes any JSON value, not only integers
	once   bool   // a node takes only one value, because it adds up values
	put    string // the request with the value
	get    string // the request that gets the value back; "" if the reply to put has it
	values func(body fields) []json.RawMessage
}

var carriers = map[string]*carrier{
	"echo":            {any: true, put: `{"type":"echo","echo":$v}`, values: one("echo")},
	"broadcast":       {put: `{"type":"broadcast","message":$v}`, get: `{"type":"read"}`, values: elements("messages")},
	"g-set":           {put: `{"type":"add","element":$v}`, get: `{"type":"read"}`, values: elements("value")},
	"g-counter":       {once: true, put: `{"type":"add","delta":$v}`, get: `{"type":"read"}`, values: one("value")},
	"pn-counter":      {once: true, put: `{"type":"add","delta":$v}`, get: `{"type":"read"}`, values: one("value")},
	"kafka":           {any: true, put: `{"type":"send","key":"$k","msg":$v}`, get: `{"type":"poll","offsets":{"$k":0}}`, values: polled},
	"lin-kv":          {put: `{"type":"write","key":$k,"value":$v}`, get: `{"type":"read","key":$k}`, values: one("value")},
	"txn-list-append": {put: `{"type":"txn","txn":[["append",$k,$v]]}`, get: `{"type":"txn","txn":[["r",$k,null]]}`, values: readByTxn},
	"txn-rw-register": {put: `{"type":"txn","txn":[["w",$k,$v]]}`, get: `{"type":"txn","txn":[["r",$k,null]]}`, values: readByTxn},
}

func one(name string) func(fields) []json.RawMessage {
	return func(body fields) []json.RawMessage {
		if body[name] == nil {
			return nil
		}
		return []json.RawMessage{body[name]}
	}
}

func elements(name string) func(fields) []json.RawMessage {
	return func(body fields) []json.RawMessage { return list(body[name]) }
}

// list returns the elements of an array, or nil if raw is not an array.
func list(raw json.RawMessage) []json.RawMessage {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// polled returns the messages of all keys.
func polled(body fields) []json.RawMessage {
	var keys map[string]json.RawMessage
	if json.Unmarshal(body["msgs"], &keys) != nil {
		return nil
	}
	var all []json.RawMessage
	for _, entries := range keys {
		for _, entry := range list(entries) {
			if pair := list(entry); len(pair) == 2 {
				all = append(all, pair[1])
			}
		}
	}
	return all
}

// readByTxn returns the value of a transaction's only read, or the elements of the value if it is a list.
func readByTxn(body fields) []json.RawMessage {
	ops := list(body["txn"])
	if len(ops) != 1 {
		return nil
	}
	op := list(ops[0])
	if len(op) != 3 {
		return nil
	}
	if jsonvalue.Kind(op[2]) == "a list" {
		return list(op[2])
	}
	return []json.RawMessage{op[2]}
}

// carry takes values to the node and back, one at a time. The same JSON value must come back.
func (s *session) carry(values ...string) error {
	c := s.profile.carrier
	if c.once {
		values = values[:1]
	}
	for i, value := range values {
		s.begin()
		fill := strings.NewReplacer("$k", strconv.Itoa(100+i), "$v", value).Replace
		m, err := s.ask(fill(c.put))
		if err != nil {
			return err
		}
		if m.isError() && s.run.unready {
			return skipf("all that it answers is error 11: it may need other nodes")
		}
		if m.isError() {
			return failf("it is refused with error %s", clip(m.body["code"]))
		}
		same := func(got json.RawMessage) bool { return jsonvalue.Equal(got, json.RawMessage(value)) }
		// A node may answer before it shows the value.
		for begin := time.Now(); !slices.ContainsFunc(c.values(m.body), same); {
			if c.get == "" || time.Since(begin) > s.patience()/2 {
				return failf("sent %s, got %s", clip([]byte(value)), show(c.values(m.body)))
			}
			if i := s.pause(10 * time.Millisecond); i != nil {
				return i
			}
			if m, err = s.ask(fill(c.get)); err != nil {
				return err
			}
		}
	}
	return nil
}

// show lists the values that came back instead of the value sent.
func show(values []json.RawMessage) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, clip(v))
	}
	if len(texts) == 0 {
		return "no value"
	}
	return strings.Join(ends(texts, 3), ", ")
}
