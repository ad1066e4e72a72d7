package main

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPlansAreValid(t *testing.T) {
	for _, budget := range budgets {
		require.NoError(t, newPlan(budget).validate(), budget)
	}
	rapid.Check(t, func(t *rapid.T) {
		budget := time.Duration(rapid.Int64Range(1, int64(1000*time.Hour)).Draw(t, "budget"))
		require.NoError(t, newPlan(budget).validate())
	})
}

// Retries that would send again what has arrived are refused, as are times beyond what a Duration can hold.
func TestBrokenPlansAreRefused(t *testing.T) {
	for _, budget := range budgets {
		for name, breakIt := range map[string]func(p *plan){
			"hub's retry":  func(p *plan) { p.hub.retry = 2*hop + p.leaf.ack },
			"leaf's retry": func(p *plan) { p.leaf.retry = 2*hop + p.hub.ack },
			"hub's ack":    func(p *plan) { p.hub.ack = p.leaf.retry - 2*hop },
			"leaf's ack":   func(p *plan) { p.leaf.ack = p.hub.retry - 2*hop },
			"no ack":       func(p *plan) { p.leaf.ack = -1 },
		} {
			p := newPlan(budget)
			breakIt(&p)
			require.ErrorContains(t, p.validate(), "want each retry above", "%v: %s", budget, name)
		}
	}
	for _, budget := range []time.Duration{math.MaxInt64, math.MaxInt64 - time.Second} {
		require.Error(t, newPlan(budget).validate())
	}
}
