// Package guide has the list of all commands in Maelstrom's guide and documents: testdata/guide.txt. Its test runs each
// command with glomers, word for word but for a shorter time. Small nodes of our own take the place of the nodes that the
// guide's reader has written by then.
//
// An entry begins with the place of the command in the guide, then the command itself, and then fields, each on its own
// line:
//
//	shows: the result in the guide, quoted or in our words
//	node:  the node to run: one of glomers node, or one of package standin
//	with:  additional flags, to make the run short and its result certain
//	ends:  the permitted verdicts: valid, invalid, unknown, broken; separated by "or"
//	says:  a text in the output, or in the files of the run
//	then:  a later command of the guide that uses the files of the run
//	not:   why the command is not run
package guide

import (
	"fmt"
	"strings"
)

// A Command is a command of the guide.
type Command struct {
	Line  int    // of the entry in the list
	Where string // page and line, perhaps several
	Text  string

	Shows, Node, With string
	Ends, Says, Then  []string
	Not               string // why the command is not run
}

// Parse reads a list of commands.
func Parse(text string) ([]Command, error) {
	var all []Command
	for i, line := range strings.Split(text, "\n") {
		content := strings.TrimSpace(line)
		indented := content != strings.TrimRight(line, " ")
		switch {
		case content == "" || strings.HasPrefix(line, "#"):
			continue
		case !indented:
			all = append(all, Command{Line: i + 1, Where: content})
			continue
		case len(all) == 0:
			return nil, fmt.Errorf("guide: line %d: want first where a command stands", i+1)
		}
		c := &all[len(all)-1]
		if c.Text == "" {
			c.Text = content
			continue
		}
		if err := c.set(content); err != nil {
			return nil, fmt.Errorf("guide: line %d: %w", i+1, err)
		}
	}
	for _, c := range all {
		if c.Text == "" || (c.Not == "") == (len(c.Ends) == 0) || c.Not == "" && c.Node == "" {
			return nil, fmt.Errorf("guide: line %d: %s: want a command, and either a node and how it ends, or why it is not run", c.Line, c.Where)
		}
	}
	return all, nil
}

func (c *Command) set(content string) error {
	name, value, _ := strings.Cut(content, ": ")
	switch name {
	case "shows":
		c.Shows = value
	case "node":
		c.Node = value
	case "with":
		c.With = value
	case "ends":
		c.Ends = strings.Split(value, " or ")
	case "says":
		c.Says = append(c.Says, value)
	case "then":
		c.Then = append(c.Then, value)
	case "not":
		c.Not = value
	default:
		return fmt.Errorf("no field is called %q", name)
	}
	return nil
}
