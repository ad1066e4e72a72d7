package cli

import (
	"fmt"
	"io"
	"regexp"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"glomers/internal/notice"
)

func (c *cli) versionCommand() *cobra.Command {
	var licences, asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, or the licences",
		Long: `Print the version, the commit that the program was built from, the commit's date, and the
version of Go. A commit is "modified" if files differed from it when the program was built.
A program that was built without version control, or by go run, does not know its commit.

With --licenses, print the licences of glomers and of everything that is linked into it, with their texts: the file NOTICE.`,
		Example: `  glomers version
  glomers version --json
  glomers version --licenses`,
		Args: noWords,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case licences:
				_, err := fmt.Fprint(c.stdout, notice.Text)
				return err
			case asJSON:
				return writeJSON(c.stdout, thisBuild())
			}
			return thisBuild().write(c.stdout, c.name)
		},
	}
	cmd.Flags().BoolVar(&licences, "licenses", false, "print the licences of glomers and of what it contains")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON on stdout")
	cmd.MarkFlagsMutuallyExclusive("licenses", "json")
	return cmd
}

// A build says from which state of the source a program was built, and how. "" and nil mean that this is not known.
type build struct {
	Version  string `json:"version"`          // as the go command has it: a tag, a pseudo-version, or (devel)
	Commit   string `json:"commit,omitempty"` // whole, or the first 12 digits
	Date     string `json:"date,omitempty"`   // of the commit: RFC 3339, UTC
	Modified *bool  `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"` // GOOS/GOARCH
}

// thisBuild describes the build of this process's program.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok { // only a program that was built without modules
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	return buildOf(info)
}

// pseudo matches a pseudo-version: the date and the first 12 digits of the commit end it, before a suffix such as +dirty.
// See https://go.dev/ref/mod#pseudo-versions.
var pseudo = regexp.MustCompile(`[-.](\d{14})-([0-9a-f]{12})(?:\+.*)?$`)

// buildOf describes the build of a program. go build in a clone records the commit itself; go install path@version records
// a version only, which contains the commit if it is a pseudo-version.
func buildOf(info *debug.BuildInfo) build {
	b := build{Version: info.Main.Version, Go: info.GoVersion, Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	if parts := pseudo.FindStringSubmatch(b.Version); parts != nil {
		if date, err := time.Parse("20060102150405", parts[1]); err == nil {
			b.Date, b.Commit = date.Format(time.RFC3339), parts[2]
		}
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			modified := s.Value == "true"
			b.Modified = &modified
		}
	}
	return b
}

// write writes the description as lines of text.
func (b build) write(w io.Writer, name string) error {
	commit := "unknown: built without version control"
	if b.Commit != "" {
		commit = b.Commit + " of " + b.Date
	} else if b.Version != "(devel)" {
		commit = "that of the version"
	}
	if b.Modified != nil && *b.Modified {
		commit += ", modified"
	}
	_, err := fmt.Fprintf(w, "%s %s\ncommit %s\nbuilt by %s for %s\n", name, b.Version, commit, b.Go, b.Platform)
	return err
}

// version returns the description on one line, for the flag --version.
func version() string {
	b := thisBuild()
	return b.Version + " " + b.Go
}
