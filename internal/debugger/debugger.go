// Package debugger knows how to attach a debugger to a running program.
package debugger

import (
	"bufio"
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// A Kind is a kind of program, as far as debuggers are concerned.
type Kind string

// The kinds.
const (
	Go     Kind = "Go"
	Python Kind = "Python"
	Node   Kind = "Node.js"
	Java   Kind = "Java"
	Shell  Kind = "a shell"
	Native Kind = "machine code"
)

// JavaPort is the port on which a Java program with JavaOptions listens for a debugger.
const JavaPort = 5005

// JavaOptions is an environment variable that prepares a Java program for a debugger. Until jcmd asks for it, no port is open, so
// that all nodes can have the same options. Without quiet, Java would write to stdout, which is for messages.
var JavaOptions = fmt.Sprintf("JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,onjcmd=y,quiet=y,address=127.0.0.1:%d", JavaPort)

// KindOf returns the kind of the process pid, which was started from the program at path. The program decides if it shows its
// kind: a script that env starts is a process of env at first. Otherwise the process decides, as a script may have run another
// program in its place.
func KindOf(pid int, path string) Kind {
	if found, err := exec.LookPath(path); err == nil {
		path = found
	}
	kind := kindOfFile(path)
	if kind != Shell && kind != Native {
		return kind
	}
	if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil { // on Linux
		return kindOfFile(exe)
	}
	return kind
}

var interpreters = []struct {
	name *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`^(python|pypy)[0-9.]*$`), Python},
	{regexp.MustCompile(`^node(js)?$`), Node},
	{regexp.MustCompile(`^java$`), Java},
	{regexp.MustCompile(`^(ba|da|z|k|a)?sh$|^busybox$`), Shell},
}

func kindOfFile(path string) Kind {
	if interpreter := shebang(path); interpreter != "" {
		path = interpreter
	} else if _, err := buildinfo.ReadFile(path); err == nil {
		return Go
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".exe")
	for _, i := range interpreters {
		if i.name.MatchString(name) {
			return i.kind
		}
	}
	return Native
}

// shebang returns the interpreter that the first line of a script names; "" if the file is not a script.
func shebang(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 200)).ReadString('\n') // it may be the whole file
	words, isScript := strings.CutPrefix(line, "#!")
	fields := strings.Fields(words)
	if !isScript || len(fields) == 0 {
		return ""
	}
	if filepath.Base(fields[0]) == "env" {
		for _, word := range fields[1:] {
			if !strings.HasPrefix(word, "-") && !strings.Contains(word, "=") {
				return word
			}
		}
	}
	return fields[0]
}

// Advice says how to attach a debugger to a process of this kind: by a command, and with a launch configuration of VS Code.
func (k Kind) Advice(pid int) string {
	native := "gdb"
	if runtime.GOOS == "darwin" {
		native = "lldb"
	}
	switch k {
	case Go:
		return fmt.Sprintf(`dlv attach %d, or in VS Code {"type": "go", "request": "attach", "mode": "local", "processId": %d}`, pid, pid)
	case Python:
		return fmt.Sprintf(`python3 -m debugpy --listen 127.0.0.1:5678 --pid %d, or in VS Code {"type": "debugpy", "request": "attach", "processId": %d}`, pid, pid)
	case Node:
		return fmt.Sprintf(`node inspect -p %d, or in VS Code {"type": "node", "request": "attach", "processId": %d}`, pid, pid)
	case Java:
		return fmt.Sprintf(`jcmd %d VM.start_java_debugging and then jdb -attach 127.0.0.1:%d, or in VS Code {"type": "java", "request": "attach", "hostName": "127.0.0.1", "port": %d}; `+
			`for jcmd, the nodes need --env %s`, pid, JavaPort, JavaPort, JavaOptions)
	case Shell:
		return fmt.Sprintf(`if it runs a program with exec, attach to this process, and otherwise to its child, which pgrep -P %d finds`, pid)
	}
	return fmt.Sprintf(`%s -p %d, or in VS Code {"type": "lldb", "request": "attach", "pid": %d}`, native, pid, pid)
}

// Restriction describes what keeps a debugger of the same user from attaching, and what to do about it; "" if nothing is known.
func Restriction() string {
	scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope") // of Linux; see Documentation/admin-guide/LSM/Yama.rst there
	if err != nil {
		return ""
	}
	return restriction(strings.TrimSpace(string(scope)), os.Geteuid() == 0)
}

func restriction(scope string, root bool) string {
	switch {
	case scope == "3":
		return "this system does not let any debugger attach (kernel.yama.ptrace_scope is 3)"
	case scope == "0" || root:
		return ""
	}
	return "this system lets gdb, lldb and dlv attach only as root (kernel.yama.ptrace_scope is " + scope + "): start the debugger with sudo, or try sysctl kernel.yama.ptrace_scope=0"
}
