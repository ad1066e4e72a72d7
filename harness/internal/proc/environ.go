package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Passed has the variables that programs get of this process's environment: what interpreters and runtimes need to find themselves and
// their libraries, and nothing that is anybody's secret. A star at the end stands for any ending.
var Passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*", "LOCPATH", "TZ", "TZDIR", "TMPDIR", "TMP", "TEMP",
	"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
	"GOROOT", "GOPATH", "GOCACHE", "GOMODCACHE", "GOFLAGS", "GOTOOLCHAIN", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GORACE", "GOTRACEBACK", "GOCOVERDIR",
	"PYTHON*", "PYENV_ROOT", "PYENV_VERSION", "VIRTUAL_ENV", "CONDA_PREFIX",
	"JAVA_HOME", "CLASSPATH",
	"NODE_PATH", "NODE_ENV", "DENO_DIR", "BUN_INSTALL", "VOLTA_HOME",
	"GEM_HOME", "GEM_PATH", "RUBYLIB", "BUNDLE_GEMFILE", "BUNDLE_PATH", "RBENV_ROOT", "RBENV_VERSION",
	"CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "RUST_BACKTRACE", "RUST_LOG",
	"PERL5LIB", "LUA_PATH", "LUA_CPATH", "ERL_LIBS", "MIX_ENV", "MIX_HOME", "DOTNET_ROOT", "OCAMLPATH", "CAML_LD_LIBRARY_PATH", "OPAM_SWITCH_PREFIX",
	"JULIA_DEPOT_PATH", "JULIA_PROJECT", "ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "NIX_LD", "NIX_LD_LIBRARY_PATH",
	"SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERNAME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES*",
	"GLOMERS_*",
}

// searchPaths are the variables whose values are lists of directories, in which a relative one is relative to where the user is.
var searchPaths = []string{
	"PATH", "PYTHONPATH", "NODE_PATH", "RUBYLIB", "GEM_PATH", "PERL5LIB", "CLASSPATH", "ERL_LIBS", "OCAMLPATH",
	"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
}

// An Environment is what the variables of programs are.
type Environment struct {
	Vars     []string // NAME=VALUE, ordered by name
	Withheld []string // the names of those that this process has and programs do not, ordered
}

// NewEnvironment returns the environment of programs. Of all, as [os.Environ] returns it, it has the variables that are Passed, and those that extra
// names. An entry NAME=VALUE of extra sets a variable instead. Relative directories in search paths become absolute, from dir.
func NewEnvironment(all, extra []string, dir string) (Environment, error) {
	vars, set := map[string]string{}, map[string]string{}
	for _, v := range all {
		if name, value, ok := cutVar(v); ok {
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
		if _, ok := vars[name]; !ok {
			env.Withheld = append(env.Withheld, name)
		}
	}
	slices.Sort(env.Vars)
	slices.Sort(env.Withheld)
	return env, nil
}

// cutVar splits NAME=VALUE. On Windows there are names that begin with an equals sign; they are nobody's business.
func cutVar(v string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(v, "=")
	return name, value, ok && name != ""
}

// passed tells whether programs get a variable without being asked.
func passed(name string) bool {
	if runtime.GOOS == "windows" {
		name = strings.ToUpper(name)
	}
	for _, p := range Passed {
		prefix, family := strings.CutSuffix(p, "*")
		if name == p || family && strings.HasPrefix(name, prefix) && !LooksSecret(name) {
			return true
		}
	}
	return false
}

// LooksSecret tells whether a variable of that name may hold what is not to be shown.
func LooksSecret(name string) bool {
	name = strings.ToUpper(name)
	return slices.ContainsFunc([]string{"SECRET", "TOKEN", "PASS", "PWD", "CREDENTIAL", "KEY", "AUTH", "COOKIE", "PRIVATE", "DSN", "SESSION"},
		func(part string) bool { return strings.Contains(name, part) })
}

// absolute makes the directories of a search path absolute. An empty one stays: to most programs it is where they run.
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
