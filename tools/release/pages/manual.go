package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"glomers/internal/wording"
)

// writeManual writes a page of section 1 for each command that help lists, and one of section 7 for each help topic, in the
// layout that man expects of a directory in MANPATH.
func writeManual(root *cobra.Command, dir, source string, date time.Time) error {
	commands, topics := filepath.Join(dir, "man1"), filepath.Join(dir, "man7")
	if err := errors.Join(os.MkdirAll(commands, 0o755), os.MkdirAll(topics, 0o755)); err != nil {
		return err
	}
	var names []string
	for _, topic := range root.Commands() {
		if topic.IsAdditionalHelpTopicCommand() {
			name := root.Name() + "-" + topic.Name()
			names = append(names, name+"(7)")
			if err := os.WriteFile(filepath.Join(topics, name+".7"), topicPage(name, topic, source, date), 0o644); err != nil {
				return err
			}
		}
	}
	prepare(root)
	root.Long += "\n\nThe help topics are pages of section 7: " + wording.And(names) + "."
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Date: &date, Source: source, Manual: "Glomers"}, commands)
}

// prepare removes from the commands what does not belong in a manual: cobra's own signature with the day, and the quotes
// that mark the names of values in the descriptions of flags.
func prepare(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	cmd.Flags().VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
	for _, sub := range cmd.Commands() {
		prepare(sub)
	}
}

// topicPage returns the page of a help topic, whose text is laid out already.
func topicPage(name string, topic *cobra.Command, source string, date time.Time) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%% %q %q %q %q %q\n", strings.ToUpper(name), "7", date.Format("Jan 2006"), source, "Glomers")
	fmt.Fprintf(&b, "# NAME\n%s \\- %s\n\n# DESCRIPTION\n```\n%s\n```\n", name, topic.Short, topic.Long)
	return md2man.Render([]byte(b.String()))
}
