package bench

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"glomers/internal/bound"
	"glomers/internal/bound/exact"
)

// Metrics of broadcast-size that come from package bound, beside the measured ones.
const (
	leastMsgsPerOp = "least-msgs/op"
	bestMsgsPerOp  = "best-msgs/op"
)

// boundsTable has small clusters in which all nodes have news all the time: the true minimum beside the proven bound and the costs of designs. If the
// search for a minimum fails, the table has the reason.
var boundsTable = sync.OnceValue(func() string {
	var body [][]string
	for _, c := range []exact.Cluster{
		{Nodes: 2, Hop: 1, Latency: 2},
		{Nodes: 2, Hop: 1, Latency: 4},
		{Nodes: 3, Hop: 2, Latency: 3},
		{Nodes: 3, Hop: 1, Latency: 2},
		{Nodes: 3, Hop: 1, Latency: 3},
		{Nodes: 3, Hop: 1, Latency: 4},
		{Nodes: 3, Hop: 1, Latency: 5},
		{Nodes: 3, Hop: 1, Latency: 6},
		{Nodes: 3, Hop: 1, Latency: 7},
		{Nodes: 4, Hop: 1, Latency: 2},
		{Nodes: 4, Hop: 1, Latency: 3},
	} {
		hop, hops := float64(c.Hop), float64(c.Latency)/float64(c.Hop)
		minimum := ""
		if least, err := c.Busy(); err != nil {
			minimum = err.Error()
		} else {
			minimum = digits(least.PerTick() * hop)
		}
		// Times are in hops. The rate of values is so high that the wait for the next value makes no difference.
		b := bound.Broadcast{Nodes: float64(c.Nodes), Ops: 1, Values: 1e12, Hop: 1}
		row := []string{fmt.Sprint(c.Nodes), strconv.FormatFloat(hops, 'g', 3, 64), digits(b.Least(hops)), "**" + minimum + "**"}
		for _, design := range []func(float64) float64{b.Mesh, b.StarSlots, b.Doubling, b.Ring} {
			row = append(row, strings.ReplaceAll(digits(design(hops)), "+Inf", "–"))
		}
		body = append(body, row)
	}
	return rows([]string{"nodes", "latency, hops", "needed (proven)", "true minimum", "mesh", "star with slots", "doubling", "ring"}, body)
})
