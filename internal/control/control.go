// Package control lets a harness pause a node in its own process, set the node's clock wrong, and watch the node's properties. Package
// node provides the functions; they are not part of its API, as node programs do not need them.
package control

import (
	"math/rand/v2"
	"time"
)

var (
	// Pause stops n, a *node.Node, as soon as the function that has the turn gives it up: typed handlers and timers do not
	// run, and messages wait. Calling resume ends the pause. Functions registered with Handle, which have no turn, are not
	// stopped.
	Pause func(n any) (resume func())

	// Skew sets how far the result of Now of n, a *node.Node, is ahead of the true time.
	Skew func(n any, ahead time.Duration)

	// Random puts around between n, a *node.Node that does not run yet, and its sources of random numbers, which it goes on to
	// seed itself. The purpose is "rand" for the method Rand, and "jitter" for the pauses before repeated requests.
	Random func(n any, around func(source rand.Source, purpose string) rand.Source)
)
