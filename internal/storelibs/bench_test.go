package storelibs

import (
	"fmt"
	"testing"
)

// BenchmarkAppend measures an append that survives, of 1 record and of 64 at once.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 64} {
		for _, k := range kinds {
			b.Run(fmt.Sprintf("%d/%s", n, k.name), func(b *testing.B) {
				l, err := k.open(b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				if _, err = l.read(); err != nil {
					b.Fatal(err)
				}
				batch := records(0, n)
				for b.Loop() {
					if err := l.append(batch...); err != nil {
						b.Fatal(err)
					}
				}
				if err := l.close(); err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
