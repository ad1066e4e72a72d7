package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"glomers/internal/disk"
)

// docMark is the first line of a file that the doc command wrote. Such a file may be overwritten.
const docMark = "<!-- Written by glomers doc. -->\n"

// A document is a page of reference.
type document struct{ name, title, text string }

// documents returns the pages. The help command prints the same texts.
func (c *cli) documents() []document {
	return []document{
		{"protocol", "Protocol", describeProtocol()},
		{"workloads", "Workloads", c.describeWorkloads()},
		{"services", "Services", describeServices()},
		{"faults", "Faults", c.describeFaults()},
		{"results", "Results", c.describeResults()},
	}
}

func (c *cli) docCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doc [DIR|-]",
		Short: "Write the reference pages, as Markdown",
		Long: `Write what help says of the protocol, workloads, services, faults and results to Markdown
files in a directory, doc unless another is given, which is made if need be; with - to stdout.
A file of the same name that doc did not write stays as it is.`,
		Example: `  glomers doc
  glomers doc - | less`,
		Args: oneWord,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "doc"
			if len(args) > 0 {
				dir = args[0]
			}
			if dir == "-" {
				for _, d := range c.documents() {
					if _, err := fmt.Fprintf(c.stdout, "# %s\n\n%s\n", d.title, strings.TrimSpace(d.text)+"\n"); err != nil {
						return err
					}
				}
				return nil
			}
			return c.writeDocuments(dir)
		},
	}
}

func (c *cli) writeDocuments(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("doc: %w", err)
	}
	docs := c.documents()
	for _, d := range docs { // check all of them before writing any
		path := filepath.Join(dir, d.name+".md")
		old, err := os.ReadFile(path)
		if err == nil && !strings.HasPrefix(string(old), docMark) {
			return fmt.Errorf("doc: %s is there already, and is not of this command: want another directory", path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("doc: %w", err)
		}
	}
	for _, d := range docs {
		path := filepath.Join(dir, d.name+".md")
		if err := disk.WriteFile(path, []byte(docMark+"\n# "+d.title+"\n\n"+strings.TrimSpace(d.text)+"\n")); err != nil {
			return fmt.Errorf("doc: %w", err)
		}
		if _, err := fmt.Fprintln(c.stdout, path); err != nil {
			return err
		}
	}
	return nil
}
