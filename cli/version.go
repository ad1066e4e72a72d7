package cli

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"glomers/internal/notice"
)

func (c *cli) versionCommand() *cobra.Command {
	var licences bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, or the licences",
		Long: `Print the version, with the commit that the program was built from if that is known, and the version of Go.

With --licenses, print the licences of glomers and of everything that is linked into it, with their texts: the file NOTICE.`,
		Example: `  glomers version
  glomers version --licenses`,
		Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			if licences {
				fmt.Fprint(c.stdout, notice.Text)
				return
			}
			fmt.Fprintln(c.stdout, "glomers", version())
		},
	}
	cmd.Flags().BoolVar(&licences, "licenses", false, "print the licences of glomers and of what it contains")
	return cmd
}

// version returns the module's version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value[:min(12, len(s.Value))]
		}
	}
	return strings.TrimSpace(v + " " + info.GoVersion)
}
