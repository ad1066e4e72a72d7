package harness

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/check"
	"glomers/node"
)

// claims registers an echo node that answers as it should, and whose count of requests goes beyond what it believes.
func claims(n *node.Node) {
	few := node.Always(n, "there are at most 4 requests")
	positive := node.Always(n, "there is a request")
	node.Always(n, "nobody checks this")
	third, hundredth := node.Sometimes(n, "the third request"), node.Sometimes(n, "the thousandth request")
	answered, lost := node.Reachable(n, "an answer"), node.Unreachable(n, "nothing to answer")
	size := node.Extremes(n, "requests")
	requests := 0
	onEcho(n, func() {
		requests++
		few.Check(requests <= 4, slog.Int("requests", requests))
		positive.Check(requests > 0)
		third.Check(requests == 3, slog.String("id", n.ID()))
		hundredth.Check(requests == 1000)
		answered.Reach()
		if requests == 0 {
			lost.Reach()
		}
		size.See(float64(requests))
	})
}

// requireClaims checks what is seen of claims. least is by what counts may be divided.
func requireClaims(t *testing.T, res Result, least int) {
	t.Helper()
	require.Equal(t, check.Invalid, res.Valid, "though every echo is right")
	require.Equal(t, check.Valid, res.Workload.Verdict())
	require.Len(t, res.Reasons, 1)
	require.Regexp(t, `^always "there are at most 4 requests" did not hold at n\d after \d+\.\d{3} s \(\d+ in all\)\n\{"requests":5\}$`, res.Reasons[0])
	var names []string
	of := make(map[string]Property)
	for _, p := range res.Properties {
		names = append(names, p.Kind+": "+p.Name)
		of[p.Name] = p
	}
	require.Equal(t, []string{
		"always: nobody checks this", "always: there are at most 4 requests", "always: there is a request",
		"sometimes: the third request", "sometimes: the thousandth request",
		"reachable: an answer", "unreachable: nothing to answer", "extremes: requests",
	}, names)

	ops := res.Stats.Count
	require.Greater(t, ops, 15)
	always := of["there is a request"]
	require.Zero(t, always.Failed)
	require.LessOrEqual(t, always.Held, ops)
	require.Greater(t, always.Held, ops/least-1)
	require.Equal(t, []string{"n0", "n1", "n2"}, always.Nodes)
	require.Equal(t, always.Held, of["an answer"].Held)
	require.Len(t, of["there are at most 4 requests"].Violations, maxViolations)
	third := of["the third request"]
	require.Equal(t, 3, third.Held, "once at each node")
	require.JSONEq(t, fmt.Sprintf(`{"id":%q}`, third.First.Node), string(third.First.Details))
	require.Positive(t, third.First.Time)
	size := of["requests"]
	require.EqualValues(t, 1, size.Smallest.Value)
	require.Greater(t, size.Largest.Value, 4.0)
	require.Less(t, size.Smallest.Time, size.Largest.Time)

	var never []string
	for _, p := range res.Properties {
		if !p.Happened() {
			never = append(never, p.Never())
		}
	}
	require.Equal(t, []string{`never checked: always "nobody checks this"`, `never true: sometimes "the thousandth request"`}, never)
}

// A violation makes a run invalid that the checker of its workload finds valid: of nodes in this process, and of processes.
func TestProperties(t *testing.T) {
	t.Parallel()
	t.Run("in process", func(t *testing.T) {
		t.Parallel()
		test := quick("echo", InProcess(claims))
		test.Store = t.TempDir()
		res := virtually(t, test)
		requireClaims(t, res, 1)
		text, err := os.ReadFile(filepath.Join(res.Dir, "results.json"))
		require.NoError(t, err)
		var read struct{ Properties Properties }
		require.NoError(t, json.Unmarshal(text, &read))
		for i := range read.Properties { // the file is indented
			for _, s := range append([]*Sighting{read.Properties[i].First}, pointers(read.Properties[i].Violations)...) {
				if s != nil && s.Details != nil {
					s.Details = json.RawMessage(strings.Join(strings.Fields(string(s.Details)), ""))
				}
			}
		}
		require.Equal(t, res.Properties, read.Properties)
		edn, err := os.ReadFile(filepath.Join(res.Dir, "results.edn"))
		require.NoError(t, err)
		require.Regexp(t, `:properties \{:valid\? false\}`, string(edn))

		again := virtually(t, test)
		require.Equal(t, res.Properties, again.Properties, "the same seed gives the same")
		require.Equal(t, res.Hash, again.Hash)
	})
	for _, inVirtual := range []bool{false, true} {
		t.Run(fmt.Sprintf("processes, virtual time %v", inVirtual), func(t *testing.T) {
			t.Parallel()
			test := quick("echo", program(t, "claims"))
			test.Virtual = inVirtual
			res, err := Run(t.Context(), test)
			require.NoError(t, err)
			requireClaims(t, res, 2)
			without := test
			without.Program = program(t, "echo")
			plain, err := Run(t.Context(), without)
			require.NoError(t, err)
			require.Equal(t, check.Valid, plain.Valid, plain.Reasons)
			require.Empty(t, plain.Properties)
			if inVirtual {
				require.Equal(t, plain.Hash, res.Hash, "what a node tells of its properties is no message")
			}
		})
	}
}

func pointers(all []Sighting) (ps []*Sighting) {
	for i := range all {
		ps = append(ps, &all[i])
	}
	return ps
}

