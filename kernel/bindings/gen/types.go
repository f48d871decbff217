package main

import (
	"bytes"
	"compress/gzip"
	"go/types"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// The types of a package, as Go's checker reads them, stand beside its binding: constraints, generic functions and
// untyped constants, none of which reflection has.

const (
	typeFolder = "typedata"
	indexFile  = typeFolder + "/index.txt"
)

func typeFile(path string) string { return typeFolder + "/" + flat.Replace(path) + ".gz" }

// typeData is a package's export data, compressed, without positions.
func typeData(pkg *types.Package) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := gcexportdata.Write(z, nil, pkg); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// index lists the packages, each with its other names.
func index(entries []entry) []byte {
	var out bytes.Buffer
	for _, e := range entries {
		out.WriteString(strings.Join(append([]string{e.path}, e.aliases...), " ") + "\n")
	}
	return out.Bytes()
}
