package node_test

import (
	"log/slog"
	"testing"

	"glomers/node"
)

// BenchmarkUnwatched is the cost of a check in a node to which nobody listens, as under Maelstrom: that of the details is their making.
func BenchmarkUnwatched(b *testing.B) {
	n := node.New(node.Options{Transport: node.NewMem(func([]byte) {})})
	always := node.Always(n, "a")
	b.Run("plain", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			always.Check(i >= 0)
		}
	})
	b.Run("with two details", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			always.Check(i >= 0, slog.Int("i", i), slog.String("text", "x"))
		}
	})
}
