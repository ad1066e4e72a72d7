package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node/nodetest"
)

func TestEchoIsTheSame(t *testing.T) {
	c := nodetest.Start(t, serve, "n1")
	for _, value := range []string{`"hello"`, `9007199254740993`, `{"a":[1,null]}`} {
		reply := nodetest.Request[echo](c, "echo", echo{[]byte(value)})
		require.Equal(t, value, string(reply.Echo))
	}
}
