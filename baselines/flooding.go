package baselines

import (
	"glomers/baselines/internal/relay"
	"glomers/node"
)

// Flooding passes every value on to the neighbours that the topology names, except to where it came from. An edge
// that closes a circle may be crossed in both directions, so the cost is up to two messages per edge and as many
// acknowledgements. The latency is the width of the graph. Circles pay off when links are
// cut: the value comes around the other way.
func Flooding(n *node.Node) {
	relay.New(n).HearTopology()
}
