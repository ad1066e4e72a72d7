package network

import (
	"fmt"
	"time"

	"glomers/harness/choice"
)

// A Dist is a distribution of latencies around their mean.
type Dist string

// The distributions of the reference harness.
const (
	Constant    Dist = "constant"
	Uniform     Dist = "uniform" // 0 to 2 × mean
	Exponential Dist = "exponential"
)

// ParseDist returns the distribution with the name s. "" means Constant. The error lists the accepted names.
func ParseDist(s string) (Dist, error) {
	switch d := Dist(s); d {
	case "":
		return Constant, nil
	case Constant, Uniform, Exponential:
		return d, nil
	}
	return "", fmt.Errorf("network: unknown latency distribution %q: want %s, %s or %s", s, Constant, Uniform, Exponential)
}

// draw returns a latency, which is never negative. An unknown distribution counts as Constant.
func (d Dist) draw(mean time.Duration, s choice.Stream) time.Duration {
	if mean <= 0 {
		return 0
	}
	switch d {
	case Uniform:
		return s.Uniform(2 * mean)
	case Exponential:
		return s.Exponential(mean)
	}
	return mean
}
