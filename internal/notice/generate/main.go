// Command generate writes the NOTICE of the module, from the licences in the module cache: "go generate ./internal/notice".
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"glomers/internal/program"
)

// copies are the places of NOTICE: the root, where people look for it, and the directory of package notice, which embeds it.
var copies = []string{"NOTICE", "internal/notice/NOTICE"}

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

func generate() error {
	root, err := program.Root()
	if err != nil {
		return err
	}
	text, err := compose(root)
	if err != nil {
		return err
	}
	for _, name := range copies {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
