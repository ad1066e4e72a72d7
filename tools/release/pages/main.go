// Command pages writes what a release contains beside the programs: a man page for each command of glomers and each help
// topic, and the completions for shells.
package main

import (
	"errors"
	"flag"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"glomers/cli"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("pages: ")
	date := flag.Int64("date", 0, "`seconds` since 1970: the date that the pages show")
	version := flag.String("version", "", "the `version` that the pages show")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("want one directory")
	}
	root, err := cli.Command()
	if err == nil {
		err = write(root, flag.Arg(0), *version, time.Unix(*date, 0).UTC())
	}
	if err != nil {
		log.Fatal(err)
	}
}

// write writes the man pages to dir/man and the completions to dir/completions, in place of older ones.
func write(root *cobra.Command, dir, version string, date time.Time) error {
	man, completions := filepath.Join(dir, "man"), filepath.Join(dir, "completions")
	if err := errors.Join(os.RemoveAll(man), os.RemoveAll(completions), os.MkdirAll(completions, 0o755)); err != nil {
		return err
	}
	return errors.Join(
		writeManual(root, man, root.Name()+" "+version, date),
		root.GenBashCompletionFileV2(filepath.Join(completions, "glomers.bash"), true),
		root.GenZshCompletionFile(filepath.Join(completions, "_glomers")),
		root.GenFishCompletionFile(filepath.Join(completions, "glomers.fish"), true),
		root.GenPowerShellCompletionFileWithDesc(filepath.Join(completions, "glomers.ps1")),
	)
}
