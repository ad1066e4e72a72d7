package watching

import (
	"context"
	"crypto/sha256"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A script is a source whose content changes at certain times.
type script struct {
	began   time.Time
	changes map[time.Duration]string // the content, from a time on; "!" cannot be read
}

func (s script) scan(Tree) (Tree, error) {
	content, since := "", time.Duration(-1)
	for at, text := range s.changes {
		if at <= time.Since(s.began) && at > since {
			content, since = text, at
		}
	}
	if content == "!" {
		return Tree{}, errors.New("unreadable")
	}
	return Tree{files: map[string]file{"main": {sum: sha256.Sum256([]byte(content))}}}, nil
}

func TestLoop(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		changes map[time.Duration]string
		took    time.Duration   // each round
		rounds  []time.Duration // when they begin
		ended   int             // the rounds that a change ended
	}{
		"nothing changes":                {map[time.Duration]string{0: "a"}, ms, []time.Duration{0}, 0},
		"changes":                        {map[time.Duration]string{0: "a", 105 * ms: "b", 205 * ms: "c"}, ms, []time.Duration{0, 120 * ms, 220 * ms}, 0},
		"a change during a round":        {map[time.Duration]string{0: "a", 105 * ms: "b"}, 500 * ms, []time.Duration{0, 120 * ms}, 1},
		"a change that is taken back":    {map[time.Duration]string{0: "a", 105 * ms: "b", 115 * ms: "a"}, ms, []time.Duration{0}, 0},
		"several changes at once":        {map[time.Duration]string{0: "a", 105 * ms: "b", 115 * ms: "c", 125 * ms: "d"}, ms, []time.Duration{0, 140 * ms}, 0},
		"unreadable for a while":         {map[time.Duration]string{0: "a", 105 * ms: "!", 155 * ms: "b"}, ms, []time.Duration{0, 170 * ms}, 0},
		"unreadable, and then as before": {map[time.Duration]string{0: "a", 105 * ms: "!", 155 * ms: "a"}, ms, []time.Duration{0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithTimeout(t.Context(), time.Second)
				defer stop()
				s := script{time.Now(), c.changes}
				var rounds []time.Duration
				ended := 0
				l := Loop{Scan: s.scan, Every: 10 * ms, Round: func(ctx context.Context, _ Tree, changed []string) error {
					rounds = append(rounds, time.Since(s.began))
					require.Equal(t, len(rounds) > 1, len(changed) > 0)
					select {
					case <-ctx.Done():
						ended++
						return ctx.Err()
					case <-time.After(c.took):
						return nil
					}
				}}
				require.NoError(t, l.Run(ctx))
				require.Equal(t, c.rounds, rounds)
				require.Equal(t, c.ended, ended)
			})
		})
	}
}

func TestLoopFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		full := errors.New("no space left")
		l := Loop{Scan: script{began, map[time.Duration]string{0: "a"}}.scan, Every: time.Millisecond, Round: func(context.Context, Tree, []string) error { return full }}
		require.ErrorIs(t, l.Run(t.Context()), full)
		l.Scan = func(Tree) (Tree, error) { return Tree{}, full }
		l.Round = nil
		require.ErrorIs(t, l.Run(t.Context()), full)
	})
}

// Ctrl-C ends the round, and the loop after it.
func TestLoopStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		rounds := 0
		l := Loop{Scan: script{time.Now(), map[time.Duration]string{0: "a"}}.scan, Every: time.Millisecond, Round: func(ctx context.Context, _ Tree, _ []string) error {
			rounds++
			<-ctx.Done()
			return ctx.Err()
		}}
		require.NoError(t, l.Run(ctx))
		require.Equal(t, 1, rounds)
	})
}
