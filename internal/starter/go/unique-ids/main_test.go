package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node/nodetest"
)

func TestIDsNameTheirNode(t *testing.T) {
	c := nodetest.Start(t, serve, "n1", "n2")
	first := nodetest.Request[generated](c, "generate", struct{}{})
	second := nodetest.Request[generated](c, "generate", struct{}{})
	require.NotEqual(t, first.ID, second.ID)
	require.Contains(t, first.ID, "n1-")
}
