package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/node/nodetest"
)

func TestEcho(t *testing.T) {
	c := nodetest.Start(t, serve)
	for _, test := range []struct{ name, fields string }{
		{"string", `,"echo":"Please echo 35"`},
		{"integer above 2^53", `,"echo":9007199254740993`},
		{"digits of a fraction", `,"echo":1.10000000000000000000001e-7`},
		{"object", `,"echo":{"b":[1,null,"ü\n"],"a":{}}`},
		{"null", `,"echo":null`},
		{"none", ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			c.Deliver(`{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2` + test.fields + `}}`)
			require.Equal(t, `{"type":"echo_ok","in_reply_to":2`+test.fields+`}`, string(c.Expect("c1", "echo_ok").Body))
		})
	}
}
