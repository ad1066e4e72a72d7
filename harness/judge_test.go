package harness

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/workload"
)

// A saved history is judged as it was in the run.
func TestJudge(t *testing.T) {
	t.Parallel()
	test := quick("echo", InProcess(registerEcho))
	test.Store = t.TempDir()
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	h, err := history.ReadFile(filepath.Join(res.Dir, "history.jsonl"))
	require.NoError(t, err)
	w, err := workload.New("echo", workload.Options{})
	require.NoError(t, err)

	j, err := Judge(w, h, "total")
	require.NoError(t, err)
	want, err := json.Marshal(res.Judgement)
	require.NoError(t, err)
	got, err := json.Marshal(j)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(got))

	h[len(h)-1].Value = json.RawMessage(`"something else"`)
	j, err = Judge(w, h, "total")
	require.NoError(t, err)
	require.Equal(t, check.Invalid, j.Valid)
	require.Len(t, j.Reasons, 1)

	_, err = Judge(w, h, "most")
	require.ErrorContains(t, err, `harness: check: availability "most"`)
}

func TestCustomWorkload(t *testing.T) {
	t.Parallel()
	test := quick("", InProcess(registerEcho))
	test.Store = t.TempDir()
	test.Custom = func(o workload.Options) (workload.Workload, error) {
		require.Equal(t, []string{"n0", "n1", "n2"}, o.Nodes)
		require.Equal(t, 3, o.Workers)
		require.NotNil(t, o.Rand)
		return workload.New("echo", o)
	}
	res, err := Run(t.Context(), test)
	require.NoError(t, err)
	require.Equal(t, check.Valid, res.Valid, res.Reasons)
	require.Equal(t, "custom", filepath.Base(filepath.Dir(res.Dir)))

	test.Custom = func(workload.Options) (workload.Workload, error) { return nil, errors.New("no such luck") }
	_, err = Run(t.Context(), test)
	require.EqualError(t, err, "harness: no such luck")
}
