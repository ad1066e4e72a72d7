package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"glomers/harness/nemesis"
	"glomers/harness/service"
	"glomers/harness/workload"
	"glomers/internal/challenge"
	"glomers/internal/wording"
)

// helpCommand returns the help command. Besides commands and topics it knows challenges, workloads, faults and services.
func (c *cli) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND|TOPIC|CHALLENGE]",
		Short: "Say more about a command, a topic or a challenge",
		Long: `Say more about a command, a topic or a challenge, or about a workload, a fault or a service by
its name.`,
		Example: `  glomers help test
  glomers help workloads
  glomers help 3c
  glomers help broadcast`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return c.helpWords(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) == 0 {
				found.InitDefaultHelpFlag()
				found.InitDefaultVersionFlag()
				return found.Help()
			}
			if found != nil && found.HasParent() {
				return fmt.Errorf("no help on %q: %s help %s says all", strings.Join(args, " "), c.name, found.Name())
			}
			if text := c.helpAbout(args[0]); text != "" && len(args) == 1 {
				_, err := io.WriteString(c.stdout, text)
				return err
			}
			return fmt.Errorf("no help on %q: %s", strings.Join(args, " "), c.helpMeant(cmd.Root(), args[0]))
		},
	}
}

// helpAbout returns the help on a challenge, a workload, a fault or a service; "" if nothing is called so.
func (c *cli) helpAbout(name string) string {
	if text := challenge.Describe(name, c.name); text != "" {
		return text
	}
	name = strings.ToLower(name)
	text := ""
	if k, err := c.kinds.Find(name); err == nil {
		text = (&cli{kinds: workload.Kinds{k}}).describeWorkloads()
	} else if k, err := c.faults.Find(name); err == nil {
		text = (&cli{faults: nemesis.Kinds{k}}).describeFaults()
	} else if slices.Contains(service.Names(), name) {
		text = describeServices(name)
	}
	if text == "" {
		return ""
	}
	return plain(text) + "\n"
}

// helpMeant says what there is help on instead of a word.
func (c *cli) helpMeant(root *cobra.Command, word string) string {
	if parts := challenge.Parts(word); len(parts) > 0 {
		return fmt.Sprintf("want one of its parts, %s", wording.Or(parts))
	}
	if near := wording.Near(word, c.helpWords(root)); len(near) > 0 {
		return wording.Want(word, near)
	}
	var topics []string
	for _, topic := range c.topics() {
		topics = append(topics, topic.Name())
	}
	return fmt.Sprintf("want a command: %s; a topic: %s; or a challenge, as in %s help 3c", wording.Or(commandNames(root)), wording.Or(topics), c.name)
}

// helpWords returns all words that there is help on.
func (c *cli) helpWords(root *cobra.Command) []string {
	words := commandNames(root)
	for _, topic := range c.topics() {
		words = append(words, topic.Name())
	}
	return slices.Concat(words, challenge.IDs(), c.kinds.Names(), c.faults.Names(), service.Names())
}
