package service

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"glomers/node"
)

// weigh returns the actual size of a store's content.
func weigh(s Service) int {
	size := 0
	switch store := s.(*server).backend.(kv).store.(type) {
	case *linKV:
		for key, value := range store.values {
			size += len(key) + keyCost + len(value)
		}
	case *seqKV:
		for key, r := range store.keys {
			size += len(key) + keyCost
			for _, v := range r.versions {
				size += len(v.value) + valueCost
			}
		}
	case *lwwKV:
		for key, c := range store.keys {
			size += len(key) + keyCost
			for _, v := range c {
				size += len(v.value)
			}
		}
	}
	return size
}

// After any requests, the size that a service reports is the size of its content.
func TestSize(t *testing.T) {
	for _, name := range []string{node.LinKV, node.SeqKV, node.LWWKV} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := newService(t, name, rapid.Uint64().Draw(t, "seed"))
				require.Zero(t, s.Size())
				for range rapid.IntRange(0, 150).Draw(t, "requests") {
					key := rapid.SampledFrom([]string{`"a"`, `"bb"`, `[1, 2]`}).Draw(t, "key")
					value := rapid.SampledFrom([]string{`1`, `"long"`, `{"x": [true]}`}).Draw(t, "value")
					kind := rapid.SampledFrom([]string{"read", "write", "cas"}).Draw(t, "kind")
					s.Handle("n1", fmt.Appendf(nil, `{"type":%q,"msg_id":1,"key":%s,"value":%s,"from":1,"to":%s,"create_if_not_exists":true}`, kind, key, value, value))
					require.Equal(t, weigh(s), s.Size())
				}
			})
		})
	}
}

// Writing the same keys again and again does not increase the size.
func TestSizeIsBoundedByKeys(t *testing.T) {
	for _, name := range []string{node.LinKV, node.SeqKV, node.LWWKV} {
		s := newService(t, name, 1)
		for i := range 10_000 {
			s.Handle("n1", fmt.Appendf(nil, `{"type":"write","msg_id":1,"key":%d,"value":"%064d"}`, i%10, i))
		}
		require.Less(t, s.Size(), 20_000, name)
		require.Positive(t, s.Size(), name)
	}
	require.Zero(t, newService(t, node.LinTSO, 1).Size())
}
