package program

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// windowsPrograms are the extensions of the files that Windows runs. PATHEXT may name more, for which a shell starts another
// program.
var windowsPrograms = []string{".exe", ".com", ".bat", ".cmd"}

// interpreters are the programs that run scripts, by extension.
var interpreters = map[string]string{
	".py": "python", ".js": "node", ".mjs": "node", ".cjs": "node", ".rb": "ruby", ".pl": "perl", ".lua": "lua", ".php": "php",
	".sh": "sh", ".ps1": "powershell", ".jar": "java -- -jar", ".ts": "deno -- run",
}

// runnableOnWindows returns an error unless Windows can run the file. Neither permissions nor the first line of a script
// count there, but the extension.
func runnableOnWindows(file string) error {
	extension := strings.ToLower(path.Ext(file))
	if slices.Contains(windowsPrograms, extension) {
		return nil
	}
	if command, ok := interpreters[extension]; ok {
		if !strings.Contains(command, " -- ") {
			command += " --"
		}
		return fmt.Errorf("%s is a script, and Windows needs to be told the program that runs it: --bin %s %s", file, command, file)
	}
	return fmt.Errorf("%s is not a program that Windows runs: want one that ends in .exe, .com, .bat or .cmd, "+
		"the directory of a Go program, or for a script its interpreter, as in --bin python -- echo.py", file)
}
