package cli

import (
	"fmt"
	"strings"

	"glomers/internal/environ"
)

func describeEnvironment() string {
	var b strings.Builder
	b.WriteString("A node that is a process gets the variables of this list that are set, and no others of the environment: it may be full of secrets. `--env NAME` passes one more on, " +
		"`--env NAME=value` sets one, and either may be repeated. A star stands for any ending that does not look like a secret's, such as one with TOKEN or KEY in it. `GLOMERS_SEED` is set, to " +
		"another seed for each node, `GLOMERS_GUARD`, by which the harness finds what a node leaves behind, and `PWD`. In search paths such as `PATH` and `PYTHONPATH`, relative directories are made absolute.\n\n")
	for _, g := range environ.Passed() {
		fmt.Fprintf(&b, "* %s: `%s`\n", g.Of, strings.Join(g.Names, "`, `"))
	}
	b.WriteString("\nA node runs in a directory of its own, `work/ID` in the directory of the run, which it finds again when it is killed and restarted. What it leaves there stays; without a " +
		"store the directory is a temporary one. `--cwd DIR` has all nodes run in DIR instead, and `--cwd .` where you are.\n\n" +
		"Paths lead from where you are, wherever nodes run: that of the program, and arguments that have a slash in them and lead to something, or a dot and are the name of a file. " +
		"They reach the node as absolute paths. Other arguments reach it as they are, such as `--file=x.json`: give an absolute path there, or `--cwd .`. With `--cwd`, all arguments reach it as they are.\n\n" +
		"`test.json` has under `program` the directory, as `cwd`, and the names of the variables, as `env`; their values are nowhere. All this keeps secrets out of logs and files out of your directory; it is no " +
		"prison: a node has your rights.\n")
	return b.String()
}
