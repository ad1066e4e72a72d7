package puresim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQueue(t *testing.T) {
	var q Queue
	var happened []string
	note := func(what string) func() {
		return func() { happened = append(happened, fmt.Sprint(what, " at ", q.Now())) }
	}
	q.At(2*time.Second, note("late"))
	q.At(time.Second, note("first"))
	q.At(time.Second, func() {
		note("second")()
		q.At(q.Now(), note("fourth"))
	})
	q.At(time.Second, note("third"))
	q.At(3*time.Second, note("never"))
	require.Zero(t, q.Now())

	q.Run(time.Second - 1)
	require.Empty(t, happened)
	require.Equal(t, time.Second-1, q.Now())

	q.Run(time.Second)
	require.Equal(t, []string{"first at 1s", "second at 1s", "third at 1s", "fourth at 1s"}, happened)

	happened = nil
	q.Run(2500 * time.Millisecond)
	require.Equal(t, []string{"late at 2s"}, happened)
	require.Equal(t, 2500*time.Millisecond, q.Now())
}
