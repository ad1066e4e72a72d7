package cli

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/spf13/cobra"

	"glomers/harness/conform"
	"glomers/internal/disk"
	"glomers/internal/program"
)

// readmeTemplate is harness/README.md without the parts that are generated from the code.
//
//go:embed readme.tmpl
var readmeTemplate string

// readmeCommand implements "go generate ./harness".
func (c *cli) readmeCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "readme FILE",
		Short:   "Write the README of package harness",
		Example: "  go generate ./harness",
		Hidden:  true,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			root, err := program.Root()
			if err != nil {
				return err
			}
			text, err := c.readme(root)
			if err != nil {
				return err
			}
			return disk.WriteFile(args[0], text)
		},
	}
}

// readme returns the README, with the output of help and with sources of the repository at root.
func (c *cli) readme(root string) ([]byte, error) {
	t, err := template.New("readme").Funcs(template.FuncMap{
		"workloads":   c.describeWorkloads,
		"services":    describeServices,
		"errors":      describeErrors,
		"faults":      c.describeFaults,
		"environment": describeEnvironment,
		"results":     c.describeResults,
		"checks":      conform.Markdown,
		"source": func(name string) (string, error) {
			text, err := os.ReadFile(filepath.Join(root, "harness", filepath.FromSlash(name)))
			return string(bytes.TrimSpace(text)), err
		},
	}).Parse(readmeTemplate)
	if err != nil {
		return nil, fmt.Errorf("readme.tmpl: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		return nil, fmt.Errorf("readme.tmpl: %w", err)
	}
	return b.Bytes(), nil
}
