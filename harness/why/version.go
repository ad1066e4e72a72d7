package why

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A version is a value of a key: of a register, or an element of a list. Both are texts without the quotes of JSON, as keys have no other
// form in objects.
type version struct{ key, value string }

// maxNested bounds how deep values are looked for.
const maxNested = 32

// decoded returns a body as JSON values with json.Number; ok is false if it is not JSON, or only the beginning of a long one.
func decoded(body []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

// plain returns a scalar as text; ok is false for arrays, objects and null.
func plain(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// plainJSON returns the JSON of a scalar as plain does.
func plainJSON(raw string) string {
	if v, ok := decoded([]byte(raw)); ok {
		if text, ok := plain(v); ok {
			return text
		}
	}
	return raw
}

// eachVersion gives the versions that a body seems to have. A value belongs to a key if it is in a field with the name of the key, if it
// follows the key in an array ([key, value] or [f, key, value]), or if it is beside a field "key" in an object. If that object has a field
// "value" or "to", only this counts. The fields "from", msg_id, in_reply_to and type do not count: they are not what a message brings.
func eachVersion(v any, give func(version)) { versionsIn(v, 0, give) }

func versionsIn(v any, depth int, give func(version)) {
	if depth > maxNested {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		key, keyed := plain(v["key"])
		named := has(v, "value") || has(v, "to")
		for name, x := range v {
			switch name {
			case "msg_id", "in_reply_to", "type", "from", "key":
				continue
			}
			valuesIn(x, 0, func(value string) {
				give(version{name, value})
				if keyed && (!named || name == "value" || name == "to") {
					give(version{key, value})
				}
			})
			versionsIn(x, depth+1, give)
		}
	case []any:
		if n := len(v); n == 2 || n == 3 {
			if key, ok := plain(v[n-2]); ok {
				valuesIn(v[n-1], 0, func(value string) { give(version{key, value}) })
			}
		}
		for _, x := range v {
			versionsIn(x, depth+1, give)
		}
	}
}

func has(fields map[string]any, name string) bool {
	_, ok := fields[name]
	return ok
}

// valuesIn gives a scalar, or the scalars in an array or in the fields of an object. Of an object with a field "value", only this counts.
func valuesIn(v any, depth int, give func(string)) {
	if text, ok := plain(v); ok {
		give(text)
		return
	}
	if depth > 0 {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			valuesIn(x, depth+1, give)
		}
	case map[string]any:
		if x, ok := v["value"]; ok {
			valuesIn(x, depth+1, give)
			return
		}
		for _, x := range v {
			valuesIn(x, depth+1, give)
		}
	}
}

// held returns what a body says of a key: the value of the field with its name, at any depth.
func held(v any, key string, depth int) (value any, ok bool) {
	if depth > maxNested {
		return nil, false
	}
	switch v := v.(type) {
	case map[string]any:
		if x, ok := v[key]; ok {
			return x, true
		}
		for _, name := range sortedKeys(v) {
			if x, ok := held(v[name], key, depth+1); ok {
				return x, true
			}
		}
	case []any:
		for _, x := range v {
			if x, ok := held(x, key, depth+1); ok {
				return x, true
			}
		}
	}
	return nil, false
}
