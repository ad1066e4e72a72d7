package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/internal/control"
	"glomers/node"
)

// noted has the observations of a node, as text.
type noted []string

func (o *noted) add(ob control.Observation) {
	text, _ := json.Marshal(map[string]any{"p": ob.Property, "holds": ob.Holds, "value": ob.Value, "violates": ob.Violates(), "details": control.DetailsJSON(ob.Details)})
	*o = append(*o, string(text))
}

// A listener gets every observation, and knows before what is declared.
func TestListen(t *testing.T) {
	n := node.New(node.Options{Transport: node.NewMem(func([]byte) {})})
	always, sometimes := node.Always(n, "a"), node.Sometimes(n, "s")
	reachable, unreachable := node.Reachable(n, "r"), node.Unreachable(n, "u")
	extremes := node.Extremes(n, "e")
	require.Equal(t, []control.Property{
		{Kind: control.Always, Name: "a"},
		{Kind: control.Sometimes, Name: "s"},
		{Kind: control.Reachable, Name: "r"},
		{Kind: control.Unreachable, Name: "u"},
		{Kind: control.Extremes, Name: "e"},
	}, control.Properties(n))

	always.Check(false) // nobody listens
	require.False(t, always.Watched())
	var got noted
	control.Listen(n, got.add)
	require.True(t, always.Watched())
	always.Check(true)
	always.Check(false, slog.Int("x", 1))
	sometimes.Check(false)
	sometimes.Check(true)
	reachable.Reach()
	unreachable.Reach(slog.String("why", "odd"))
	for _, v := range []float64{-2.5, math.NaN(), math.Inf(1)} {
		extremes.See(v)
	}
	require.Equal(t, []string{
		`{"details":null,"holds":true,"p":{"kind":"always","name":"a"},"value":0,"violates":false}`,
		`{"details":{"x":1},"holds":false,"p":{"kind":"always","name":"a"},"value":0,"violates":true}`,
		`{"details":null,"holds":false,"p":{"kind":"sometimes","name":"s"},"value":0,"violates":false}`,
		`{"details":null,"holds":true,"p":{"kind":"sometimes","name":"s"},"value":0,"violates":false}`,
		`{"details":null,"holds":true,"p":{"kind":"reachable","name":"r"},"value":0,"violates":false}`,
		`{"details":{"why":"odd"},"holds":true,"p":{"kind":"unreachable","name":"u"},"value":0,"violates":true}`,
		`{"details":null,"holds":false,"p":{"kind":"extremes","name":"e"},"value":-2.5,"violates":false}`,
	}, []string(got))
}

// A machine without a node has properties that say nothing.
func TestPropertiesOfNobody(*testing.T) {
	var (
		claim    *node.Claim
		point    *node.Point
		quantity *node.Quantity
	)
	if claim.Watched() {
		panic("by nobody")
	}
	claim.Check(false, slog.Int("x", 1))
	point.Reach()
	quantity.See(1)
}

func TestDeclarations(t *testing.T) {
	mem := node.NewMem(func([]byte) {})
	n := node.New(node.Options{Transport: mem})
	node.Always(n, "a")
	for want, declare := range map[string]func(){
		`two properties are called "a"`:                   func() { node.Sometimes(n, "a") },
		`a property is called "": want 1 to 200 bytes`:    func() { node.Always(n, "") },
		`a property is called "\xff": want 1 to 200 byte`: func() { node.Always(n, "\xff") },
		`want 1 to 200 bytes`:                             func() { node.Reachable(n, strings.Repeat("x", 201)) },
	} {
		require.PanicsWithValue(t, panicWith(want), func() { rethrow(declare, want) })
	}
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	mem.CloseInput()
	require.NoError(t, <-ended)
	require.Panics(t, func() { node.Always(n, "late") }, "the catalogue is told when the node begins")

	full := node.New(node.Options{Transport: mem})
	for i := range control.MaxProperties {
		node.Reachable(full, strings.Repeat("x", i/100+1)+strings.Repeat("y", i%100))
	}
	require.Panics(t, func() { node.Reachable(full, "one more") })
}

type panicWith string

// rethrow turns a panic whose text contains want into that.
func rethrow(f func(), want string) {
	defer func() {
		if text, _ := recover().(string); strings.Contains(text, want) {
			panic(panicWith(want))
		}
	}()
	f()
}

// Details become a JSON object of bounded size, whatever they are.
func TestDetails(t *testing.T) {
	type pair struct{ A, B int }
	for want, details := range map[string][]slog.Attr{
		`{"n":7,"s":"a\"b","b":true,"f":1.5}`:                {slog.Int("n", 7), slog.String("s", `a"b`), slog.Bool("b", true), slog.Float64("f", 1.5)},
		`{"d":"1.5s","nan":"NaN","err":"odd"}`:               {slog.Duration("d", 1500*time.Millisecond), slog.Float64("nan", math.NaN()), slog.Any("err", errors.New("odd"))},
		`{"p":{"A":1,"B":2},"g":{"x":1},"none":{},"z":null}`: {slog.Any("p", pair{1, 2}), slog.Group("g", slog.Int("x", 1)), slog.Group("none"), slog.Any("z", nil)},
	} {
		require.Equal(t, want, string(control.DetailsJSON(details)))
	}
	require.Nil(t, control.DetailsJSON(nil))
	require.True(t, json.Valid(control.DetailsJSON([]slog.Attr{slog.Any("f", func() {})})), "a function has no JSON")
	long := control.DetailsJSON([]slog.Attr{slog.String("s", strings.Repeat("ä", 5000))})
	require.Less(t, len(long), control.MaxDetails)
	require.Contains(t, string(long), `"cut":"{\"s\":\"ää`)
	require.True(t, json.Valid(long))
}

