package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"glomers/internal/bench"
	"glomers/internal/program"
)

//go:generate go run glomers/cmd/glomers bench --render

func (c *cli) benchCommand() *cobra.Command {
	var (
		b            = bench.Bench{Runs: 5, Jobs: 4, Test: readTest, Tally: c.newTally, Log: c.log, Text: c.stdout}
		list, render bool
		names        []string
	)
	for _, s := range bench.Sets() {
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:   "bench [NAME…]",
		Short: "Measure everything that the documentation says",
		Long: `Measure sets of figures, by name or all of them, and write each to
` + bench.Dir + `/NAME.json as soon as it is complete; then make the charts beside it
and the tables in the READMEs from what is there. Runs have the seeds 1, 2, 3 …, the same for every
design; explorations have four times as many. A run that the machine distorted is
repeated, twice at most, and marked if that does not help; an exploration is only
marked. A run that is not valid is written as such, and there is no figure where one
is; glomers then says why, and its exit status is 1.`,
		Example: `  glomers bench
  glomers bench --quick
  glomers bench broadcast-frontier --runs 3
  glomers bench --render`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) (err error) {
			b.Sets, err = bench.Choose(args)
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := program.Root()
			if err != nil {
				return fmt.Errorf("what is measured is built from its source, but %w", err)
			}
			b.Root = root
			if list {
				return b.List()
			}
			if err := place(&b, cmd.Flags().Changed("runs")); err != nil {
				return err
			}
			if render {
				return b.Render()
			}
			valid, err := b.Run(cmd.Context())
			if !valid {
				c.worsen(statusInvalid)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&b.Quick, "quick", false, "one short run of each, for a glance; written to a temporary directory unless there is --out")
	cmd.Flags().BoolVar(&list, "list", false, "list the sets, and how long each took when it was last measured")
	cmd.Flags().BoolVar(&render, "render", false, "measure nothing: only make the charts and tables")
	cmd.Flags().StringVar(&b.Out, "out", "", "`directory` for the results, instead of "+bench.Dir+"; READMEs are left as they are then")
	define(cmd, "runs", "", "n", "5", "run everything so many times", whole(&b.Runs))
	define(cmd, "jobs", "", "n", "4", "harness runs at a time; each keeps about a sixth of a processor busy", whole(&b.Jobs))
	return cmd
}

// place sets the directory for the results and the path of this program. A quick bench has one run unless the user gave a
// number.
func place(b *bench.Bench, runsGiven bool) (err error) {
	if b.Quick && !runsGiven {
		b.Runs = 1
	}
	switch {
	case b.Out != "":
		b.Out, err = filepath.Abs(b.Out)
	case b.Quick:
		b.Out, err = os.MkdirTemp("", "glomers-bench-")
	default:
		b.Out = filepath.Join(b.Root, bench.Dir)
	}
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if b.Self, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	return nil
}

// newTally returns a function that logs a line for each finished run of a set; on a terminal, a bar is drawn below the
// lines.
func (c *cli) newTally(set string, runs int) (add func(slog.Level, string, ...slog.Attr), done func()) {
	log, draw, done := c.log, func() {}, func() {}
	if c.terminal {
		bars := mpb.New(mpb.WithOutput(c.screen), mpb.WithWidth(40))
		bar := bars.AddBar(int64(runs),
			mpb.PrependDecorators(decor.Name(set+" "), decor.CurrentNoUnit("%d"), decor.TotalNoUnit(" of %d ")),
			mpb.AppendDecorators(decor.Elapsed(decor.ET_STYLE_MMSS)))
		log, draw = newLog(bars, true), bar.Increment
		done = func() {
			bar.Abort(true)
			bars.Wait()
		}
	}
	var mu sync.Mutex
	count := 0
	return func(level slog.Level, text string, attrs ...slog.Attr) {
		mu.Lock()
		defer mu.Unlock()
		count++
		progress := fmt.Sprint(count)
		if runs > 0 {
			progress += fmt.Sprintf("/%d", runs)
		}
		log.LogAttrs(context.Background(), level, progress+" "+text, attrs...)
		draw()
	}, done
}
