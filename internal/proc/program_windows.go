package proc

import (
	"errors"

	"golang.org/x/sys/windows"
)

// hasInterpreters reports whether the system starts the interpreter that the first line of a script names.
const hasInterpreters = false

// isNoProgram reports whether the system could not start a file because of its format.
func isNoProgram(err error) bool { return errors.Is(err, windows.ERROR_BAD_EXE_FORMAT) }
