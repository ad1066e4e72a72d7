package explore_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/baselines"
	"glomers/harness/choice"
	"glomers/harness/explore"
	"glomers/node"
)

// failing is a scope, and decisions with which an execution of it fails.
var (
	failing          = explore.Scope{Program: mutant("broadcast-no-retry"), Workload: "broadcast", Given: values, Losses: 1}
	failingDecisions = decisions("7.4")
)

func decisions(text string) choice.List {
	d, err := choice.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// A view has the same actions and the same verdict as the execution.
func TestLook(t *testing.T) {
	t.Parallel()
	e, err := explore.Replay(failing, failingDecisions)
	require.NoError(t, err)
	v, err := explore.Look(failing, failingDecisions, -1)
	require.NoError(t, err)
	require.Equal(t, "7.4", v.Decisions)
	require.Equal(t, 10, v.At)
	for i, s := range e.Steps[:v.At] { // operations of the end follow
		require.Equal(t, s.Text, v.Actions[i].Text)
		require.Equal(t, s.Kind.String(), v.Actions[i].Kind)
		require.Len(t, v.Actions[i].Sent, len(s.Sent))
	}
	require.Equal(t, e.Reasons, v.Reasons)
	require.Equal(t, e.Reasons, v.Here)
	require.Len(t, v.History, len(e.History))
	require.Empty(t, v.Problem)

	v, err = explore.Look(failing, failingDecisions, 7)
	require.NoError(t, err)
	require.Equal(t, e.Reasons, v.Reasons, "of the whole execution")
	require.Empty(t, v.Here, "nothing is lost yet")
	require.Equal(t, 1, v.Budget["lose"])
	require.Equal(t, "lose n0 → n2 "+v.Now.Flight[1].Body, v.Options[4].Text)
	require.True(t, v.Options[4].Fault)
	require.Equal(t, v.Now.Flight[1].Number, v.Options[4].Message)
	require.False(t, v.Options[4].Beyond)
	require.Len(t, v.Before.Flight, 1)
	require.Len(t, v.Now.Flight, 2, "the latest action has delivered one message, and two were sent")
	require.Equal(t, v.Now.Flight[0], v.Actions[6].Sent[0])
	require.Equal(t, []explore.ClientState{{ID: "c0", Node: "n0"}, {ID: "c1", Node: "n1"}, {ID: "c2", Node: "n2", Left: 1}}, v.Now.Clients)
}

// A debugger can do what the scope does not allow. The numbers of other options stay the same.
func TestLookBeyondTheScope(t *testing.T) {
	t.Parallel()
	scope := explore.Scope{Program: baselines.Flooding, Workload: "broadcast", Given: values}
	v, err := explore.Look(scope, nil, 1)
	require.NoError(t, err)
	kinds := map[string]int{}
	for i, o := range v.Options {
		require.Equal(t, i, o.Number)
		if o.Beyond {
			kinds[o.Kind]++
		}
	}
	require.Equal(t, map[string]int{"fire": 1, "lose": 2, "duplicate": 2, "kill": 3, "cut": 3}, kinds)
	number := func(v explore.View, text string) int {
		i := slices.IndexFunc(v.Options, func(o explore.Option) bool { return o.Text == text })
		require.GreaterOrEqual(t, i, 0, text)
		return i
	}
	d := choice.List{0}
	for i, action := range []string{"kill n2", "cut [n0] from [n1 n2]", "start n2"} {
		v, err = explore.Look(scope, d, len(d))
		require.NoError(t, err)
		d = append(d, number(v, action))
		v, err = explore.Look(scope, d, len(d))
		require.NoError(t, err)
		require.Equal(t, action, v.Actions[i+1].Text)
		require.Equal(t, i != 1 && i != 0, v.Now.Nodes[2].Up)
		require.Equal(t, i >= 1, len(v.Now.Cut) == 2)
	}
	require.Equal(t, 2, v.Now.Nodes[2].Lives)
	require.True(t, slices.ContainsFunc(v.Options, func(o explore.Option) bool { return o.Kind == "deliver" && o.Missing }))
	_, err = explore.Look(scope, choice.List{99}, 1)
	require.ErrorContains(t, err, "there are")
}

// What nodes show, their timers and their properties are parts of the state.
func TestLookAtNodes(t *testing.T) {
	t.Parallel()
	program := func(n *node.Node) {
		known := []string{}
		n.Show(func() any { return map[string]any{"known": known} })
		few := node.Always(n, "at most one value is known")
		node.Sometimes(n, "it rains")
		node.HandleRPC(n, "echo", func(_ context.Context, r struct{ Echo string }) (struct{ Echo string }, error) {
			known = append(known, r.Echo)
			few.Check(len(known) < 2, slog.Int("known", len(known)))
			n.Logger().Info("known", "values", len(known))
			n.After(time.Second, func(context.Context) {})
			return r, nil
		})
	}
	scope := explore.Scope{Program: program, Workload: "echo", Nodes: 1, Given: []explore.Op{{F: "echo", Value: "<b>\u202e"}, {F: "echo", Value: "b"}}}
	v, err := explore.Look(scope, nil, 2)
	require.NoError(t, err)
	n := v.Now.Nodes[0]
	require.Contains(t, n.Shows, `\u202e"`, "no sign turns the direction")
	require.NotContains(t, n.Shows, "\u202e")
	require.Equal(t, []string{"1 s", "1 s"}, n.Timers)
	require.Len(t, n.Properties, 2)
	require.Equal(t, "at most one value is known", n.Properties[0].Name)
	require.True(t, n.Properties[0].Violated)
	require.Equal(t, 2, n.Properties[0].Times)
	require.Contains(t, n.Properties[0].Latest, "does not hold")
	require.Zero(t, n.Properties[1].Times)
	require.Len(t, v.Actions[1].Logs, 1)
	require.Contains(t, v.Actions[1].Logs[0], "values=2")
	require.Equal(t, 4, v.Actions[1].Events)

	require.Contains(t, v.Now.Broken, "at most one value is known")
	require.Empty(t, v.Options, "what is violated ends the execution")
	require.Equal(t, []string{v.Now.Broken}, v.Reasons)

	scope.Given = scope.Given[:1]
	v, err = explore.Look(scope, nil, 1)
	require.NoError(t, err)
	require.Equal(t, "end", v.Options[0].Kind)
	fire := v.Options[slices.IndexFunc(v.Options, func(o explore.Option) bool { return o.Kind == "fire" })]
	require.True(t, fire.Beyond)
	v, err = explore.Look(scope, choice.List{0, fire.Number}, -1)
	require.NoError(t, err)
	require.Empty(t, v.Now.Nodes[0].Timers)
	require.Equal(t, "1 s", v.Now.Nodes[0].Clock)
}

// A machine that does not show its state says it in its words.
func TestLookAtAMachine(t *testing.T) {
	t.Parallel()
	program := func(n *node.Node) {
		d := node.Drive(n, "word", func() *words { return &words{} })
		node.HandleRPC(n, "echo", func(_ context.Context, r struct{ Echo string }) (struct{ Echo string }, error) {
			d.Do(func(w *words, _ time.Duration) []node.Envelope[string] { return w.add(r.Echo) })
			return r, nil
		})
	}
	scope := explore.Scope{Program: program, Workload: "echo", Nodes: 1, Given: []explore.Op{{F: "echo", Value: "a"}, {F: "echo", Value: "b"}}}
	for at, want := range []string{"words []", "words [a]", "words [a b]"} {
		v, err := explore.Look(scope, nil, at)
		require.NoError(t, err)
		require.Equal(t, want, v.Now.Nodes[0].Shows)
		require.Empty(t, v.Problem)
	}
}

type words struct{ all []string }

func (w *words) add(word string) []node.Envelope[string] {
	w.all = append(w.all, word)
	return nil
}

func (w *words) Receive(_, word string, _ time.Duration) []node.Envelope[string] { return w.add(word) }

func (w *words) Tick(time.Duration) []node.Envelope[string] { return nil }

func (w *words) Next() time.Duration { return node.Never }

func (w *words) String() string { return fmt.Sprintf("words %v", w.all) }

// A decision in the course of an action is no action.
func TestLookAtChoices(t *testing.T) {
	t.Parallel()
	scope := explore.Scope{Program: baselines.CASCounter, Workload: "g-counter", Seeds: 2, Given: []explore.Op{
		{Client: 0, F: "add", Value: 1}, {Client: 1, F: "add", Value: 2}, {Client: 2, F: "read"},
	}}
	v, err := explore.Look(scope, nil, -1)
	require.NoError(t, err)
	require.Equal(t, []explore.Choice{{Decision: 0, Of: 2, Text: "seed 1"}}, v.Beginning)
	decision := 1
	var some *explore.Choice
	for _, a := range v.Actions {
		require.Equal(t, decision, a.Decision)
		decision++
		for _, c := range a.Choices {
			require.Equal(t, decision, c.Decision)
			decision++
			require.Greater(t, c.Of, 1)
			some = &c
		}
	}
	require.NotNil(t, some, "seq-kv may show an old state")
	require.Equal(t, decision, v.Next)
	d := make(choice.List, some.Decision+1)
	d[0], d[some.Decision] = 1, 1
	v, err = explore.Look(scope, d, 0)
	require.NoError(t, err)
	require.Equal(t, "seed 2", v.Beginning[0].Text)
	require.Equal(t, 1, v.Next)
	require.True(t, slices.ContainsFunc(v.Actions, func(a explore.Action) bool { return len(a.Choices) > 0 && a.Choices[len(a.Choices)-1].Number == 1 }))
}

func TestReach(t *testing.T) {
	t.Parallel()
	r, err := explore.Reach(t.Context(), failing, explore.Pattern{}, time.Minute)
	require.NoError(t, err)
	require.True(t, r.Found, r.Text)
	v, err := explore.Look(failing, decisions(r.Decisions), r.At)
	require.NoError(t, err)
	require.NotEmpty(t, v.Reasons)

	// Value 2 overtakes value 1 on the way to n2, by way of n0 or directly.
	goal := explore.Pattern{First: explore.Event{Kind: "begin", Type: "read", Node: "n2"}, Then: explore.Event{Kind: "deliver", Type: "broadcast"}}
	r, err = explore.Reach(t.Context(), failing, goal, time.Minute)
	require.NoError(t, err)
	require.True(t, r.Found, r.Text)
	v, err = explore.Look(failing, decisions(r.Decisions), r.At)
	require.NoError(t, err)
	places := goal.In(v.Actions)
	require.NotEmpty(t, places)
	require.Equal(t, r.At-1, places[0][1])
	require.Equal(t, "n2", v.Actions[places[0][0]].Node)

	small := failing
	small.Losses, small.Given = 0, values[1:]
	r, err = explore.Reach(t.Context(), small, explore.Pattern{First: explore.Event{Kind: "kill"}}, time.Minute)
	require.NoError(t, err)
	require.False(t, r.Found)
	require.Contains(t, r.Text, "there is none in this scope")
	for _, wrong := range []explore.Pattern{{First: explore.Event{Kind: "explode"}}, {First: explore.Event{Node: "n9"}}, {Then: explore.Event{Kind: "kill"}}} {
		_, err = explore.Reach(t.Context(), failing, wrong, time.Minute)
		require.ErrorContains(t, err, "explore: ")
	}
}
