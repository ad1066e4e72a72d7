package elle_test

import (
	"fmt"
	"testing"

	"glomers/harness/check/elle"
)

func BenchmarkRegister(b *testing.B) {
	const n = 100_000
	for _, c := range []struct {
		name string
		sim  func() *sim
	}{
		{"serial", func() *sim { return newSim(1, 1) }},
		{"replicated", func() *sim { s := newSim(1, 5); s.delay = 50e6; return s }},
		{"split", func() *sim { s := newSim(1, 5); s.delay = 50e6; s.split = true; return s }},
		{"apart", func() *sim { s := newSim(1, 5); s.delay = -1; return s }},
		{"forgetful", func() *sim { s := newSim(1, 1); s.forget = true; return s }},
		{"few keys", func() *sim { s := newSim(1, 5); s.delay = 50e6; s.writesPerKey = 1 << 30; return s }},
		{"few keys forgetful", func() *sim { s := newSim(1, 1); s.forget = true; s.writesPerKey = 1 << 30; return s }},
		{"few keys apart", func() *sim { s := newSim(1, 5); s.delay = -1; s.writesPerKey = 1 << 30; return s }},
	} {
		h := c.sim().history(n)
		for _, m := range []elle.Model{elle.ReadCommitted, elle.Serializable, elle.StrongSerializable} {
			b.Run(fmt.Sprint(c.name, "/", m), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					elle.Register(h, elle.Options{Models: []elle.Model{m}, Nodes: 5, Concurrency: 20})
				}
			})
		}
	}
}
