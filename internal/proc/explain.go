package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// explain adds to err, if it can, the reason why a program could not be started and what to do about it. An error of the
// system, such as "exec format error", gives no such help.
func (c Command) explain(path string, err error) error {
	if c.Dir != "" {
		if _, dirErr := os.Stat(c.Dir + string(filepath.Separator) + "."); dirErr != nil {
			return fmt.Errorf("the working directory: %w", dirErr)
		}
	}
	if found, lookErr := exec.LookPath(path); lookErr == nil {
		path = found
	}
	info, statErr := os.Stat(path)
	switch {
	case statErr != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%w: it is a directory", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: make the file executable: chmod +x %s", err, path)
	}
	first := firstLine(path)
	interpreter, isScript := strings.CutPrefix(first, "#!")
	switch {
	case isNoProgram(err) && isScript && hasInterpreters:
		return fmt.Errorf("%w: the interpreter that its first line names, %q, cannot be run", err, interpreter)
	case isNoProgram(err) && !hasInterpreters:
		return fmt.Errorf("%w: if it is a script, run its interpreter, as in --bin python -- %s; if it is a binary, it must have been built for %s/%s",
			err, filepath.Base(path), runtime.GOOS, runtime.GOARCH)
	case isNoProgram(err):
		return fmt.Errorf("%w: if it is a script, its first line must name the interpreter, as in #!/usr/bin/env python3; "+
			"if it is a binary, it must have been built for %s/%s", err, runtime.GOOS, runtime.GOARCH)
	case errors.Is(err, fs.ErrNotExist) && isScript && strings.HasSuffix(interpreter, "\r"):
		return fmt.Errorf("%w: the first line of the file, %q, ends in a carriage return: save it with Unix line ends", err, first)
	case errors.Is(err, fs.ErrNotExist) && isScript && c.Dir != "" && !filepath.IsAbs(strings.TrimSpace(interpreter)):
		return fmt.Errorf("%w: the interpreter that the first line of the file names, %q, is looked for from the working directory, %s: "+
			"write an absolute path there, or #!/usr/bin/env NAME, or choose another directory with --cwd", err, interpreter, c.Dir)
	case errors.Is(err, fs.ErrNotExist) && isScript:
		return fmt.Errorf("%w: the file is there, but not the interpreter that its first line names, %q", err, interpreter)
	}
	return err
}

// Status says how a program at path has ended, given the result of Wait.
func Status(path string, err error) string {
	if err == nil {
		return "exit status 0"
	}
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return err.Error() + notFound(path, e.ExitCode())
	}
	return err.Error()
}

// notFound explains, in words that begin with a semicolon, why a script ended at once with the status by which env says that it has
// not found the interpreter; "" if that is not so.
func notFound(path string, status int) string {
	const statusNotFound = 127
	if found, err := exec.LookPath(path); err == nil {
		path = found
	}
	first := firstLine(path)
	words := strings.Fields(strings.TrimPrefix(first, "#!"))
	if status != statusNotFound || !strings.HasPrefix(first, "#!") || len(words) < 2 || filepath.Base(words[0]) != "env" {
		return ""
	}
	if strings.HasSuffix(first, "\r") {
		return fmt.Sprintf("; the first line of the file, %q, ends in a carriage return: save it with Unix line ends", first)
	}
	if _, err := exec.LookPath(words[len(words)-1]); err == nil {
		return "" // it was something else that was not found
	}
	return fmt.Sprintf("; %s, which its first line names, is not on PATH", words[len(words)-1])
}

// firstLine returns the beginning of a file's first line; "" if the file is empty or cannot be read.
func firstLine(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 200)).ReadString('\n')
	return strings.TrimSuffix(line, "\n")
}
