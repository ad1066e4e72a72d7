package control_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/control"
)

func TestObservation(t *testing.T) {
	details := []slog.Attr{slog.Int("x", 7)}
	for _, c := range []struct {
		kind     control.Kind
		holds    bool
		want     string
		violates bool
	}{
		{control.Always, true, `always "p" holds: {"x":7}`, false},
		{control.Always, false, `always "p" does not hold: {"x":7}`, true},
		{control.Sometimes, true, `sometimes "p" holds: {"x":7}`, false},
		{control.Sometimes, false, `sometimes "p" does not hold: {"x":7}`, false},
		{control.Reachable, true, `reachable "p" was reached: {"x":7}`, false},
		{control.Unreachable, true, `unreachable "p" was reached: {"x":7}`, true},
		{control.Extremes, false, `extremes "p": 1.5`, false},
	} {
		o := control.Observation{Property: control.Property{Kind: c.kind, Name: "p"}, Holds: c.holds, Value: 1.5, Details: details}
		require.True(t, c.kind.Known())
		require.Equal(t, c.want, o.String())
		require.Equal(t, c.violates, o.Violates(), c.want)
	}
	require.False(t, control.Kind("never").Known())
}
