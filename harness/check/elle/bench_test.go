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

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		for _, c := range []struct {
			name  string
			level isolation
			model elle.Model
		}{
			{"strict", strictSerial, elle.StrongSerializable},
			{"snapshot", snapshot, elle.StrongSerializable},
			{"read committed", readCommitted, elle.StrongSerializable},
			{"unisolated", unisolated, elle.StrongSerializable},
			{"unisolated", unisolated, elle.ReadCommitted},
		} {
			b.Run(fmt.Sprint(n, "/", c.name, "/", c.model), func(b *testing.B) {
				db := newListDB(1, c.level)
				db.processes, db.keys, db.writes = 20, 10, 16
				h := db.run(n)
				b.ReportAllocs()
				for b.Loop() {
					elle.Append(h, elle.Options{Models: []elle.Model{c.model}})
				}
			})
		}
	}
}
