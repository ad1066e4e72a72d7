package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"glomers/internal/environ"
	"glomers/internal/program"
)

// nodeFlags describe the environment of the node processes.
type nodeFlags struct {
	env envList
	cwd string
}

func (f *nodeFlags) register(cmd *cobra.Command) {
	cmd.Flags().Var(&f.env, "env", "pass an environment variable on to nodes, beside those of glomers help environment; NAME=value sets one; may be repeated")
	define(cmd, "cwd", "", "directory", "", "where nodes run; without it, each in a directory of its own in that of the run", directory(&f.cwd))
	_ = cmd.MarkFlagDirname("cwd") // the flag exists
}

// directory accepts the paths of directories.
func directory(p *string) func(string) error {
	return func(text string) error {
		info, err := os.Stat(text)
		switch {
		case text == "":
			return errors.New("want a directory")
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is not a directory", text)
		}
		*p = text
		return nil
	}
}

// An envList is the argument of --env. It implements pflag.Value.
type envList struct{ entries []string }

func (l *envList) String() string { return "" } // the default; see words
func (l *envList) Type() string   { return "NAME" }

func (l *envList) Set(text string) error {
	if _, err := environ.New(os.Environ(), []string{text}, ""); err != nil {
		return err
	}
	l.entries = append(l.entries, text)
	return nil
}

// words returns the flags that set the same entries again, for the command that repeats a run. It leaves out values that may
// be secret; the user can pass such a variable on from the environment instead.
func (l *envList) words() []string {
	var words []string
	for _, e := range l.entries {
		if name, _, _ := strings.Cut(e, "="); environ.LooksSecret(name) {
			e = name
		}
		words = append(words, "--env", program.Quote(e))
	}
	return words
}