// watchedNode runs a node that is a process, as far as it knows, whose harness wants to know of its properties. It returns what the node
// writes before the line in which last occurs, this line included.
func watchedNode(t *testing.T, register func(n *node.Node), last string, lines ...string) []string {
	t.Helper()
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	n := node.New(node.Options{Logger: slog.New(slog.DiscardHandler)})
	n.Stdin, n.Stdout = inRead, outWrite
	register(n)
	ended := make(chan error, 1)
	go func() { ended <- n.Run() }()
	go func() {
		for _, line := range lines {
			_, _ = io.WriteString(inWrite, line+"\n") // the node reads all, or has failed the test
		}
	}()
	var got []string
	decode := json.NewDecoder(outRead)
	for {
		var line json.RawMessage
		require.NoError(t, decode.Decode(&line))
		if !strings.Contains(string(line), `"dest":"c1"`) {
			got = append(got, string(line))
		}
		if strings.Contains(string(line), last) {
			break
		}
	}
	require.NoError(t, inWrite.Close())
	require.NoError(t, <-ended)
	return got
}

const initLine = `{"src":"c1","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}`

// checked is a node that checks its properties 9 times.
func checked(n *node.Node) {
	always, sometimes := node.Always(n, "a < b"), node.Sometimes(n, `rare "x"`)
	reached, size := node.Reachable(n, "here"), node.Extremes(n, "size")
	reached.Reach() // before the node has a name
	node.HandleRPC(n, "check", func(context.Context, struct{}) (struct{}, error) {
		for i := range 9 {
			always.Check(i != 3, slog.Int("i", i))
			sometimes.Check(i == 5)
			size.See(float64(i * i))
		}
		return struct{}{}, nil
	})
}

// A process tells of its properties only if it is asked to, and it tells news only.
func TestNews(t *testing.T) {
	want := []string{
		`{"src":"n1","dest":"properties","body":{"type":"declare","properties":[{"kind":"always","name":"a \u003c b"},{"kind":"sometimes","name":"rare \"x\""},` +
			`{"kind":"reachable","name":"here"},{"kind":"extremes","name":"size"}]}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"reachable","name":"here","count":1}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"always","name":"a \u003c b","holds":true,"count":1,"details":{"i":0}}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"sometimes","name":"rare \"x\"","holds":false,"count":1}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"always","name":"a \u003c b","holds":true,"count":2,"details":{"i":1}}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"sometimes","name":"rare \"x\"","holds":false,"count":2}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"always","name":"a \u003c b","holds":false,"count":1,"details":{"i":3}}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"sometimes","name":"rare \"x\"","holds":false,"count":4}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"always","name":"a \u003c b","holds":true,"count":4,"details":{"i":4}}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"sometimes","name":"rare \"x\"","holds":true,"count":1}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"always","name":"a \u003c b","holds":true,"count":8,"details":{"i":8}}}`,
		`{"src":"n1","dest":"properties","body":{"type":"observe","kind":"sometimes","name":"rare \"x\"","holds":false,"count":8}}`,
	}
	extremes := `{"src":"n1","dest":"properties","body":{"type":"observe","kind":"extremes","name":"size","smallest":0,"largest":64}}`
	check := `{"src":"c1","dest":"n1","body":{"type":"check","msg_id":2}}`

	t.Setenv("GLOMERS_PROPERTIES", "")
	require.Empty(t, watchedNode(t, checked, "check_ok", initLine, check))

	t.Setenv("GLOMERS_PROPERTIES", "1")
	require.Equal(t, append(slices.Clone(want), extremes), watchedNode(t, checked, "largest", initLine, check))
	none := func(n *node.Node) {
		node.HandleRPC(n, "check", func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
	}
	require.Empty(t, watchedNode(t, none, "check_ok", initLine, check), "nothing is declared")

	t.Setenv("GLOMERS_CLOCK", "virtual")
	idle := `{"src":"clock","dest":"n1","now":5,"body":{"type":"idle","msg_id":1}}`
	got := watchedNode(t, checked, "idle_ok", initLine, check, idle)
	got = slices.DeleteFunc(got, func(line string) bool { return strings.Contains(line, `"sleep"`) })
	require.Equal(t, append(slices.Clone(want), extremes, `{"src":"n1","dest":"clock","body":{"type":"idle_ok","in_reply_to":1}}`), got,
		"all is told before the node is at rest")
}
