package harness

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A client remembers messages that came in place of its reply, and forgets them when the reply comes.
func TestUnmatched(t *testing.T) {
	t.Parallel()
	var got []reply
	c := &client{id: "c3", node: "n1", answer: func(a reply) { got = append(got, a) }}
	c.receive(1, []byte(`{"in_reply_to":7}`)) // it waits for nothing
	require.Empty(t, c.ignored)

	c.waiting = 5
	for body, problem := range map[string]string{
		`{"type":"x"}`:             "it has no in_reply_to",
		`{"In_Reply_To":5}`:        "it has no in_reply_to",
		`{"in_reply_to":4}`:        "its in_reply_to is that of an earlier request",
		`{"in_reply_to":6}`:        "its in_reply_to is not a msg_id that the client has used",
		`{"in_reply_to":-5}`:       "its in_reply_to is not a msg_id that the client has used",
		`{"in_reply_to":"5"}`:      "its in_reply_to is a string, not an integer",
		`{"in_reply_to":5.0}`:      "its in_reply_to is a float, not an integer",
		`{"in_reply_to":5e0}`:      "its in_reply_to is a float, not an integer",
		`{"in_reply_to":null}`:     "its in_reply_to is null, not an integer",
		`{"in_reply_to":{"id":5}}`: "its in_reply_to is an object, not an integer",
	} {
		c.ignored = nil
		c.receive(2*time.Second, []byte(body))
		require.Equal(t, []Unmatched{{Node: "n1", Problem: problem, Count: 1, Client: "c3", Time: 2 * time.Second, Example: body}}, c.ignored)
	}
	require.Empty(t, got)
	c.receive(3, []byte(`{"in_reply_to":5}`))
	require.Len(t, got, 1)
	require.Zero(t, c.waiting)

	u := Unmatched{Node: "n1", Problem: "odd", Count: 3, Client: "c3", Time: 1500 * time.Millisecond, Example: `{}`}
	require.Equal(t, "n1 did answer, but not in a way that a client can match with its request: odd; there were 3 such, the first to c3 at 1.500 s: {}", u.String())
}

// With any number of kinds, the list is short; it keeps the first of each kind.
func TestUnmatchedIsBounded(t *testing.T) {
	t.Parallel()
	var l unmatchedList
	for i := range 1000 {
		l.add([]Unmatched{{Node: fmt.Sprint("n", i%20), Count: 1, Time: time.Duration(i)}})
	}
	require.Len(t, l, maxUnmatched)
	for i, u := range l {
		require.Equal(t, Unmatched{Node: fmt.Sprint("n", i), Count: 50, Time: time.Duration(i)}, u)
	}
}
