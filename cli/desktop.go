package cli

import (
	"os/exec"
	"runtime"
)

// openBrowser opens a page, a file or an address, in the user's browser.
func openBrowser(page string) error {
	program := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		program = []string{"open"}
	case "windows":
		program = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	return exec.Command(program[0], append(program[1:], page)...).Start() // not awaited: it may run as long as the browser
}
