//go:build unix

package proc

import (
	"errors"
	"syscall"
)

// hasInterpreters reports whether the system starts the interpreter that the first line of a script names.
const hasInterpreters = true

// isNoProgram reports whether the system could not start a file because of its format.
func isNoProgram(err error) bool { return errors.Is(err, syscall.ENOEXEC) }
