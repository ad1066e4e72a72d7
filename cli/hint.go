package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"glomers/harness/record"
	"glomers/internal/challenge"
	"glomers/internal/hint"
	"glomers/internal/wording"
)

// hintWidth is the width of hints, in columns.
const hintWidth = 80

func (c *cli) hintCommand() *cobra.Command {
	var (
		store string
		all   bool
	)
	cmd := &cobra.Command{
		Use:   "hint [ID|KIND]",
		Short: "Give a hint about a challenge, or about the failure just seen",
		Long: `Give a hint about a challenge, about a kind of failure, or without an argument about the latest run.
There are three for each: where to look, the idea, and the paper with its section. None has code.
The same command again gives the next one. Which ones you have had is in .glomers/hints.json beside
the store.

Kinds: ` + strings.Join(wrap(strings.Join(hint.Topics()[len(challenge.IDs()):], ", ")), "\n"),
		Example: `  glomers hint 3c
  glomers hint
  glomers hint poll-skip --all`,
		ValidArgs: hint.Topics(),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("want one challenge or one kind of failure, or nothing for the latest run")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			topic := ""
			if len(args) > 0 {
				topic = args[0]
			}
			return c.hint(topic, store, all)
		},
	}
	cmd.Flags().StringVar(&store, "store", "store", "`directory` with the files of the runs")
	cmd.Flags().BoolVar(&all, "all", false, "show all three hints")
	return cmd
}

// hint gives a hint about a topic or, if the topic is "", about the latest run of a store.
func (c *cli) hint(topic, store string, all bool) error {
	if topic == "" {
		run, kinds, err := latestFailures(store)
		if err != nil {
			return err
		}
		if len(kinds) == 0 {
			_, err := fmt.Fprintf(c.stdout, "The run in %s has no failure that there is a hint for. For a challenge: glomers hint ID.\n", run)
			return err
		}
		if topic = kinds[0]; len(kinds) > 1 {
			if _, err := fmt.Fprintf(c.stdout, "Also seen: %s.\n\n", wording.And(kinds[1:])); err != nil {
				return err
			}
		}
	}
	ladder, ok := hint.Find(topic)
	if !ok {
		kinds := hint.Topics()[len(challenge.IDs()):]
		if near := wording.Near(topic, kinds); len(near) > 0 {
			return fmt.Errorf("no challenge and no kind of failure is called %q: %s", topic, wording.Want(topic, kinds))
		}
		return fmt.Errorf("no challenge and no kind of failure is called %q: %s; glomers hint --help lists the kinds", topic, challenge.Meant(topic))
	}
	shown, err := hint.LoadShown(store)
	if err != nil {
		return err
	}
	if shown.Note != "" {
		c.log.Warn(shown.Note)
	}
	n := shown.Next(ladder, all)
	if _, err := io.WriteString(c.stdout, ladder.Text(n, all, hintWidth)); err != nil {
		return err
	}
	if err := shown.Save(); err != nil {
		c.log.Warn("the next hint will be this one again", "error", err)
	}
	return nil
}

// latestFailures returns the directory of the latest run of a store, and the kinds of its failures.
func latestFailures(store string) (dir string, kinds []string, err error) {
	run, err := record.Open(filepath.Join(store, "latest"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("%s has no run yet: name a challenge, as in glomers hint 3c, or say where the runs are, with --store", store)
	}
	if err != nil {
		return "", nil, err
	}
	defer run.Close() // it was only read
	text, err := run.Results()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("%s: the latest run has no results: %w", run.Dir(), err)
	}
	if err != nil {
		return "", nil, err
	}
	if kinds, err = hint.Seen(text); err != nil {
		return "", nil, fmt.Errorf("%s: %w", run.Dir(), err)
	}
	return run.Dir(), kinds, nil
}
