package check

import (
	"runtime"
	"glomers/harness/history"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// simulate: clients with intervals; ops take effect at a random point
func gen(rng *rand.Rand, n, clients int, info float64, bad bool) []*registerCall {
	type cl struct {
		c    *registerCall
		done bool // effect taken
		res  bool
	}
	cur := make([]*cl, clients)
	val := 0
	var out []*registerCall
	pos := 0
	var zombies []*cl
	apply := func(c *cl) {
		c.done = true
		k := c.c
		switch k.op.F {
		case "read":
			k.to = val
			c.res = true
			if val == 0 { c.res = false }
		case "write":
			val = k.to
			c.res = true
		case "cas":
			if val == k.from { val = k.to; c.res = true }
		}
	}
	for len(out) < n {
		pos++
		i := rng.IntN(clients)
		if len(zombies) > 0 && rng.IntN(200) == 0 {
			j := rng.IntN(len(zombies))
			apply(zombies[j])
			zombies = append(zombies[:j], zombies[j+1:]...)
		}
		c := cur[i]
		switch {
		case c == nil:
			k := &registerCall{op: history.Op{F: []string{"read", "read", "read", "write", "cas", "cas"}[rng.IntN(6)]}, began: pos, ended: never, from: 1 + rng.IntN(5), to: 1 + rng.IntN(5)}
			cur[i] = &cl{c: k}
		case !c.done && c.c.op.F != "read" && rng.Float64() < info:
			out = append(out, c.c)
			zombies = append(zombies, c)
			cur[i] = nil
		case !c.done:
			apply(c)
		default:
			if c.res {
				c.c.ended = pos
				out = append(out, c.c)
			}
			cur[i] = nil
		}
	}
	for _, c := range cur {
		if c != nil && c.c.op.F != "read" { out = append(out, c.c) }
	}
	if bad {
		for x := 0; x < len(out)/50; x++ {
			c := out[rng.IntN(len(out))]
			if c.op.F == "read" { c.to = 1 + c.to%5 }
		}
	}
	if false {
		for {
			c := out[len(out)/2+rng.IntN(len(out)/2)]
			if c.op.F == "read" { c.to = 1 + c.to%5; break }
		}
	}
	return out
}

func TestStress(t *testing.T) {
	for _, n := range []int{100, 300, 1000, 5000} {
		for _, clients := range []int{4, 10, 30} {
			for _, info := range []float64{0, 0.02, 0.1} {
				for _, bad := range []bool{true} {
for seed := range uint64(4) {
					rng := rand.New(rand.NewPCG(uint64(n)+seed*77, uint64(clients)))
					calls := gen(rng, n, clients, info, bad)
					inf := 0
					for _, c := range calls { if c.ended == never { inf++ } }
					r := &registerHistory{calls: calls}
					b := time.Now()
					var m0, m1 runtime.MemStats
					runtime.ReadMemStats(&m0)
					full := (&search{2_000_000}).judge(null, calls)
w, v := r.judge(2_000_000)
					runtime.ReadMemStats(&m1)
					fmt.Println(n, clients, info, "infos", inf, bad, full, v, w, len(w.calls(calls)), time.Since(b), (m1.TotalAlloc-m0.TotalAlloc)>>20, m1.HeapSys>>20)
}
				}
			}
		}
	}
}
