// Package control is how a harness makes a node in its own process stand still, and sets its clock wrong. Package node sets the functions;
// they are not in its API, as no program of a node has a use for them.
package control

import "time"

var (
	// Pause makes n, a *node.Node, stand still once the function that has the turn gives it away: no typed handler and no timer
	// runs, and messages wait. resume lets it go on. Functions registered with Handle, which have no turn, are not held up.
	Pause func(n any) (resume func())

	// Skew sets how far Now of n, a *node.Node, is ahead of the true time.
	Skew func(n any, ahead time.Duration)
)
