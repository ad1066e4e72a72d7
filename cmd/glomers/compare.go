package main
import "github.com/spf13/cobra"
func (c *cli) compareCommand() *cobra.Command { return &cobra.Command{Use:"compare"} }
