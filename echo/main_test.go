package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

func TestEcho(t *testing.T) {
	lines := make(chan []byte, 1)
	mem := node.NewMem(func(line []byte) { lines <- line })
	n := node.New(node.Options{Transport: mem})
	serve(n)
	ended := make(chan error)
	go func() { ended <- n.Run() }()
	mem.Deliver([]byte(`{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`))
	<-lines

	for _, c := range []struct{ name, fields string }{
		{"string", `,"echo":"Please echo 35"`},
		{"integer above 2^53", `,"echo":9007199254740993`},
		{"digits of a fraction", `,"echo":1.10000000000000000000001e-7`},
		{"object", `,"echo":{"b":[1,null,"ü\n"],"a":{}}`},
		{"null", `,"echo":null`},
		{"none", ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			mem.Deliver([]byte(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2` + c.fields + `}}`))
			require.Equal(t, `{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":2`+c.fields+`}}`, string(<-lines))
		})
	}

	mem.CloseInput()
	require.NoError(t, <-ended)
}
