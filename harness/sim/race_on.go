//go:build race

package sim

// thinning divides the default number of seeds. With the race detector a run takes ten times as long, and what
// one seed finds of races most others find as well.
const thinning = 5
