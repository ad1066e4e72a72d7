package service_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/choice"
	"glomers/harness/service"
)

// TestDescriptionsAreTrue sends the examples to each service, and compares the described fields and errors with those that occur.
func TestDescriptionsAreTrue(t *testing.T) {
	var names []string
	for _, d := range service.Describe() {
		names = append(names, d.Name)
		for seed := range uint64(20) { // whatever is random
			s, err := service.New(d.Name, choice.Seeded(seed))
			require.NoError(t, err)
			id := 0
			for _, r := range d.Requests {
				seen, codes := map[string]bool{}, map[int]bool{}
				for _, e := range r.Examples {
					id++
					var request, want, have map[string]any
					require.NoError(t, json.Unmarshal([]byte(e.Request), &request))
					require.NoError(t, json.Unmarshal([]byte(e.Reply), &want))
					request["msg_id"], want["in_reply_to"] = id, float64(id)
					body, err := json.Marshal(request)
					require.NoError(t, err)
					require.NoError(t, json.Unmarshal(s.Handle("n1", body), &have))
					require.Equal(t, want, have, "%s: %s", d.Name, e.Request)
					for _, m := range []map[string]any{request, want} {
						if code, ok := m["code"].(float64); ok {
							codes[int(code)] = true
							continue
						}
						for name := range maps.Keys(m) {
							if name != "type" && name != "msg_id" && name != "in_reply_to" {
								seen[name] = true
							}
						}
					}
				}
				for _, f := range r.Fields {
					if !(d.Name == "lww-kv" && f.Name == "value") { // what is read there is random
						require.True(t, seen[f.Name], "%s: no example of %s", d.Name, f.Name)
					}
					delete(seen, f.Name)
				}
				require.Empty(t, seen, "%s: %s has fields that are not described", d.Name, r.About)
				for _, code := range r.Errors {
					if d.Name != "lww-kv" {
						require.True(t, codes[code], "%s: no example of error %d", d.Name, code)
					}
					delete(codes, code)
				}
				require.Empty(t, codes, d.Name)
			}
		}
	}
	require.Equal(t, service.Names(), names)
}

// As the description of seq-kv says, a write of a new value brings a client up to date.
func TestBarrierAsDescribed(t *testing.T) {
	for seed := range uint64(50) {
		s, err := service.New("seq-kv", choice.Seeded(seed))
		require.NoError(t, err)
		for i := range 5 {
			body, err := json.Marshal(map[string]any{"type": "write", "key": "x", "value": i, "msg_id": i + 1})
			require.NoError(t, err)
			s.Handle("n1", body)
		}
		s.Handle("n2", json.RawMessage(`{"type":"write","key":"mine","value":1,"msg_id":1}`))
		require.JSONEq(t, `{"type":"read_ok","value":4,"in_reply_to":2}`, string(s.Handle("n2", json.RawMessage(`{"type":"read","key":"x","msg_id":2}`))))
	}
}
