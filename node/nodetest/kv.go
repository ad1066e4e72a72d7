package nodetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"

	"glomers/node"
)

// A KV is a key/value service in memory, for Client.Service. It is linearizable, as lin-kv is; a linearizable store is also
// a correct seq-kv or lww-kv. The zero value is empty and ready. It may be used concurrently.
type KV struct {
	mu     sync.Mutex
	values map[string]json.RawMessage // by the key's JSON
}

// Get returns the value of key, or nil. The value is decoded by encoding/json, with numbers as json.Number.
func (kv *KV) Get(key any) any {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return decode(kv.values[encode(key)])
}

// Set sets the value of key. Key and value may be anything that encoding/json encodes.
func (kv *KV) Set(key, value any) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	kv.set(encode(key), json.RawMessage(encode(value)))
}

func (kv *KV) set(key string, value json.RawMessage) {
	if kv.values == nil {
		kv.values = make(map[string]json.RawMessage)
	}
	kv.values[key] = value
}

// Serve answers a request of type read, write or cas. Pass it to Client.Service.
func (kv *KV) Serve(req node.Message) any {
	// A map, not a struct: encoding/json ignores case when it matches the names of struct fields, but services do not.
	var body map[string]json.RawMessage
	if err := json.Unmarshal(req.Body, &body); err != nil {
		return node.NewRPCError(node.MalformedRequest, err.Error())
	}
	field := func(name string) json.RawMessage { // a missing field is null
		if raw, ok := body[name]; ok {
			return raw
		}
		return json.RawMessage("null")
	}
	kv.mu.Lock()
	defer kv.mu.Unlock()
	key := encode(decode(field("key")))
	value, exists := kv.values[key]
	typ, ok := decode(field("type")).(string)
	if !ok {
		return node.NewRPCError(node.MalformedRequest, "the type is not a string")
	}
	switch typ {
	case "read":
		if !exists {
			return node.NewRPCError(node.KeyDoesNotExist, "key does not exist")
		}
		return map[string]any{"value": value}
	case "write":
		kv.set(key, field("value"))
	case "cas":
		create := decode(field("create_if_not_exists"))
		switch {
		case !exists && (create == nil || create == false):
			return node.NewRPCError(node.KeyDoesNotExist, "key does not exist")
		case exists && !reflect.DeepEqual(decode(value), decode(field("from"))):
			return node.NewRPCError(node.PreconditionFailed, fmt.Sprintf("the value is %s, not %s", value, field("from")))
		}
		kv.set(key, field("to"))
	default:
		return node.NewRPCError(node.NotSupported, fmt.Sprintf("no such request: %q", typ))
	}
	return struct{}{}
}

// encode returns v as JSON. A value that cannot be encoded is a mistake in the test.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("nodetest: %v", err))
	}
	return string(raw)
}

// decode decodes raw without rounding numbers; it returns nil if raw is empty.
func decode(raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	_ = d.Decode(&v) // raw comes from encoding/json
	return v
}
