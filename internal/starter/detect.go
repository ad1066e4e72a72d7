package starter

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Program says how a program is built and run, with paths below its directory.
type Program struct {
	Build []string // the command that builds it; empty if nothing has to be built, or glomers builds it
	Bin   string   // an executable or "."
	Args  []string // of Bin
}

// Detect finds out whether a directory has a program as New makes it, and how it is built and run.
func Detect(dir string) (p Program, ok bool) {
	for _, l := range languages {
		if info, err := os.Stat(filepath.Join(dir, l.sign)); err != nil || !info.Mode().IsRegular() {
			continue
		}
		abs, err := filepath.Abs(dir)
		if err != nil {
			return Program{}, false
		}
		named := strings.NewReplacer("NAME", filepath.Base(abs))
		words := strings.Fields(named.Replace(l.bin))
		args := words[1:]
		if len(args) > 0 && args[0] == "--" {
			args = args[1:]
		}
		return Program{strings.Fields(named.Replace(l.build)), words[0], slices.Clone(args)}, true
	}
	return Program{}, false
}
