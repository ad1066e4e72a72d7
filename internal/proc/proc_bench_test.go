package proc

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkStart is the start of as many nodes as the largest challenge has, with their guard.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		var g Guard
		var started []*Process
		for range 25 {
			p, err := Start(&g, Command{Name: "n1", Path: "sleep", Args: []string{"3600"}})
			require.NoError(b, err)
			started = append(started, p)
		}
		b.StopTimer()
		for _, p := range started {
			p.KillGroup()
			_ = p.Wait() // killed
			closeAll([]*os.File{p.Stdin, p.Stdout, p.Stderr})
		}
		g.Close()
		b.StartTimer()
	}
}
