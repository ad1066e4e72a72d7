package watching

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"glomers/internal/starter"
)

// A Target is a program, with what it is made from.
type Target struct {
	Bin   string   // as for --bin: an executable, a program on PATH, or the directory of a Go program
	Args  []string // of the program
	Root  string   // the directory of the source, or the executable itself if the source is not known
	Build []string // the command that builds the program; it runs in Root. Empty if nothing has to be built, or the go command does it

	interpreted bool // what runs depends on the files below Root, and not only on the executable
}

// Here returns the target that the working directory has, if it has a program as glomers init makes it.
func Here() (t Target, ok bool) {
	p, ok := starter.Detect(".")
	if !ok {
		return Target{}, false
	}
	t, err := Find(p.Bin, p.Args, "")
	return t, err == nil
}

// Find finds out what the program bin is made from. build is the command that builds it; "" means that of its language, if it is laid
// out as glomers init does, or none.
func Find(bin string, args []string, build string) (Target, error) {
	t := Target{Bin: bin, Args: args, Build: strings.Fields(build)}
	info, err := os.Stat(bin)
	switch {
	case err == nil && info.IsDir():
		if len(t.Build) > 0 {
			return t, fmt.Errorf("watching: %s is a directory, which the go command builds: with another build command, name the executable that it makes", bin)
		}
		t.Root = moduleOf(bin)
		return t, nil
	case err != nil && filepath.Base(bin) == bin:
		if _, err := exec.LookPath(bin); err == nil {
			t.interpretedBy()
			return t, nil
		}
	}
	if t.interpreted = isScript(bin); t.interpreted {
		t.Root = filepath.Dir(bin)
		return t, nil
	}
	if len(t.Build) > 0 {
		t.Root = "."
		return t, nil
	}
	t.Root = bin
	for home, levels := filepath.Dir(bin), 0; levels < maxLevels; home, levels = filepath.Join(home, ".."), levels+1 {
		p, ok := starter.Detect(home)
		if ok && len(p.Build) > 0 && filepath.Dir(filepath.Join(home, p.Bin)) == filepath.Dir(bin) {
			t.Root, t.Build = home, p.Build
			break
		}
	}
	return t, nil
}

// maxLevels is how many directories above an executable may have the source of the program.
const maxLevels = 3

// interpretedBy completes a target whose program is an interpreter. The first of its arguments that is a file or a directory says where the
// source is.
func (t *Target) interpretedBy() {
	t.Root, t.interpreted = ".", true
	for _, arg := range t.Args {
		info, err := os.Stat(arg)
		if err != nil {
			continue
		}
		if t.Root = arg; !info.IsDir() {
			t.Root = filepath.Dir(arg)
		}
		break
	}
	if len(t.Build) > 0 {
		return
	}
	for _, home := range []string{t.Root, filepath.Join(t.Root, "..")} {
		if p, ok := starter.Detect(home); ok && p.Bin == t.Bin && len(p.Build) > 0 {
			t.Root, t.Build = home, p.Build
			return
		}
	}
}

// moduleOf returns the root of the Go module that dir is in; dir if there is none.
func moduleOf(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for path := abs; ; path = filepath.Dir(path) {
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
			return path
		}
		if path == filepath.Dir(path) {
			return dir
		}
	}
}

// isScript reports whether a file begins as a script does.
func isScript(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close() // it was only read
	head := make([]byte, 2)
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, []byte("#!"))
}

// Identity identifies what runs: the executable and, if it only interprets the files of the tree, these too.
func (t Target) Identity(executable string, tree Tree) (string, error) {
	f, err := os.Open(executable)
	if err != nil {
		return "", fmt.Errorf("watching: %w", err)
	}
	defer f.Close() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("watching: %w", err)
	}
	if t.interpreted {
		fmt.Fprintln(h, tree.Sum())
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// Words returns the words after --bin.
func (t Target) Words() []string {
	if len(t.Args) == 0 {
		return []string{t.Bin}
	}
	return slices.Concat([]string{t.Bin, "--"}, t.Args)
}
