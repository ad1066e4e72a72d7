package main

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/harness/history"
	"glomers/harness/sim"
	"glomers/internal/bound"
	"glomers/node"
)

// stale is how long an add may stay unseen.
const stale = 700 * time.Millisecond

// A line is what the others take a node's total for, at any time, until they are told another one.
type line struct {
	From  time.Duration `json:"from"` // on the clock that all share
	Total float64       `json:"total"`
	Slope float64       `json:"slope"` // a second
}

func (l line) at(t time.Duration) float64 { return l.Total + l.Slope*max(0, t-l.From).Seconds() }

// A predictor is a counter that counts ahead. It tells the others how fast it is counting, and speaks again when that line would have what nobody has
// added, or lack what was added a time stale ago. So its silence says that the line is right.
type predictor struct {
	start  time.Time
	totals []float64 // own total at each step, the latest last
	told   line
	heard  map[string]line
}

const step = 5 * time.Millisecond

// before returns the total of so long ago.
func (p *predictor) before(d time.Duration) float64 {
	return p.totals[max(0, len(p.totals)-1-int(d/step))]
}

// due returns the line to be told now; false if the old one is right until the next step.
func (p *predictor) due(now time.Duration) (line, bool) {
	own, late, next := p.before(0), p.before(stale-2*step), p.told.at(now+2*step)
	l := line{now, math.Floor(p.told.at(now)), 0}
	if own > p.before(stale) {
		l.Slope = (own - p.before(10*stale)) / min(now, 10*stale).Seconds()
	}
	switch {
	case math.Floor(next) > own: // wait
	case math.Floor(next) < late:
		l.Total = max(l.Total, late, math.Floor(own-l.Slope*stale.Seconds()/2))
	default:
		return line{}, false
	}
	if math.Floor(l.at(now+2*step)) > own {
		l.From += stale / 2
	}
	return l, true
}

func predicting(n *node.Node) {
	p := &predictor{totals: []float64{0}, heard: make(map[string]line)}
	n.OnInit(func(context.Context) error {
		p.start = time.Now() // of all, as the network has no latency
		n.Every(step, func(context.Context) {
			now := time.Since(p.start)
			p.totals = append(p.totals, p.before(0))
			if l, ok := p.due(now); ok {
				p.told = l
				for _, id := range n.NodeIDs() {
					if id != n.ID() {
						_ = node.Notify(n, id, "line", l)
					}
				}
			}
		})
		return nil
	})
	node.HandleRPC(n, "add", func(_ context.Context, req addRequest) (struct{}, error) {
		p.totals[len(p.totals)-1] += float64(*req.Delta)
		return struct{}{}, nil
	})
	node.HandleRPC(n, "read", func(context.Context, struct{}) (map[string]int64, error) {
		sum := p.before(0)
		for _, l := range p.heard {
			sum += math.Floor(l.at(time.Since(p.start)))
		}
		return map[string]int64{"value": int64(sum)}, nil
	})
	node.Receive(n, "line", func(ctx context.Context, l line) { p.heard[node.From(ctx)] = l })
}

// An auditor looks at every read: it must have all adds that were acknowledged a time stale before, and nothing that was not asked for.
type auditor struct {
	asked, acked int64
	then         []instant // after each acknowledgement
	least        map[history.Process]int64
	wrong        []history.Op
}

type instant struct {
	at    time.Duration
	acked int64
}

func (a *auditor) see(op history.Op) {
	var v int64
	_ = json.Unmarshal(op.Value, &v)
	switch {
	case op.F == "add" && op.Type == history.Invoke:
		a.asked += v
	case op.F == "add" && op.Type == history.OK:
		a.acked += v
		a.then = append(a.then, instant{time.Duration(op.Time), a.acked})
	case op.F == "read" && op.Type == history.Invoke:
		for len(a.then) > 1 && a.then[1].at <= time.Duration(op.Time)-stale {
			a.then = a.then[1:]
		}
		if len(a.then) > 0 && a.then[0].at <= time.Duration(op.Time)-stale {
			a.least[op.Process] = a.then[0].acked
		}
	case op.F == "read" && op.Type == history.OK:
		if v < a.least[op.Process] || v > a.asked {
			a.wrong = append(a.wrong, op)
		}
	}
}

// TestCountingAheadIsBelowTheBound: the bound is of nodes that count what they have been told. A sum needs less, if the clocks agree and the clients' pace is steady:
// silence is news then.
func TestCountingAheadIsBelowTheBound(t *testing.T) {
	const nodes, rate = 3, 1000.0
	a := auditor{least: make(map[history.Process]int64)}
	res := sim.Check(t, harness.Test{
		Workload: "g-counter", Program: harness.InProcess(predicting), OnOp: a.see,
		NodeCount: nodes, Rate: rate, TimeLimit: 20 * time.Second, Seed: 1,
	})
	require.Empty(t, a.wrong)
	least := bound.Log{Nodes: nodes, Ops: rate, Writes: 0.4 * rate, Stale: stale.Seconds(), Copies: 1}.Least()
	require.Less(t, res.Net.Servers.MsgsPerOp, least/2)
	t.Logf("%.5f messages per operation; the bound says %.5f", res.Net.Servers.MsgsPerOp, least)
}
