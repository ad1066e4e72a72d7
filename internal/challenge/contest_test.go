package challenge

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness"
	"glomers/internal/program"
)

// A contest of 3a and 3b, three runs each, whose runs are carried out by drive.
func contest(t *testing.T, atOnce int, drive func(ctx context.Context, seed uint64) error) *Contest {
	bin, err := os.Executable()
	require.NoError(t, err)
	chosen, err := Choose([]string{"3a", "3b"})
	require.NoError(t, err)
	return &Contest{
		Challenges: chosen, Repeat: 3, AtOnce: atOnce, Bin: bin, Seed: 10, Log: slog.New(slog.DiscardHandler),
		Test: func(Command) (harness.Test, error) { return harness.Test{}, nil },
		Drive: func(ctx context.Context, _ string, t harness.Test) (harness.Result, error) {
			return harness.Result{}, drive(ctx, t.Seed)
		},
		Again: func(string, uint64) string { return "" },
	}
}

func seeds(done []Outcome) (all []any) {
	for _, o := range done {
		all = append(all, o.Challenge, int(o.Seed))
	}
	return all
}

func TestSeveralRunsAtOnce(t *testing.T) {
	for atOnce := range 4 {
		var mu sync.Mutex
		now, most := 0, 0
		together := make(chan struct{}) // as many as may be have begun
		done, err := contest(t, atOnce, func(context.Context, uint64) error {
			mu.Lock()
			now++
			if most = max(most, now); now == max(1, atOnce) && most == now {
				select {
				case <-together:
				default:
					close(together)
				}
			}
			mu.Unlock()
			<-together
			mu.Lock()
			now--
			mu.Unlock()
			return nil
		}).Run(t.Context())
		require.NoError(t, err)
		require.Equal(t, max(1, atOnce), most)
		require.Equal(t, []any{"3a", 10, "3a", 11, "3a", 12, "3b", 10, "3b", 11, "3b", 12}, seeds(done), "in order, whoever ends first")
	}
}

func TestABrokenRunDoesNotEndTheOthers(t *testing.T) {
	done, err := contest(t, 2, func(_ context.Context, seed uint64) error {
		if seed == 11 {
			return errors.New("a node died")
		}
		return nil
	}).Run(t.Context())
	require.NoError(t, err)
	require.Len(t, done, 6)
	require.Equal(t, "a node died", done[1].Broken)
	require.Equal(t, "a node died", done[4].Broken)
	require.Empty(t, done[2].Broken)
}

// Seed 12 begins when 10 has finished, since two run at a time.
func TestAnInterruptedContestKeepsWhatHasFinished(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done, err := contest(t, 2, func(ctx context.Context, seed uint64) error {
		switch seed {
		case 10:
			return nil
		case 12:
			cancel()
		}
		<-ctx.Done()
		return ctx.Err()
	}).Run(ctx)
	require.ErrorIs(t, err, program.ErrInterrupted)
	require.Equal(t, []any{"3a", 10}, seeds(done))
}
