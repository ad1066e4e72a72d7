package nodetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"

	"glomers/node"
)

// A KV is a key/value service in a map, for Client.Service: linearizable, as lin-kv is, which is
// the best that seq-kv and lww-kv may do. The zero value is empty and ready. It may be used concurrently.
type KV struct {
	mu     sync.Mutex
	values map[string]json.RawMessage // by the key's JSON
}

// Get returns the value of key, decoded as encoding/json does with numbers as json.Number, or nil.
func (kv *KV) Get(key any) any {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return decode(kv.values[encode(key)])
}

// Set sets the value of key. Both are anything that encoding/json encodes.
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

// Serve answers a request of type read, write or cas. It is the function to give to Client.Service.
func (kv *KV) Serve(req node.Message) any {
	// Not a struct: encoding/json matches the names of struct fields without regard to case, and no service does.
	var body map[string]json.RawMessage
	if err := json.Unmarshal(req.Body, &body); err != nil {
		return node.NewRPCError(node.MalformedRequest, err.Error())
	}
	field := func(name string) json.RawMessage { // what is missing is null
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

// encode returns v as JSON; what cannot be encoded is a fault of the test.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("nodetest: %v", err))
	}
	return string(raw)
}

// decode returns raw decoded, without rounding numbers, or nil.
func decode(raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	_ = d.Decode(&v) // raw comes from encoding/json
	return v
}
