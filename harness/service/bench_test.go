package service

import (
	"encoding/json"
	"fmt"
	"testing"

	"glomers/harness/choice"
	"glomers/node"
)

// BenchmarkHandle measures a request, from its body to the body of the reply, in a store of 10,000 keys.
func BenchmarkHandle(b *testing.B) {
	const keys = 10_000
	for _, s := range All(choice.Seeded(1)) {
		for i := range keys {
			s.Handle("n0", json.RawMessage(writeBody(fmt.Sprintf(`"k%d"`, i), 0)))
		}
		for _, kind := range []string{read, write, cas, "ts"} {
			if (kind == "ts") != (s.Name() == node.LinTSO) {
				continue
			}
			bodies := make([]json.RawMessage, keys)
			for i := range bodies {
				key := fmt.Sprintf(`"k%d"`, i*7919%keys)
				bodies[i] = json.RawMessage(map[string]string{
					read: readBody(key), write: writeBody(key, i), cas: casBody(key, i, i), "ts": `{"type":"ts","msg_id":1}`,
				}[kind])
			}
			clients := []string{"n0", "n1", "n2"}
			b.Run(s.Name()+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					s.Handle(clients[i%len(clients)], bodies[i%keys])
					i++
				}
			})
		}
	}
}

// BenchmarkList measures a compare-and-set of a list of 1000 messages, as in a log that uses a key/value store. The list in
// from has exactly the stored text.
func BenchmarkList(b *testing.B) {
	s := newService(b, node.LinKV, 1)
	list := make([]int, 1000)
	raw, err := json.Marshal(list)
	if err != nil {
		b.Fatal(err)
	}
	s.Handle("n0", json.RawMessage(writeBody(`"log"`, string(raw))))
	body := json.RawMessage(casBody(`"log"`, string(raw), string(raw)))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s.Handle("n0", body)
	}
}
