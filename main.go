// Hardneg asks which negatives matter in contrastive instance discrimination, in Go, with a notebook kernel.
package main

import (
	_ "embed"
	"os"

	"github.com/hardneg/hardneg/cli"
)

//go:embed THIRD_PARTY.md
var thirdParty string

// Set by -ldflags "-X main.version=... -X main.commit=... -X main.dirty=true" in a build without version control.
var version, commit, dirty string

func main() {
	p := cli.Program{Version: version, Commit: commit, Dirty: dirty, ThirdParty: thirdParty}
	os.Exit(cli.Main(p, os.Args[1:], os.Stdout, os.Stderr))
}
