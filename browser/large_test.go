package browser

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
)

// The report of 200,000 messages opens, and draws each of them.
func TestLargeReport(t *testing.T) {
	dir, res := simulate(t, harness.Test{
		Workload: "unique-ids", Program: baseline(t, "oracle-ids"), NodeCount: 25, Rate: 2500, TimeLimit: 21 * time.Second, Seed: 1,
	})
	require.Greater(t, res.Net.All.Messages, 200_000)
	p := open(t, launch(t), report(dir), look{})
	p.ready()
	require.Equal(t, res.Net.All.Messages, eval[int](p, `spy.run.messages.count`))
	require.Equal(t, res.Net.All.Messages, p.shown())
	require.True(t, eval[bool](p, `spy.drawn.dense`))
	p.enter(`#diagram input[type="text"]`, "1000")
	p.wait(`spy.scene.marks && document.querySelector("#diagram .view-note").textContent.includes("Carrying 1000")`)
	require.False(t, eval[bool](p, `spy.drawn.dense`), "it shows the few that carry the value")
	p.calm()
}
