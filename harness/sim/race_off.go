//go:build !race

package sim

const thinning = 1
