package rsm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/node"
)

// An answer that takes longer than a retry is right nevertheless, for all reads that had begun before its ask.
func TestLateAnswers(t *testing.T) {
	const retry = 300 * time.Millisecond
	first, second, third := &Request[int, int]{read: true}, &Request[int, int]{read: true}, &Request[int, int]{read: true}
	q := requests[int, int]{life: 7, retryAt: node.Never}
	q.reads = append(q.reads, first)
	require.Equal(t, &Ask{7, 1}, q.asks(0))
	require.Nil(t, q.asks(0), "it is under way")

	q.resend(retry, retry-1)
	require.Equal(t, retry, q.retryAt)
	require.Nil(t, q.asks(retry-1))
	q.reads = append(q.reads, second)
	q.resend(retry, retry)
	require.Equal(t, &Ask{7, 2}, q.asks(retry), "both")
	q.reads = append(q.reads, third)

	q.answered(Index{Ask{6, 1}, 3})
	require.Zero(t, first.index, "that was another life")
	q.answered(Index{Ask{7, 1}, 4})
	require.Equal(t, []uint64{4, 0, 0}, []uint64{first.index, second.index, third.index})
	q.answered(Index{Ask{7, 2}, 5})
	require.Equal(t, []uint64{4, 5, 0}, []uint64{first.index, second.index, third.index})
}

func TestBatches(t *testing.T) {
	q := requests[string, int]{life: 2, retryAt: node.Never}
	a, b := &Request[string, int]{command: "a"}, &Request[string, int]{command: "b"}
	q.writes = append(q.writes, a, b)
	require.Equal(t, &Batch[string]{"n0", 2, 0, []Command[string]{{1, "a"}, {2, "b"}}}, q.batch("n0", 0))
	require.Nil(t, q.batch("n0", 0))
	q.reply(1, 5)
	require.True(t, a.Done)
	q.resend(0, 1)
	require.Equal(t, &Batch[string]{"n0", 2, 1, []Command[string]{{2, "b"}}}, q.batch("n0", 1), "the same number")
	q.remove(b)
	q.writes = append(q.writes, &Request[string, int]{command: "c"})
	require.Equal(t, &Batch[string]{"n0", 2, 2, []Command[string]{{3, "c"}}}, q.batch("n0", 2), "b was given up")
}
