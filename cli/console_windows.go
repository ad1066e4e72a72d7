package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// addressInUse is the error for a port that is taken.
const addressInUse = windows.WSAEADDRINUSE

// understandsEscapes reports whether a terminal understands escape sequences, such as those of colours. A console does so
// from Windows 10 on, if it is asked to.
func understandsEscapes(console *os.File) bool {
	var mode uint32
	h := windows.Handle(console.Fd())
	return windows.GetConsoleMode(h, &mode) == nil &&
		windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
