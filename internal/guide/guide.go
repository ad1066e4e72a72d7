// Package guide has the list of all commands that Maelstrom's guide and documents show: testdata/guide.txt. Its test runs each with glomers,
// word for word, with small nodes of our own in the place of those that the guide's reader has written by then, and for a shorter time.
//
// An entry begins with where the command stands, has the command itself, and then fields, each on a line of its own:
//
//	shows: what the guide shows there, or says, in our words
//	node:  what takes the node's place: a node of glomers node, or one of package standin
//	with:  flags that are added, so that the run is short and what is to be seen is certain
//	ends:  the verdicts that it may end with: valid, invalid, unknown, broken; several with "or" between them
//	says:  a text in what is printed, or in the files of the run
//	then:  a command of the guide that follows, about the files of the run
//	not:   why it is not run
package guide

import (
	"fmt"
	"strings"
)

// A Command is one of the guide's.
type Command struct {
	Line  int    // of its entry in the list
	Where string // page and line, perhaps several
	Text  string

	Shows, Node, With string
	Ends, Says, Then  []string
	Not               string // why it is not run
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
