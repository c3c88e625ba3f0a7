// Command setup makes the checkouts of examples/acme and prints one line. Run it
// from the top of the repository.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/remit-dev/remit/controller/internal/acme"
)

func main() {
	folder := flag.String("folder", "examples/acme", "the folder of the example")
	flag.Parse()
	line, err := acme.Make(*folder, time.Now())
	if err != nil {
		fmt.Fprintln(os.Stderr, "acme:", err)
		os.Exit(1)
	}
	fmt.Println(line)
}
