// Package environ decides which environment variables node programs get.
package environ

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A Group holds the variables that one kind of program needs to find itself and its libraries, and the variables by which
// users commonly configure it. A star at the end of a name stands for any ending that does not look like a secret's.
type Group struct {
	Of    string // the kind of program
	Names []string
}

// Passed returns the variables of this process's environment that programs get by default. None of them holds a secret.
func Passed() []Group { return slices.Clone(groups) }

var groups = []Group{
	{"any program", []string{
		"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*", "LOCPATH", "TZ", "TZDIR", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
		"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH", "ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR",
	}},
	{"Go", []string{
		"GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOTOOLCHAIN", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "GOTRACEBACK", "GOCOVERDIR",
	}},
	{"Python", []string{"PYTHON*", "PYENV_ROOT", "PYENV_VERSION", "VIRTUAL_ENV", "CONDA_PREFIX"}},
	{"Java and its kin", []string{"JAVA_HOME", "CLASSPATH"}},
	{"Node.js, Deno and Bun", []string{"NODE_PATH", "NODE_ENV", "VOLTA_HOME", "DENO_DIR", "BUN_INSTALL"}},
	{"Ruby", []string{"GEM_HOME", "GEM_PATH", "RUBYLIB", "BUNDLE_GEMFILE", "BUNDLE_PATH", "RBENV_ROOT", "RBENV_VERSION"}},
	{"Rust", []string{"CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "RUST_BACKTRACE", "RUST_LOG"}},
	{"other languages", []string{
		"PERL5LIB", "LUA_PATH", "LUA_CPATH", "ERL_LIBS", "MIX_ENV", "MIX_HOME", "DOTNET_ROOT", "OCAMLPATH", "CAML_LD_LIBRARY_PATH", "OPAM_SWITCH_PREFIX",
		"JULIA_DEPOT_PATH", "JULIA_PROJECT",
	}},
	{"Windows", []string{
		"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERNAME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES*",
	}},
	{"package node", []string{"GLOMERS_*"}},
}

// searchPaths are the variables that hold lists of directories. A relative directory in them is relative to the user's
// current directory.
var searchPaths = []string{
	"PATH", "PYTHONPATH", "NODE_PATH", "RUBYLIB", "GEM_PATH", "PERL5LIB", "CLASSPATH", "ERL_LIBS", "OCAMLPATH",
	"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
}

// An Environment is the environment of node programs.
type Environment struct {
	Vars     []string // NAME=VALUE, ordered by name
	Withheld []string // the names of the variables of this process that programs do not get, ordered
}

// New returns the environment of programs. Of all, which is in the format of [os.Environ], it keeps the variables that are
// Passed and those that extra names. An entry NAME=VALUE of extra sets a variable instead. Relative directories in search
// paths are made absolute, relative to dir.
func New(all, extra []string, dir string) (Environment, error) {
	vars, set := map[string]string{}, map[string]string{}
	for _, v := range all {
		if name, value, ok := cutVar(v); ok {
			name = canonical(name)
			set[name] = value
			if passed(name) {
				vars[name] = value
			}
		}
	}
	for _, e := range extra {
		name, value, sets := cutVar(e)
		if !sets {
			name = e
		}
		name = canonical(name)
		if name == "" || strings.ContainsAny(name, "=\x00") || strings.ContainsRune(value, 0) {
			return Environment{}, fmt.Errorf("environment: %q: want NAME to pass a variable on, or NAME=VALUE to set one", e)
		}
		if !sets {
			var ok bool
			if value, ok = set[name]; !ok {
				return Environment{}, fmt.Errorf("environment: no variable %q is set here that could be passed on: want NAME=VALUE to set it", name)
			}
		}
		vars[name] = value
	}
	var env Environment
	for name, value := range vars {
		if slices.Contains(searchPaths, name) {
			value = absolute(value, dir)
		}
		env.Vars = append(env.Vars, name+"="+value)
	}
	for name := range set {
		if _, ok := vars[name]; !ok && !slices.Contains([]string{"PWD", "OLDPWD", "SHLVL", "_"}, name) { // shells set these for their children
			env.Withheld = append(env.Withheld, name)
		}
	}
	slices.Sort(env.Vars)
	slices.Sort(env.Withheld)
	return env, nil
}

// cutVar splits NAME=VALUE. On Windows, some names begin with an equals sign; such variables are ignored.
func cutVar(v string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(v, "=")
	return name, value, ok && name != ""
}

// canonical returns the form of a name in which two names of the same variable are equal: Windows, where Path is common, does
// not distinguish upper and lower case.
func canonical(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}

// passed reports whether programs get a variable by default.
func passed(name string) bool {
	return slices.ContainsFunc(groups, func(g Group) bool {
		return slices.ContainsFunc(g.Names, func(p string) bool {
			prefix, family := strings.CutSuffix(p, "*")
			return name == p || family && strings.HasPrefix(name, prefix) && !LooksSecret(name)
		})
	})
}

// LooksSecret reports whether a variable with this name may hold a secret.
func LooksSecret(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc([]string{"SECRET", "TOKEN", "PASS", "PWD", "CREDENTIAL", "KEY", "AUTH", "COOKIE", "PRIVATE", "DSN", "SESSION"},
		func(part string) bool { return strings.Contains(name, part) })
}

// absolute makes the directories of a search path absolute. It keeps an empty entry, which most programs take for the
// directory in which they run.
func absolute(list, dir string) string {
	parts := filepath.SplitList(list)
	for i, p := range parts {
		if p != "" && !filepath.IsAbs(p) {
			parts[i] = filepath.Join(dir, p)
		}
	}
	return strings.Join(parts, string(os.PathListSeparator))
}

// Names returns the names of the variables, ordered.
func (e Environment) Names() []string {
	names := make([]string, len(e.Vars))
	for i, v := range e.Vars {
		names[i], _, _ = strings.Cut(v, "=")
	}
	return names
}
