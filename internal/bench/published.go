package bench

import (
	"fmt"
	"strings"

	"glomers/internal/chart"
)

// A peer has the figures of a public solution by somebody else.
type peer struct {
	challenge   string
	msgsPerOp   float64
	median, max float64 // of the stable latency, in ms; 0 where the challenge asks for none
	remark      string  // follows the figures in a table
	lossy       bool    // it does not solve the challenge under partition, so charts leave it out
	source      string
}

// unnamed is the source of figures whose solution was not named when they were measured.
const unnamed = "measured for this repository, under Maelstrom on a machine like that of docs/results; the solution's address was not noted"

// peers returns the best public solutions that we know of. No other place has their figures.
func peers() []peer {
	return []peer{
		{"3d", 7.8, 336, 502, "", false, unnamed},
		{"3d", 11.7, 76, 122, "", false, unnamed},
		{"3e", 1.71, 746, 1003, " (loses half of the values under partition)", true, unnamed},
		{"3e", 1.74, 755, 1123, " (safe)", false, unnamed},
		{"4", 0.46, 0, 0, "", false, unnamed},
		{"5b", 0.55, 0, 0, "", false, unnamed},
		{"5c", 0.55, 0, 0, "", false, unnamed},
		{"6c", 0.03, 0, 0, ", with seconds of staleness", false, unnamed},
	}
}

// Published returns the figures of the best public solutions of a challenge, "" if we know of none.
func Published(challenge string) string {
	var all []string
	for _, p := range peers() {
		if p.challenge != challenge {
			continue
		}
		text := fmt.Sprint(p.msgsPerOp)
		if p.max > 0 {
			text += fmt.Sprintf(" at %v / %v ms", p.median, p.max)
		}
		all = append(all, text+p.remark)
	}
	return strings.Join(all, "; ")
}

// publishedPoints returns the messages per operation of the public solutions against one of their latencies.
func publishedPoints(latency func(peer) float64) []chart.Point {
	var all []chart.Point
	for _, p := range peers() {
		if p.max > 0 && !p.lossy {
			all = append(all, chart.Point{X: latency(p), Y: p.msgsPerOp})
		}
	}
	return all
}
