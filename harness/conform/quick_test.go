package conform

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Quick finds what the same checks find one by one, and ends with the first failure.
func TestQuick(t *testing.T) {
	t.Parallel()
	for _, mode := range append([]string{sound}, quickChecks...) {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			o := brokenNode(t, mode)
			o.Workload, o.Timeout = "echo", 30*time.Second
			results, err := Quick(t.Context(), o)
			require.NoError(t, err)
			for i, r := range results {
				require.Equal(t, quickChecks[i], r.Name)
				if r.Name != mode {
					require.Equal(t, Passed, r.Status, r.Reason)
				}
			}
			last := results[len(results)-1]
			if mode == sound {
				require.Len(t, results, len(quickChecks))
				return
			}
			require.Equal(t, mode, last.Name)
			require.Equal(t, Failed, last.Status)
			require.Contains(t, last.Reason, expected[mode].reason)
			require.Contains(t, last.Explanation(), "FAIL "+mode)
		})
	}
}

func TestQuickFails(t *testing.T) {
	t.Parallel()
	o := brokenNode(t, sound)
	o.Workload = "nosuch"
	_, err := Quick(t.Context(), o)
	require.ErrorContains(t, err, "nosuch")

	o.Workload = "echo"
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = Quick(ctx, o)
	require.ErrorIs(t, err, context.Canceled)

	o.Path += "-nosuch"
	_, err = Quick(t.Context(), o)
	require.ErrorContains(t, err, "start the node")
}

func TestSenseOf(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]Sense{restful: SenseOfRest, sound: SenseUnaware, "unknown-survived": SenseNone} {
		o := brokenNode(t, mode)
		o.Timeout = 30 * time.Second
		sense, err := SenseOf(t.Context(), o)
		require.NoError(t, err)
		require.Equal(t, want, sense, mode)
	}
}
