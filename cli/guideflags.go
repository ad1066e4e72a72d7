package cli

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// guideFlags are flags of Maelstrom that exist so that its guide can be followed word for word. Some of them have no effect
// here.
type guideFlags struct {
	listed, single idList // of --nodes and --node
	file           string // of --nodes-file
	noSSH          bool
	leaveRunning   bool
	json           bool // log as JSON
}

func (g *guideFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.Var(&g.listed, "nodes", "ids of the nodes, with commas between them; --node-count comes first")
	flags.VarP(&g.single, "node", "n", "id of a node; may be repeated")
	flags.StringVar(&g.file, "nodes-file", "", "`file` with the ids of the nodes, one per line")
	flags.BoolVar(&g.json, "logging-json", false, "log JSON")
	flags.BoolVar(&g.noSSH, "no-ssh", false, "does nothing: nodes are processes of this machine anyway")
	flags.BoolVar(&g.leaveRunning, "leave-db-running", false, "does nothing: nodes always end with the run")
}

// nodes returns the ids of the nodes, those in the file first, as Jepsen does; nil if none are given.
func (g *guideFlags) nodes() ([]string, error) {
	var ids []string
	if g.file != "" {
		text, err := os.ReadFile(g.file)
		if err != nil {
			return nil, fmt.Errorf("--nodes-file: %w", err)
		}
		if ids = strings.Fields(string(text)); len(ids) == 0 {
			return nil, fmt.Errorf("--nodes-file: %s is empty: want ids of nodes, one per line", g.file)
		}
	}
	ids = append(ids, g.listed.ids...)
	return append(ids, g.single.ids...), nil
}

// mention logs which of the given flags have no effect.
func (g *guideFlags) mention(log *slog.Logger) {
	if g.noSSH {
		log.Info("--no-ssh does nothing here: nodes are processes of this machine anyway")
	}
	if g.leaveRunning {
		log.Info("--leave-db-running does nothing here: nodes always end with the run")
	}
}

// An idList is the argument of a flag that may be repeated. It implements pflag.Value.
type idList struct{ ids []string }

func (l *idList) String() string { return strings.Join(l.ids, ",") }
func (l *idList) Type() string   { return "ids" }

func (l *idList) Set(text string) error {
	for id := range strings.SplitSeq(text, ",") {
		l.ids = append(l.ids, strings.TrimSpace(id))
	}
	return nil
}

// sshFlags are Jepsen's flags for the machines that a test logs in to.
var sshFlags = []string{"--username", "--password", "--strict-host-key-checking", "--ssh-private-key"}

// elsewhere returns a hint for a command of Maelstrom that we do not have: the command to use instead.
func elsewhere(word string) string {
	switch word {
	case "analyze":
		return "glomers check judges the history of a run again"
	case "test-all":
		return "glomers demo runs a test of every workload"
	}
	return ""
}
