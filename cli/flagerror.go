package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"glomers/internal/wording"
)

// flagError says more about a wrong flag than the parser of flags does: what was meant, or what is accepted.
func flagError(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, e)
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		kind, usage := pflag.UnquoteUsage(e.GetFlag())
		return fmt.Errorf("--%s: the argument is missing: want %s: %s", e.GetFlag().Name, strings.ToUpper(kind), usage)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return invalidValue(cmd, e)
	}
	return err
}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	name := e.GetSpecifiedName()
	for _, flag := range sshFlags {
		if flag == "--"+name {
			return fmt.Errorf("%s is not for here: nodes are processes of this machine, nobody logs in anywhere", flag)
		}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	if all := e.GetSpecifiedShortnames(); all != "" { // one dash, and letters
		name, _, _ = strings.Cut(all, "=")
		if cmd.Flags().Lookup(name) != nil {
			return twoDashes(name)
		}
	}
	if near := wording.Near("--"+name, names); len(near) > 0 {
		return fmt.Errorf("%w: %s", e, wording.Want("--"+name, names))
	}
	return fmt.Errorf("%w: %s accepts %s", e, cmd.CommandPath(), strings.Join(names, " "))
}

// twoDashes is the error about -name, where name is that of a flag.
func twoDashes(name string) error {
	return fmt.Errorf("-%s: did you mean --%[1]s? Names of flags have two dashes, letters one", name)
}

func invalidValue(cmd *cobra.Command, e *pflag.InvalidValueError) error {
	f := e.GetFlag()
	if name := f.Shorthand + e.GetValue(); f.Shorthand != "" && cmd.Flags().Lookup(name) != nil {
		return twoDashes(name) // -workload is taken for -w orkload
	}
	if _, ok := errors.AsType[*strconv.NumError](e); ok && f.Value.Type() == "bool" {
		return fmt.Errorf("--%s takes no argument such as %q: want --%[1]s, or --%[1]s=false", f.Name, e.GetValue())
	}
	return e
}

// refuseDashes refuses flags whose dashes somebody's editor has made beautiful, as in the published command of challenge 6c. They
// would be taken for arguments of the node.
func refuseDashes(args []string) error {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if name := strings.TrimLeft(arg, "-‐‑‒–—―−"); name != strings.TrimLeft(arg, "-") && name != "" {
			return fmt.Errorf("%s begins with a typographic dash: want --%s", arg, name)
		}
	}
	return nil
}
