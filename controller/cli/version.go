package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newVersion(environment Environment) *cobra.Command {
	output := choice{allowed: []string{"text", "json"}, value: "text"}
	command := &cobra.Command{
		Use:   "version",
		Short: "Say which version of Remit this is",
		Example: `  remit version
  remit version --output json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if output.value == "json" {
				return json.NewEncoder(environment.Out).Encode(environment.Version)
			}
			_, err := fmt.Fprintln(environment.Out, environment.Version)
			return err
		},
	}
	command.Flags().VarP(&output, "output", "o", "the form: "+output.list())
	mustComplete(command, "output", &output)
	return command
}