// A message to the service properties that is not one breaks the run, and says what is wrong.
func TestMalformedProperty(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), quick("echo", program(t, "say", `{"src":"n0","dest":"properties","body":{"type":"observe","kind":"rarely","name":"\u001b[31m"}}`)))
	require.ErrorContains(t, err, `sent the service properties a message that it does not understand, because the kind of a property is "rarely": want always`)
	require.ErrorContains(t, err, "docs/properties.md")
	require.NotContains(t, err.Error(), "\x1b")
	require.Equal(t, BadLine, res.ErrorKind)
}

func TestHear(t *testing.T) {
	t.Parallel()
	port := &Port{id: "n1"}
	b := newPropertyBook()
	for text, want := range map[string]string{
		`{"type":"declare"}`: "it declares no properties",
		`{"type":"declare","properties":[{"kind":"always"}]}`: `the name of a property is "": want 1 to 200 bytes`,
		`{"type":"declare","properties":{}}`:                  "cannot unmarshal object",
		`{"type":"forget"}`:                                   `its type is "forget": want declare or observe`,
		`{}`:                                                  `its type is ""`,
		`{"type":"observe","kind":"always","name":"a"}`:       "always has the field holds",
		`{"type":"observe","kind":"reachable","name":"a","holds":true}`:                             "reachable has no field holds",
		`{"type":"observe","kind":"reachable","name":"a","count":0}`:                                "its count is 0: want at least 1",
		`{"type":"observe","kind":"reachable","name":"a","details":[]}`:                             "its details are not an object",
		`{"type":"observe","kind":"reachable","name":"` + strings.Repeat("x", 201) + `"}`:           `xxx…": want 1 to 200 bytes`,
		`{"type":"observe","kind":"reachable","name":"a","details":{"x":"` + longText(5000) + `"}}`: "its details have 5.01 kB: want at most 4.1 kB",
		`{"type":"observe","kind":"extremes","name":"a","smallest":1}`:                              "extremes have the fields smallest and largest",
		`{"type":"observe","kind":"extremes","name":"a","smallest":1e999,"largest":1}`:              "cannot unmarshal number",
	} {
		require.ErrorContains(t, b.hear(port, 0, json.RawMessage(text)), want)
	}
	require.Empty(t, b.close(), "nothing of that counts")

	b = newPropertyBook()
	hear := func(port *Port, at time.Duration, text string) {
		require.NoError(t, b.hear(port, at, json.RawMessage(text)))
	}
	hear(port, 1, `{"type":"declare","properties":[{"kind":"sometimes","name":"s"}]}`)
	hear(port, 2, `{"type":"observe","kind":"sometimes","name":"s","holds":true}`)
	hear(port, 3, `{"type":"observe","kind":"sometimes","name":"s","holds":true,"count":8}`)
	hear(port, 4, `{"type":"observe","kind":"sometimes","name":"s","holds":true,"count":5}`) // late
	hear(&Port{id: "n1"}, 5, `{"type":"observe","kind":"sometimes","name":"s","holds":true,"count":2}`)
	hear(port, 6, `{"type":"observe","kind":"unreachable","name":"u","details":{"x":1}}`) // not declared
	require.Equal(t, Properties{
		{Kind: "sometimes", Name: "s", Held: 10, Nodes: []string{"n1"}, First: &Sighting{Node: "n1", Time: 2}},
		{
			Kind: "unreachable", Name: "u", Held: 1, Nodes: []string{"n1"}, First: &Sighting{Node: "n1", Time: 6, Details: json.RawMessage(`{"x":1}`)},
			Violations: []Sighting{{Node: "n1", Time: 6, Details: json.RawMessage(`{"x":1}`)}},
		},
	}, b.close())
	hear(port, 7, `{"type":"observe","kind":"sometimes","name":"s","holds":true,"count":99}`)
	require.Equal(t, 10, b.close()[0].Held, "the run is over")

	var many []string
	for i := range 1001 {
		many = append(many, fmt.Sprintf(`{"kind":"reachable","name":"%d"}`, i))
	}
	require.ErrorContains(t, newPropertyBook().hear(port, 0, json.RawMessage(`{"type":"declare","properties":[`+strings.Join(many, ",")+`]}`)), "which are 1000")
}

func longText(n int) string { return strings.Repeat("x", n) }

// Nodes in this process that act at the same instant may do so in any order.
func TestSightingsInAnyOrder(t *testing.T) {
	t.Parallel()
	var want Property
	rng := rand.New(rand.NewPCG(1, 1))
	for round := range 20 {
		p := Property{Kind: "always", Name: "a"}
		for _, i := range rng.Perm(12) {
			s := Sighting{Node: fmt.Sprint("n", i%3), Time: time.Duration(i / 3)}
			p.see(s, i%2 == 0, 1)
			p.measure(Extreme{Value: float64(i % 2), Node: s.Node, Time: s.Time})
		}
		if round == 0 {
			want = p
			require.Equal(t, []Sighting{{Node: "n1"}, {Node: "n0", Time: 1}, {Node: "n2", Time: 1}}, p.Violations)
			require.Equal(t, Sighting{Node: "n0"}, *p.First)
			require.Equal(t, Extreme{0, "n0", 0}, *p.Smallest)
			require.Equal(t, Extreme{1, "n1", 0}, *p.Largest)
		}
		require.Equal(t, want, p)
	}
}
