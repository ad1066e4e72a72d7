// Package benchmarks is measured by a test.
package benchmarks

import "testing"

func BenchmarkFine(b *testing.B) {
	b.Run("nodes=5", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
		}
		b.ReportMetric(1.23456789, "msgs/op")
		b.ReportMetric(float64(n), "iterations")
	})
}

func BenchmarkFails(b *testing.B) { b.Fatal("it went wrong") }
