// Command gen writes the assembly of package avx: one .s file and one file of Go declarations for each topic.
//
//	go run ./gen [-dir DIR]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	dir := flag.String("dir", ".", "where to write")
	flag.Parse()
	for _, topic := range []struct {
		name  string
		write func(*build.Context)
	}{
		{"gemm", gemm},
		{"transpose", transposes},
		{"norm", norms},
		{"update", updates},
		{"winograd", winograds},
	} {
		if err := write(*dir, topic.name, topic.write); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// write generates NAME_amd64.s and NAME_amd64.go in dir.
func write(dir, name string, generate func(*build.Context)) error {
	c := build.NewContext()
	generate(c)
	f, err := c.Result()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := pass.Compile.Execute(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	cfg := printer.Config{Argv: []string{"go", "run", "./gen"}, Pkg: "avx"}
	for _, out := range []struct {
		suffix string
		p      printer.Printer
	}{{".s", printer.NewGoAsm(cfg)}, {".go", printer.NewStubs(cfg)}} {
		b, err := out.p.Print(f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+"_amd64"+out.suffix), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// function begins an assembly function that keeps no pointer beyond the call.
func function(c *build.Context, name, signature, doc string) {
	c.Function(name)
	c.Doc(strings.Split(doc, "\n")...)
	c.Pragma("noescape")
	c.Attributes(noSplit)
	c.SignatureExpr(signature)
}

// load puts the parameters named into registers.
func load(c *build.Context, to map[string]reg.Register, order ...string) {
	for _, name := range order {
		c.Load(c.Param(name), to[name])
	}
}
