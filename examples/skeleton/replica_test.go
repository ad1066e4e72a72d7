package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNodesShareTheIntegers(t *testing.T) {
	nodes := []string{"a", "b", "c"}
	var got []int64
	for _, id := range nodes {
		r := newReplica(id, nodes)
		got = append(got, r.next(), r.next())
	}
	require.Equal(t, []int64{0, 3, 1, 4, 2, 5}, got)
}
